"""What is stopped stays stopped."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ...model.hold import HoldKind
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import denied, passed

RULE: Final = RuleName.HOLDS
_PASSED: Final = passed(RULE)


def holds(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry while any hold covers its strategy or symbol; deny an exit only while trading is frozen."""
    if not view.holds:
        return _PASSED
    signal = proposal.signal
    in_force = sorted(
        hold.kind.value
        for hold in view.holds
        if (proposal.entry or hold.kind is HoldKind.FREEZE)
        and hold.scope.covers(strategy=signal.strategy, symbol=signal.symbol)
    )
    return denied(RULE, value=", ".join(in_force)) if in_force else _PASSED
