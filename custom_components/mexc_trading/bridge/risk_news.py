"""What guards an account, in the words that automations hear: denials, questions, holds, limits, engine's exits."""

from enum import StrEnum

from ..engine import events as ev
from ..engine.guard_events import ApprovalAnswered, ExitTriggered, FlattenStarted, FlowBooked
from ..model.decision import Decision, RuleName, RuleResult, Verdict
from ..model.hold import Hold, HoldKind
from ..model.ids import HoldId
from ..model.money import plain


class RiskKind(StrEnum):
    """The event types of the ``risk`` event entity."""

    DENIED = "denied"
    APPROVAL_NEEDED = "approval_needed"
    APPROVED = "approved"
    DECLINED = "declined"
    CONFLICT = "conflict"
    HOLD_RAISED = "hold_raised"
    HOLD_RELEASED = "hold_released"
    KILL_SWITCH_ENGAGED = "kill_switch_engaged"
    KILL_SWITCH_RELEASED = "kill_switch_released"
    LIMITS_CHANGED = "limits_changed"
    STRATEGIES_CHANGED = "strategies_changed"
    EXIT_TRIGGERED = "exit_triggered"
    FLATTEN_STARTED = "flatten_started"
    MONEY_MOVED = "money_moved"
    JOURNAL_GAP = "journal_gap"


type Told = tuple[RiskKind, dict[str, str]]
"""One thing that happened, with its ids and figures as text."""


def risk_news_of(event: ev.Event) -> Told | None:  # One row for each event.
    """Tell an event as news; None when it is none."""
    match event:
        case ev.SignalDecided(decision=decision):
            return _decided(decision)
        case ApprovalAnswered():
            kind = RiskKind.APPROVED if event.approved else RiskKind.DECLINED
            return kind, {"decision_id": event.decision_id, "who": event.who}
        case ev.SignalConflicted():
            return RiskKind.CONFLICT, {"signal_id": event.signal_id, "decision_id": event.decision_id}
        case ev.HoldRaised(hold=hold):
            engaged = hold.kind is HoldKind.KILL_SWITCH
            return RiskKind.KILL_SWITCH_ENGAGED if engaged else RiskKind.HOLD_RAISED, _raised(hold)
        case ev.HoldReleased():
            return _released(event)
        case ev.LimitsSet():
            return RiskKind.LIMITS_CHANGED, {"limits_hash": event.limits_hash}
        case ev.StrategiesSet():
            return RiskKind.STRATEGIES_CHANGED, {"strategies": str(len(event.strategies))}
        case ExitTriggered():
            return RiskKind.EXIT_TRIGGERED, {
                "symbol": event.symbol,
                "purpose": event.purpose.value,
                "price": "" if event.price is None else plain(event.price),
                "who": event.who,
            }
        case FlattenStarted():
            return RiskKind.FLATTEN_STARTED, {"who": event.who, "why": event.why}
        case FlowBooked():
            return RiskKind.MONEY_MOVED, {"amount": plain(event.amount), "why": event.why}
        case ev.JournalGap():
            return RiskKind.JOURNAL_GAP, {"cause": event.cause}
        case _:
            return None


def _decided(decision: Decision) -> Told | None:
    """Tell what was not allowed, or not yet."""
    if decision.verdict is Verdict.DENY:
        return RiskKind.DENIED, denial(decision)
    if decision.verdict is Verdict.NEEDS_APPROVAL:
        return RiskKind.APPROVAL_NEEDED, question(decision)
    return None


def denial(decision: Decision) -> dict[str, str]:
    """Say which rule refused first, with its limit and the value."""
    return _about(decision, decision.denials[0])


def question(decision: Decision) -> dict[str, str]:
    """Say what a person is asked about: enough for a notification with two buttons."""
    asked = next(result for result in decision.results if result.rule is RuleName.APPROVAL)
    return {**_about(decision, asked), "side": decision.side.value, "quantity": plain(decision.quantity)}


def _about(decision: Decision, rule: RuleResult) -> dict[str, str]:
    return {
        "decision_id": decision.decision_id,
        "signal_id": decision.signal_id,
        "symbol": decision.symbol,
        "action": decision.action.value,
        "rule": rule.rule.value,
        "limit": rule.limit,
        "value": rule.value,
        "unit": rule.unit,
    }


def _raised(hold: Hold) -> dict[str, str]:
    return {
        "hold_id": hold.hold_id,
        "hold": hold.kind.value,
        "scope": hold.scope.name,
        "why": hold.why,
        "release": hold.release.value,
    }


def _released(event: ev.HoldReleased) -> Told:
    hold, scope = _parts(event.hold_id)
    kind = RiskKind.KILL_SWITCH_RELEASED if hold == HoldKind.KILL_SWITCH else RiskKind.HOLD_RELEASED
    return kind, {"hold_id": event.hold_id, "hold": hold, "scope": scope, "who": event.who, "why": event.reason}


def _parts(hold_id: HoldId) -> tuple[str, str]:
    """Take a hold's name apart: its kind, and what it is about (empty: the whole book)."""
    hold, _, scope = hold_id.partition(":")
    return hold, scope
