"""The gate: every order comes from a decision, and every decision comes from here."""

from typing import NamedTuple

from ..model.decision import Decision, Finding, Findings, RuleResult, Verdict
from ..model.ids import DecisionId
from ..model.money import exact
from ..model.signal import Signal
from .limits import Limits
from .proposal import propose
from .rules import RULES
from .view import RiskView


class Stamp(NamedTuple):
    """What a decision is marked with: its identity, and the hash of the limits it was made under."""

    decision_id: DecisionId
    decision_hash: str
    limits_hash: str


def decide(signal: Signal, view: RiskView, limits: Limits, stamp: Stamp) -> Decision:
    """Judge a signal by every rule. Pure: the same arguments give the same decision, byte for byte."""
    with exact():
        proposal = propose(signal, view, limits)
        results = tuple([rule(proposal, view, limits) for rule in RULES])
        return Decision(
            decision_id=stamp.decision_id,
            decision_hash=stamp.decision_hash,
            book=signal.book,
            strategy=signal.strategy,
            signal_id=signal.signal_id,
            symbol=signal.symbol,
            action=signal.action,
            side=signal.side,
            order_type=proposal.order_type,
            quantity=proposal.quantity,
            price=proposal.price,
            verdict=_verdict(results),
            results=Findings(results),
            decided_at_ns=view.now_ns,
            limits_hash=stamp.limits_hash,
            stop_price=proposal.stop_price,
            protect=proposal.protect,
        )


def _verdict(results: tuple[RuleResult, ...]) -> Verdict:
    """One denial denies; else one wish for approval asks; else one clamp makes it smaller."""
    verdict = Verdict.ALLOW
    for result in results:
        finding = result.finding
        if finding is Finding.PASS or finding is Finding.SKIP:
            continue
        if finding is Finding.DENY:
            return Verdict.DENY
        if finding is Finding.APPROVAL:
            verdict = Verdict.NEEDS_APPROVAL
        elif verdict is Verdict.ALLOW:
            verdict = Verdict.CLAMP
    return verdict
