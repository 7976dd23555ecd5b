"""The venue's smallest and largest order."""

from ...model.decision import Finding, RuleName, RuleResult
from ...model.market import Instrument, OrderType
from ...model.money import ZERO, plain
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import at_least, at_most, denied, skip


def tick_lot_minimum(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an order that, rounded down to the lot, is below the venue's least quantity or value, or above its largest.

    Quantities in base, values in quote units at the worst price; a price below one tick is worth nothing. For an exit
    a shortage means dust: too little to sell. An exit above the maximum is cut to it and reported as a clamp, and one
    whose terms are unknown is tried.
    """
    rule = RuleName.TICK_LOT_MINIMUM
    instrument = view.instrument
    if instrument is None:
        return denied(rule, value="unknown") if proposal.entry else skip(rule)
    minimum = max(instrument.min_quantity, instrument.lot)
    if proposal.quantity < minimum or proposal.price is None:
        return at_least(rule, proposal.quantity, minimum, instrument.base)
    if proposal.price <= 0:
        return at_least(rule, proposal.price, instrument.tick, instrument.quote)
    return _value(proposal, view, instrument)


def _value(proposal: Proposal, view: RiskView, instrument: Instrument) -> RuleResult:
    """Compare what the order is worth with the venue's smallest and largest value."""
    rule = RuleName.TICK_LOT_MINIMUM
    market = proposal.order_type is OrderType.MARKET
    floor = instrument.min_notional_market if market else instrument.min_notional
    ceiling = instrument.max_notional_market if market else instrument.max_notional
    if ceiling > 0 and proposal.notional > ceiling:
        return at_most(rule, proposal.notional, ceiling, instrument.quote)
    asked = min(proposal.wanted, view.free) * (proposal.price or ZERO)
    if not proposal.entry and 0 < ceiling < asked:
        return RuleResult(rule, Finding.CLAMP, plain(ceiling), plain(asked), plain(ceiling - asked), instrument.quote)
    return at_least(rule, proposal.notional, floor, instrument.quote)
