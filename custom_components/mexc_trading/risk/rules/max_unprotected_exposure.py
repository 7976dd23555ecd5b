"""Not too much that nobody watches while Home Assistant is down."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..room import unprotected_exposure
from ..view import RiskView
from .result import skip, within

RULE: Final = RuleName.MAX_UNPROTECTED_EXPOSURE
_SKIP: Final = skip(RULE)


def max_unprotected_exposure(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry after which more than the limit would be held without a stop at the venue.

    MEXC spot has no stop orders: every stop of a spot position is watched by this integration, and while Home
    Assistant is down nobody watches. On spot this is therefore all that is held and being bought, quote units, valued
    as for the whole book, and made smaller where that is wanted. At the limit is allowed.
    """
    ceiling = unprotected_exposure(view, limits)
    if not proposal.entry or ceiling is None:
        return _SKIP
    return within(RULE, proposal, ceiling, proposal.reference, view.quote_asset)
