"""The venue's smallest and largest order."""

from decimal import Decimal
from typing import Final

from ...model.decision import Finding, RuleName, RuleResult
from ...model.market import Instrument, OrderType
from ...model.money import ZERO
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import UNKNOWN, at_least, at_most, denied, found, skip

RULE: Final = RuleName.TICK_LOT_MINIMUM
_SKIP: Final = skip(RULE)


def tick_lot_minimum(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an order that, rounded down to the lot, is below the venue's least quantity or value, or above its largest.

    Quantities in base, values in quote units at the worst price; a price below one tick is worth nothing. For an exit
    a shortage means dust: too little to sell. An exit above the maximum is cut to it and reported as a clamp, and one
    whose terms are unknown is tried.
    """
    instrument = view.instrument
    if instrument is None:
        return denied(RULE, value=UNKNOWN) if proposal.entry else _SKIP
    minimum = max(instrument.min_quantity, instrument.lot)
    if proposal.quantity < minimum:
        return at_least(RULE, proposal.quantity, minimum, instrument.base)
    if proposal.price is None:
        return _at_market(proposal, view, instrument, minimum)
    if proposal.price <= 0:
        return at_least(RULE, proposal.price, instrument.tick, instrument.quote)
    return _value(proposal, view, instrument)


def _at_market(proposal: Proposal, view: RiskView, instrument: Instrument, minimum: Decimal) -> RuleResult:
    """Compare quantities where an order has no price; an exit that was cut to the venue's maximum is a clamp."""
    asked = instrument.quantity_down(min(proposal.wanted, view.free))
    if not proposal.entry and proposal.quantity < asked:
        cut = proposal.quantity
        return found(RULE, Finding.CLAMP, cut, asked, cut - asked, instrument.base)
    return at_least(RULE, proposal.quantity, minimum, instrument.base)


def _value(proposal: Proposal, view: RiskView, instrument: Instrument) -> RuleResult:
    """Compare what the order is worth with the venue's smallest and largest value."""
    market = proposal.order_type is OrderType.MARKET
    floor = instrument.min_notional_market if market else instrument.min_notional
    ceiling = instrument.max_notional_market if market else instrument.max_notional
    if ceiling > 0 and proposal.notional > ceiling:
        return at_most(RULE, proposal.notional, ceiling, instrument.quote)
    asked = min(proposal.wanted, view.free) * (proposal.price or ZERO)
    if not proposal.entry and 0 < ceiling < asked:
        return found(RULE, Finding.CLAMP, ceiling, asked, ceiling - asked, instrument.quote)
    return at_least(RULE, proposal.notional, floor, instrument.quote)
