"""An exit sells what the book bought, and not one coin more."""

from ...model.decision import Finding, RuleName, RuleResult
from ...model.market import Side
from ...model.money import plain
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import denied, skip


def exit_owned(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Clamp an exit to the owned quantity that no exit under way may still sell; deny it when that is nothing.

    Base units. The user's other coins are never ours to sell, and a position can neither be enlarged nor flipped: an
    exit that buys is denied.
    """
    rule = RuleName.EXIT_OWNED
    if proposal.entry:
        return skip(rule)
    if proposal.signal.side is Side.BUY:
        return denied(rule, limit=Side.SELL.value, value=Side.BUY.value)
    free = view.free
    finding = Finding.DENY if free == 0 else Finding.CLAMP if proposal.wanted > free else Finding.PASS
    unit = view.instrument.base if view.instrument else ""
    return RuleResult(rule, finding, plain(free), plain(proposal.wanted), plain(free - proposal.wanted), unit)
