"""Not too much of everything together."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..room import gross_exposure
from ..view import RiskView
from .result import skip, within

RULE: Final = RuleName.MAX_GROSS_EXPOSURE
_SKIP: Final = skip(RULE)


def max_gross_exposure(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry after which the book would be worth more than the limit, or make it smaller where that is wanted.

    Quote units: what is held at its bid, what is being bought at its worst price or the ask if that is higher,
    in-flight and unknown orders included. A held symbol without a price makes it unknown, which denies. At the limit
    is allowed.
    """
    ceiling = gross_exposure(view, limits)
    if not proposal.entry or ceiling is None:
        return _SKIP
    return within(RULE, proposal, ceiling, proposal.reference, view.quote_asset)
