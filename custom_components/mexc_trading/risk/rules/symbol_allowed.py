"""Only symbols that somebody chose may be entered."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import denied, passed, skip

RULE: Final = RuleName.SYMBOL_ALLOWED
_SKIP: Final = skip(RULE)


def symbol_allowed(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry whose symbol is not on the book's list, or not on its strategy's. An exit is never asked."""
    if not proposal.entry:
        return _SKIP
    symbol = proposal.signal.symbol
    if symbol in limits.symbols:
        return passed(RULE, limit=symbol, value=symbol)
    return denied(RULE, limit=", ".join(sorted(limits.symbols)), value=symbol)
