"""Decisions as plain documents of text, for HTTP answers, action responses and attributes."""

from ..engine.answers import Decided
from ..model.decision import Decision
from ..model.money import plain

type Document = dict[str, str | bool | None | list[dict[str, str]]]


def decision_document(decision: Decision) -> Document:
    """Write a decision with every rule's result. Amounts are canonical decimal text, empty fields left out."""
    return {
        "decision_id": decision.decision_id,
        "signal_id": decision.signal_id,
        "verdict": decision.verdict.value,
        "symbol": decision.symbol,
        "action": decision.action.value,
        "side": decision.side.value,
        "quantity": plain(decision.quantity),
        "price": None if decision.price is None else plain(decision.price),
        "rules": [
            {
                name: text
                for name, text in (
                    ("rule", result.rule.value),
                    ("finding", result.finding.value),
                    ("limit", result.limit),
                    ("value", result.value),
                    ("margin", result.margin),
                    ("unit", result.unit),
                )
                if text
            }
            for result in decision.results
        ],
    }


def decided_document(answer: Decided) -> Document:
    """Write what a sender learns: the decision, the order made from it, and whether it had asked before."""
    return {**decision_document(answer.decision), "order_id": answer.order_id, "duplicate": answer.duplicate}
