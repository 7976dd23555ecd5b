"""Not too much of one thing."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..room import symbol_exposure
from ..view import RiskView
from .result import skip, within

RULE: Final = RuleName.MAX_SYMBOL_EXPOSURE
_SKIP: Final = skip(RULE)


def max_symbol_exposure(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry after which the symbol would be worth more than the limit, or make it smaller where that is wanted.

    Quote units: what is held at its bid, what is being bought at its worst price or the ask if that is higher,
    in-flight and unknown orders included. A held symbol without a price makes it unknown, which denies. At the limit
    is allowed.
    """
    ceiling = symbol_exposure(proposal.signal.symbol, view, limits)
    if not proposal.entry or ceiling is None:
        return _SKIP
    return within(RULE, proposal, ceiling, proposal.reference, view.quote_asset)
