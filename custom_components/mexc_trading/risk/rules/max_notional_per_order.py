"""No single entry is larger than this."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ...model.money import ZERO
from ..limits import Limits
from ..proposal import Proposal
from ..room import order_notional
from ..view import RiskView
from .result import skip, within

RULE: Final = RuleName.MAX_NOTIONAL_PER_ORDER
_SKIP: Final = skip(RULE)


def max_notional_per_order(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry worth more quote units than the limit at its worst price, or make it smaller where that is wanted.

    At the limit is allowed.
    """
    ceiling = order_notional(limits)
    if not proposal.entry or ceiling is None:
        return _SKIP
    return within(RULE, proposal, ceiling, proposal.price or ZERO, view.quote_asset)
