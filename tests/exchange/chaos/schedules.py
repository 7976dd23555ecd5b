"""Random schedules, made from a seed alone: what goes wrong, where, and for how long."""

from collections.abc import Callable, Mapping
import random
from typing import Final

type Rule = dict[str, object]
type Plan = Mapping[str, object]
"""A story's ``seed``, the double's ``settings``, and the ``rules`` of its faults."""

BAD_S: Final = 20.0
"""Seconds in which faults may happen; then the venue is healthy again."""

_ORDER: Final = "/api/v3/order"
_READS: Final = ("/api/v3/order", "/api/v3/openOrders", "/api/v3/allOrders", "/api/v3/myTrades", "/api/v3/account")

_REQUEST_FAULTS: Final[tuple[Callable[[random.Random], Rule], ...]] = (
    lambda _: {"action": "drop_answer"},
    lambda _: {"action": "reset_before"},
    lambda _: {"action": "reset_after"},
    lambda _: {"action": "cut_answer"},
    lambda dice: {"action": "delay_before", "seconds": round(dice.uniform(0.2, 9), 1)},
    lambda dice: {"action": "delay_after", "seconds": round(dice.uniform(0.2, 12), 1)},
    lambda dice: {"action": "slow_body", "seconds": round(dice.uniform(0.2, 12), 1)},
    lambda dice: {"action": "throttle", "retry_after": dice.choice([None, 1, 5]), "processed": dice.random() < 0.3},
    lambda dice: {"action": "throttle", "status": 418, "retry_after": dice.choice([5, 10])},
    lambda dice: {"action": "status", "status": dice.choice([500, 502, 503, 504]), "processed": dice.random() < 0.5},
    lambda dice: {"action": "firewall", "status": dice.choice([200, 403]), "processed": dice.random() < 0.3},
    lambda dice: {
        "action": "refuse",
        "code": dice.choice([500, 501, 510, 987654, 20002]),
        "processed": dice.random() < 0.5,
    },
    lambda dice: {"action": "refuse", "code": dice.choice([30004, 30016, 700003, 604])},
    lambda _: {"action": "redirect", "processed": False},
    lambda _: {"action": "truncate"},
    lambda _: {"action": "empty"},
    lambda _: {"action": "wrong_type"},
    lambda _: {"action": "raw", "text": '{"orderId": NaN}'},
    lambda _: {"action": "huge", "bytes": 2_000_000},
    lambda _: {"action": "remove", "fields": ["orderId"]},
    lambda dice: {
        "action": "partition",
        "mode": dice.choice(["refuse", "black_hole"]),
        "seconds": round(dice.uniform(0.5, 6), 1),
    },
)
_ANSWER_FAULTS: Final[tuple[Callable[[random.Random], Rule], ...]] = (
    lambda _: {"action": "unknown_status"},
    lambda _: {"action": "duplicate_rows"},
    lambda _: {"action": "reorder_rows"},
    lambda _: {"action": "replace", "fields": {"executedQty": "NaN"}},
    lambda _: {"action": "remove", "fields": ["status"]},
)


_STREAM_FAULTS: Final[tuple[Callable[[random.Random], Rule], ...]] = (
    lambda _: {"action": "stream_drop"},
    lambda _: {"action": "stream_duplicate"},
    lambda _: {"action": "stream_reorder"},
    lambda dice: {"action": "stream_delay", "seconds": round(dice.uniform(0.1, 8), 1)},
    lambda _: {"action": "stream_close"},
    lambda _: {"action": "stream_garbage"},
    lambda dice: {"action": "stream_status", "status": dice.choice([0, 9])},
    lambda _: {"action": "stream_refuse"},
)


def schedule(seed: int) -> Plan:
    """Make one."""
    dice = random.Random(seed)
    rules = [_rule(dice) for _ in range(dice.randint(1, 5))]
    if dice.random() < 0.3:
        rules.append({"action": "clock_skew", "ms": dice.randint(-900, 20_000), "nth": dice.randint(1, 20)})
    return {
        "seed": seed,
        "rules": [*rules, *_stream_rules(random.Random(f"streams of {seed}"))],
        "settings": {
            "order_visibility_s": str(dice.choice([0, 0, 0.5, 2, 6])),
            "trades_lag_s": str(dice.choice([0, 0, 1, 3])),
            "balance_lag_s": str(dice.choice([0, 0, 1])),
            "fee_asset_mode": dice.choice(["quote", "quote", "MX"]),
            "level_quote": str(dice.choice([20_000, 60])),
            "market_quote_status": dice.choice(["FILLED", "PARTIALLY_CANCELED"]),
        },
    }


def _stream_rules(dice: random.Random) -> list[Rule]:
    """Spoil the streams of half the stories, by dice of their own: requests fare as they would without."""
    channels = ("spot@private*", "spot@private.deals*", "spot@public*", "spot@*")
    return [
        dice.choice(_STREAM_FAULTS)(dice)
        | {"channel": dice.choice(channels), "probability": round(dice.uniform(0.1, 1), 2), "until_s": BAD_S}
        for _ in range(dice.choice([0, 1, 2]) if dice.random() < 0.75 else 0)
    ]


def _rule(dice: random.Random) -> Rule:
    """Make one rule: a fault, and when it strikes. Two of three strike orders themselves."""
    if dice.random() < 2 / 3:
        rule = dice.choice(_REQUEST_FAULTS)(dice) | {"method": dice.choice(["POST", "POST", "DELETE"]), "path": _ORDER}
    elif dice.random() < 0.5:
        rule = dice.choice(_REQUEST_FAULTS)(dice) | {"method": "GET", "path": dice.choice(_READS)}
    else:
        rule = dice.choice(_ANSWER_FAULTS)(dice) | {"method": "GET", "path": dice.choice(_READS)}
    match dice.randrange(3):
        case 0:
            rule["nth"] = sorted(dice.sample(range(1, 6), dice.randint(1, 3)))
        case 1:
            rule["probability"] = round(dice.uniform(0.1, 0.6), 2)
        case _:
            rule["after_s"] = round(dice.uniform(0, 10), 1)
            rule["times"] = dice.randint(1, 4)
    return rule | {"until_s": BAD_S}
