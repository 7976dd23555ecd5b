"""No single entry is of more coins than this."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ...model.money import ONE
from ..limits import Limits
from ..proposal import Proposal
from ..room import order_quantity
from ..view import RiskView
from .result import skip, within

RULE: Final = RuleName.MAX_QUANTITY_PER_ORDER
_SKIP: Final = skip(RULE)


def max_quantity_per_order(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry of more base units than the limit of its symbol, or make it smaller where that is wanted.

    It catches a value that was sent as a quantity. Symbols without a limit of their own are not asked; at the limit is
    allowed.
    """
    ceiling = order_quantity(proposal.signal.symbol, limits)
    if not proposal.entry or ceiling is None:
        return _SKIP
    unit = view.instrument.base if view.instrument is not None else ""
    return within(RULE, proposal, ceiling, ONE, unit)
