"""An exit sells what the book bought, and not one coin more."""

from typing import Final

from ...model.decision import Finding, RuleName, RuleResult
from ...model.market import Side
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import denied, found, skip

RULE: Final = RuleName.EXIT_OWNED
_SKIP: Final = skip(RULE)


def exit_owned(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Clamp an exit to the owned quantity that no exit under way may still sell; deny it when that is nothing.

    Base units. The user's other coins are never ours to sell, and a position can neither be enlarged nor flipped: an
    exit that buys is denied.
    """
    if proposal.entry:
        return _SKIP
    if proposal.signal.side is Side.BUY:
        return denied(RULE, limit=Side.SELL.value, value=Side.BUY.value)
    free = view.free
    finding = Finding.DENY if free == 0 else Finding.CLAMP if proposal.wanted > free else Finding.PASS
    unit = view.instrument.base if view.instrument is not None else ""
    return found(RULE, finding, free, proposal.wanted, free - proposal.wanted, unit)
