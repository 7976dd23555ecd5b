"""The venue's smallest and largest order."""

from ...model.decision import RuleName, RuleResult
from ...model.market import OrderType
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import at_least, at_most, denied


def tick_lot_minimum(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an order that, rounded down to the lot, is below the venue's minimum quantity or value, or above its maximum.

    For an exit the same shortage means dust: too little to sell. Quantities in base, values in quote units.
    """
    rule = RuleName.TICK_LOT_MINIMUM
    instrument = view.instrument
    if instrument is None:
        return denied(rule, value="unknown")
    minimum = max(instrument.min_quantity, instrument.lot)
    quantity = at_least(rule, proposal.quantity, minimum, instrument.base)
    if proposal.quantity < minimum or proposal.price is None:
        return quantity
    market = proposal.order_type is OrderType.MARKET
    floor = instrument.min_notional_market if market else instrument.min_notional
    ceiling = instrument.max_notional_market if market else instrument.max_notional
    if ceiling > 0 and proposal.notional > ceiling:
        return at_most(rule, proposal.notional, ceiling, instrument.quote)
    return at_least(rule, proposal.notional, floor, instrument.quote)
