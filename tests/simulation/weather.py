"""Makes random fault schedules: any action of the double's table, on any endpoint, now and then or for a while.

What is left out are lies, which no client can see through: a refusal of what was done, an order or trade that reads
well and is wrong, an order denied by every place at once for longer than the venue's lag.
"""

from collections.abc import Callable, Mapping, Sequence
import math
from random import Random
from typing import Final

from .plan import Json

ORDER: Final = "/api/v3/order"
_LISTS: Final = ("/api/v3/openOrders", "/api/v3/allOrders", "/api/v3/myTrades")
_ACCOUNT: Final = "/api/v3/account"

ENDPOINTS: Final = (
    (14, "POST", ORDER),
    (7, "GET", ORDER),
    (4, "DELETE", ORDER),
    (3, "GET", "/api/v3/openOrders"),
    (3, "GET", "/api/v3/allOrders"),
    (5, "GET", "/api/v3/myTrades"),
    (3, "GET", _ACCOUNT),
    (3, "GET", "/api/v3/time"),
    (3, "GET", "/api/v3/ticker/bookTicker"),
    (1, "GET", "/api/v3/exchangeInfo"),
    (1, "GET", "/api/v3/selfSymbols"),
    (1, "GET", "/api/v3/apiKeyInfo"),
    (6, None, "/api/v3/*"),
)
"""Weight, method and path of what a rule is about."""

GARBAGE: Final = (
    "", "null", "[]", "{}", "[[]]", '""', "17", "true", "{", '{"code":200}', '{"code":0,"msg":"ok"}', '{"code":"x"}',
    '{"code":1e999}', "NaN", '{"orderId":NaN}', '{"orderId":17}', '{"orderId":""}', '{"orderId":null}', "[" * 5000,
    '{"price":1e999,"orderId":"C02__1"}', '{"orderId":"\\ud800"}', "\udc80", "<html></html>", "\x00",
    '{"serverTime":-1}', '{"balances":{}}', '{"symbols":null}', '[{"symbol":null}]', '{"a":' * 200 + "1" + "}" * 200,
)  # fmt: skip
"""Bodies that answer nothing. None says that something was refused."""

BROKEN: Final[Sequence[tuple[str, Mapping[str, Json]]]] = (
    ("POST " + ORDER, {"orderId": 17}),
    ("POST " + ORDER, {"orderId": None}),
    ("POST " + ORDER, {"symbol": "OTHERUSDT"}),
    ("POST " + ORDER, {"price": "1"}),
    ("POST " + ORDER, {"origQty": "1000000"}),
    ("GET " + ORDER, {"status": None}),
    ("GET " + ORDER, {"executedQty": "NaN"}),
    ("GET " + ORDER, {"executedQty": "-1"}),
    ("GET " + ORDER, {"origQty": "1e999"}),
    ("GET " + ORDER, {"symbol": "OTHERUSDT"}),
    ("GET " + ORDER, {"clientOrderId": "somebody-elses"}),
    ("GET /api/v3/openOrders", {"orderId": None}),
    ("GET /api/v3/allOrders", {"executedQty": "Infinity"}),
    ("GET /api/v3/myTrades", {"qty": "NaN"}),
    ("GET /api/v3/myTrades", {"id": None}),
    ("GET /api/v3/myTrades", {"commission": "1e999"}),
    ("GET " + _ACCOUNT, {"balances": None}),
    ("GET /api/v3/time", {"serverTime": "now"}),
    ("GET /api/v3/ticker/bookTicker", {"bidPrice": "0"}),
    ("GET /api/v3/ticker/bookTicker", {"askPrice": "NaN"}),
)
"""Fields that make an answer unreadable, or plainly about something else."""

REMOVED: Final = (
    ("POST " + ORDER, ["orderId"]),
    ("POST " + ORDER, ["price", "origQty", "side", "type"]),
    ("GET " + ORDER, ["status"]),
    ("GET " + ORDER, ["orderId", "clientOrderId"]),
    ("GET /api/v3/myTrades", ["orderId"]),
    ("GET /api/v3/myTrades", ["clientOrderId"]),
    ("GET /api/v3/openOrders", ["clientOrderId"]),
    ("GET " + _ACCOUNT, ["balances"]),
)

REFUSALS: Final = (30004, 30016, 30029, 30010, 10007, 429, 500, 503, 510, 700003, 700002, 700006, 424242)
"""Refused for the market, for funds, for the rate, for time, for the key; unclear; and not in any table."""

DENIALS: Final = (-2013, -2011)
"""Said of what is there: twice at most, the venue's own lag apart."""

STREAM_ACTIONS: Final = (
    "stream_drop", "stream_duplicate", "stream_reorder", "stream_delay", "stream_close", "stream_garbage",
    "stream_status", "stream_refuse",
)  # fmt: skip


def _seconds(dice: Random, low: float, high: float) -> float:
    """Draw a span, short ones as often as long ones."""
    return round(math.exp(dice.uniform(math.log(low), math.log(high))), 3)


def _flag(dice: Random) -> bool:
    return dice.random() < 0.5


def _throttle(dice: Random) -> Mapping[str, Json]:
    status = dice.choice((429, 429, 429, 418))
    after = dice.choice((None, 1, 2, 5, 20)) if status == 429 else dice.choice((None, 2, 10, 60))
    return {"status": status, "retry_after": after, "processed": _flag(dice)}


def _status(dice: Random) -> Mapping[str, Json]:
    text = dice.choice((None, "", "upstream", '{"code":30004}'))
    return {"status": dice.choice((500, 502, 503, 504, 520, 599)), "text": text, "processed": _flag(dice)}


def _skew(dice: Random) -> Mapping[str, Json]:
    return {"ms": dice.choice((-1, 1)) * round(_seconds(dice, 100, 90_000))}


OPTIONS: Final[Mapping[str, Callable[[Random], Mapping[str, Json]]]] = {
    "drop_answer": lambda _: {},
    "reset_before": lambda _: {},
    "reset_after": lambda _: {},
    "cut_answer": lambda dice: {"share": round(dice.random(), 2)},
    "delay_before": lambda dice: {"seconds": _seconds(dice, 0.05, 20)},
    "delay_after": lambda dice: {"seconds": _seconds(dice, 0.05, 20)},
    "slow_body": lambda dice: {"seconds": _seconds(dice, 0.1, 20), "pieces": dice.randint(2, 12)},
    "throttle": _throttle,
    "status": _status,
    "firewall": lambda dice: {"status": dice.choice((200, 403)), "processed": _flag(dice)},
    "redirect": lambda dice: {"processed": _flag(dice)},
    "raw": lambda dice: {"text": dice.choice(GARBAGE), "processed": True},
    "empty": lambda dice: {"processed": _flag(dice)},
    "huge": lambda dice: {"bytes": dice.choice((300_000, 1_500_000, 5_000_000)), "processed": _flag(dice)},
    "wrong_type": lambda _: {"processed": True},
    "truncate": lambda dice: {"share": round(dice.random() * 0.98, 2)},
    "unknown_status": lambda _: {},
    "duplicate_rows": lambda _: {},
    "reorder_rows": lambda _: {},
    "drop_rows": lambda dice: {"count": dice.randint(1, 3)},
    "clock_skew": _skew,
    "partition": lambda dice: {
        "mode": dice.choice(("refuse", "black_hole")),
        "seconds": _seconds(dice, 0.2, 40),
        "processed": _flag(dice),
    },
}
"""Options of the actions that need no more than dice."""

ON_LISTS: Final = frozenset({"duplicate_rows", "reorder_rows", "drop_rows"})
RARE: Final = frozenset({"clock_skew", "partition"})
"""Fire once or twice: each lasts."""


def rules(dice: Random, span_s: float) -> tuple[Mapping[str, Json], ...]:
    """Make rules for a story of so many seconds; half the venues are far away; some have sick streams."""
    names = (*OPTIONS, "refuse", "replace", "remove")
    made = [_rule(dice, dice.choice(names), span_s) for _ in range(_count(dice))]
    if dice.random() < 0.12:
        made += _sick_orders(dice, span_s)
    if _flag(dice):
        made.append({"action": "delay_before", "path": "/api/v3/*", "seconds": _seconds(dice, 0.002, 0.4)})
    if dice.random() < 0.4:
        made += [
            {"action": dice.choice(STREAM_ACTIONS), "probability": round(dice.random(), 2)}
            for _ in range(dice.randint(1, 3))
        ]
    return tuple(made)


def _sick_orders(dice: Random, span_s: float) -> list[Mapping[str, Json]]:
    """Let the order endpoint fail for most of the story, entries, exits and cancels: breakers open."""
    start = round(span_s * 0.1 * dice.random(), 2)
    window: dict[str, Json] = {"path": ORDER, "after_s": start, "until_s": round(span_s * (0.5 + dice.random() / 2), 2)}
    action = dice.choice(("status", "reset_after", "drop_answer", "reset_before"))
    share = round(0.7 + 0.3 * dice.random(), 2)
    return [
        {"action": action, "method": method, "probability": share, **OPTIONS[action](dice), **window}
        for method in ("POST", "DELETE")
    ]


def _count(dice: Random) -> int:
    """Say how many things go wrong: a few, or, in one case of five, very many."""
    return dice.randint(9, 24) if dice.random() < 0.2 else dice.randint(1, 8)


def _rule(dice: Random, action: str, span_s: float) -> Mapping[str, Json]:
    match action:
        case "refuse":
            return _refusal(dice, span_s)
        case "replace":
            where, fields = dice.choice(BROKEN)
            return {"action": action, "fields": fields, **_place(where), **_when(dice, span_s)}
        case "remove":
            where, names = dice.choice(REMOVED)
            return {"action": action, "fields": names, **_place(where), **_when(dice, span_s)}
    weights = [weight for weight, _, _ in ENDPOINTS]
    ((_, method, path),) = dice.choices(ENDPOINTS, weights)
    if action in ON_LISTS:
        method, path = "GET", dice.choice(_LISTS)
    rule = {"action": action, "method": method, "path": path, **OPTIONS[action](dice), **_when(dice, span_s)}
    return {**rule, "times": dice.randint(1, 2)} if action in RARE else rule


def _refusal(dice: Random, span_s: float) -> Mapping[str, Json]:
    """Refuse without doing; deny an order that is there at most twice."""
    method = dice.choice(("POST", "POST", "GET", "DELETE"))
    rule: dict[str, Json] = {"action": "refuse", "method": method, "path": ORDER, **_when(dice, span_s)}
    if method != "POST" and _flag(dice):
        return {**rule, "code": dice.choice(DENIALS), "times": dice.randint(1, 2)}
    return {**rule, "code": dice.choice(REFUSALS)}


def _place(where: str) -> Mapping[str, Json]:
    method, _, path = where.partition(" ")
    return {"method": method, "path": path}


def _when(dice: Random, span_s: float) -> Mapping[str, Json]:
    """Say when a rule fires: on certain requests, by dice all the time, or always in a window."""
    way = dice.random()
    if way < 0.35:
        return {"nth": sorted(dice.sample(range(1, 8), dice.randint(1, 3)))}
    if way < 0.7:
        return {"probability": round(0.05 + 0.6 * dice.random() ** 2, 3)}
    start = round(dice.random() * span_s * 0.8, 2)
    window: dict[str, Json] = {"after_s": start, "until_s": round(start + _seconds(dice, 0.5, span_s), 2)}
    return {**window, "probability": round(dice.random(), 2)} if _flag(dice) else window


def settings(dice: Random) -> Mapping[str, Json]:
    """Choose how the venue behaves where its documentation leaves room, and how late it is."""
    chosen: dict[str, Json] = {}
    if _flag(dice):
        chosen["order_visibility_s"] = _seconds(dice, 0.1, 9)
    elif dice.random() < 0.3:
        chosen["order_visibility_reads"] = dice.randint(1, 4)
    if _flag(dice):
        chosen["trades_lag_s"] = _seconds(dice, 0.1, 25)
    if _flag(dice):
        chosen["balance_lag_s"] = _seconds(dice, 0.1, 25)
    chosen["fee_asset_mode"] = dice.choice(("quote", "quote", "base", "MX"))
    chosen["level_quote"] = dice.choice(("20000", "20000", "60", "15"))
    chosen["level_count"] = dice.choice((20, 5, 2))
    chosen["maker_fill_share"] = dice.choice(("1", "1", "0.4"))
    chosen["ack_has_client_id"] = _flag(dice)
    chosen["cancel_shows"] = dice.choice(("before", "after", "neither"))
    return chosen
