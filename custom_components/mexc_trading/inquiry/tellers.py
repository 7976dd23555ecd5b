"""How each kind of record is told in a story: to which part it belongs, and what of it a person wants to know."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from ..engine.ports import Record
from .figures import iso, iso_or_none

type Document = dict[str, Any]
"""A part of the story as it is written: JSON values only, amounts as text, times in UTC."""

NS_PER_MS: Final = 1_000_000

_RULE_FIELDS: Final = ("rule", "finding", "limit", "value", "margin", "unit")


@dataclass(slots=True)
class Draft:
    """A story being written."""

    signals: dict[str, Document] = field(default_factory=dict)
    orders: dict[str, Document] = field(default_factory=dict)
    holds: list[Document] = field(default_factory=list)
    runs: list[Document] = field(default_factory=list)
    exits: list[Document] = field(default_factory=list)
    times: list[int] = field(default_factory=list)


def tell(draft: Draft, record: Record, body: Document) -> None:
    """Write a record into the part of the story that it belongs to."""
    teller = _TELLERS.get(record.kind)
    if teller is not None:
        teller(draft, record, body)


def _signal(draft: Draft, record: Record, body: Document) -> None:
    """Tell a signal and its decision; a question that was answered gives a second one under the same id."""
    signal = body["signal"]
    told = draft.signals.setdefault(
        record.key,
        {
            "signal_id": signal["signal_id"],
            "strategy": signal["strategy"],
            "source": signal["source"],
            "issued_at": iso(signal["issued_at_ns"]),
            "received_at": iso(record.at_ns),
            "symbol": signal["symbol"],
            "action": signal["action"],
            "side": signal["side"],
            "order_type": signal["order_type"],
            "price": signal["price"],
            "size": signal["size"],
            "protect": signal["protect"],
            "valid_for_s": signal["valid_for_s"],
            "reason": signal["reason"],
            "decisions": [],
            "conflicts": [],
            "answers": [],
        },
    )
    told["decisions"].append(_decision(record, body))


def _decision(record: Record, body: Document) -> Document:
    """Tell what was decided, with every rule and the prices that it was decided at."""
    decision = body["decision"]
    return {
        "decision_id": decision["decision_id"],
        "at": iso(decision["decided_at_ns"]),
        "seq": record.seq,
        "verdict": decision["verdict"],
        "quantity": decision["quantity"],
        "price": decision["price"],
        "limits_hash": decision["limits_hash"],
        "rules": [dict(zip(_RULE_FIELDS, rule, strict=True)) for rule in decision["results"]],
        "prices": [
            {"symbol": mark["symbol"], "bid": mark["bid"], "ask": mark["ask"], "at": iso(mark["at_ns"])}
            for mark in body["marks"]
        ],
    }


def _conflict(draft: Draft, record: Record, body: Document) -> None:
    if record.key in draft.signals:
        draft.signals[record.key]["conflicts"].append({"at": iso(record.at_ns), "seq": record.seq})


def _planned(draft: Draft, record: Record, body: Document) -> None:
    draft.orders[record.key] = _order(record, body["decision_id"], body) | {
        "expires_at": iso_or_none(body["expires_ns"])
    }


def _introduced(draft: Draft, record: Record, body: Document) -> None:
    """Tell of an order that the venue, or an old part of the journal, had to remind of."""
    order = body["record"]["order"]
    told = draft.orders.setdefault(record.key, _order(record, order["decision"]["decision_id"], order))
    how = "adopted from the venue" if record.kind == "order_adopted" else "recalled from the journal"
    told["steps"].append({"at": iso(record.at_ns), "seq": record.seq, "step": how, "state": body["record"]["state"]})


def _order(record: Record, decision_id: str, order: Document) -> Document:
    return {
        "order_id": record.key,
        "decision_id": decision_id,
        "leg": order["leg"],
        "attempt": order["attempt"],
        "type": order["type"],
        "quantity": order["quantity"],
        "price": order["price"],
        "planned_at": iso(record.at_ns),
        "seq": record.seq,
        "venue_order_id": None,
        "state": "planned",
        "steps": [],
        "fills": [],
    }


def _stepped(draft: Draft, record: Record, body: Document) -> None:
    told = draft.orders[record.key]
    told["state"] = body["state"]
    told["venue_order_id"] = body["venue_order_id"] or told["venue_order_id"]
    _add_step(told, record, body["step"], body, state=body["state"], executed=body["executed"], cause=body["cause"])


def _illegal(draft: Draft, record: Record, body: Document) -> None:
    named = f"illegal: {body['step']}"
    _add_step(draft.orders[record.key], record, named, body, state=body["state"], executed=body["executed"])


def _answered(draft: Draft, record: Record, body: Document) -> None:
    _add_step(draft.orders[record.key], record, f"{body['question']} answered", body, cause=body["answer"])


def _missed(draft: Draft, record: Record, body: Document) -> None:
    _add_step(draft.orders[record.key], record, "missed", body, cause="the venue denies it")


def _evidence(draft: Draft, record: Record, body: Document) -> None:
    places = {name: body[name] for name in ("by_id", "open_orders", "history", "trades")}
    _add_step(draft.orders[record.key], record, "searched", body, **places)


def _add_step(told: Document, record: Record, step: str, body: Document, **more: object) -> None:
    """Add what happened, with the request behind it if there was one; empty fields are left out."""
    entry: Document = {"at": iso(record.at_ns), "seq": record.seq, "step": step}
    entry |= {name: value for name, value in more.items() if value not in (None, "")}
    if (trace := body.get("trace")) is not None:
        took_ms = (trace["ended_at_ns"] - trace["sent_at_ns"]) / NS_PER_MS
        entry["request"] = {
            "method": trace["method"],
            "path": trace["path"],
            "query": trace["query"],
            "sent_at": iso(trace["sent_at_ns"]),
            "took_ms": round(took_ms, 1),
            "status": trace["status"],
            "code": trace["code"],
        }
    told["steps"].append(entry)


def _approval(draft: Draft, record: Record, body: Document) -> None:
    draft.signals[body["decision_id"]]["answers"].append(
        {"at": iso(record.at_ns), "who": body["who"], "approved": body["approved"]}
    )


def _exit(draft: Draft, record: Record, body: Document) -> None:
    """Tell that an exit of the engine's own became due."""
    told = {name: body[name] for name in ("episode_id", "purpose", "price", "quantity", "who")}
    draft.exits.append({"at": iso(record.at_ns), "seq": record.seq} | told)


type _Teller = Callable[[Draft, Record, Document], None]

_TELLERS: Final[dict[str, _Teller]] = {
    "signal_decided": _signal,
    "signal_conflicted": _conflict,
    "order_planned": _planned,
    "order_recalled": _introduced,
    "order_adopted": _introduced,
    "order_stepped": _stepped,
    "illegal_step": _illegal,
    "venue_answered": _answered,
    "order_missed": _missed,
    "absence_evidence": _evidence,
    "approval_answered": _approval,
    "exit_triggered": _exit,
}
