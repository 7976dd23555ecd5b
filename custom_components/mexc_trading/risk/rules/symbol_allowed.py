"""Only symbols that somebody chose may be entered."""

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import denied, passed, skip


def symbol_allowed(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry whose symbol is not on the book's list, or not on its strategy's. An exit is never asked."""
    if not proposal.entry:
        return skip(RuleName.SYMBOL_ALLOWED)
    allowed = limits.symbols if view.strategy is None else limits.symbols & view.strategy.symbols
    says = passed if proposal.signal.symbol in allowed else denied
    return says(RuleName.SYMBOL_ALLOWED, limit=", ".join(sorted(allowed)), value=proposal.signal.symbol)
