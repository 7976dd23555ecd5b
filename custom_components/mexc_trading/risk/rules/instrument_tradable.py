"""The venue's own flags: what it does not trade over its interface is not worth asking for."""

from ...model.decision import RuleName, RuleResult
from ...model.market import OrderType, Side
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import denied, passed, skip


def instrument_tradable(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry on a symbol unknown, paused, closed to the side, or closed to the order type; or a short sale.

    An exit is tried whatever the flags say: the venue may know better by then, and a refusal costs nothing.
    """
    if not proposal.entry:
        return skip(RuleName.INSTRUMENT_TRADABLE)
    instrument = view.instrument
    if instrument is None:
        return denied(RuleName.INSTRUMENT_TRADABLE, value="unknown")
    if not instrument.tradable:
        return denied(RuleName.INSTRUMENT_TRADABLE, value="closed")
    side = proposal.signal.side
    if side is Side.SELL:
        return denied(RuleName.INSTRUMENT_TRADABLE, limit=Side.BUY.value, value="short")
    if side not in instrument.sides:
        return denied(RuleName.INSTRUMENT_TRADABLE, limit=_words(instrument.sides), value=side.value)
    # IOC and FOK are limit orders with another time in force; the venue does not list them apart (fact sheet 1.3).
    needed = OrderType.MARKET if proposal.order_type is OrderType.MARKET else OrderType.LIMIT
    if proposal.order_type is OrderType.POST_ONLY:
        needed = OrderType.POST_ONLY
    if needed not in instrument.order_types:
        return denied(
            RuleName.INSTRUMENT_TRADABLE, limit=_words(instrument.order_types), value=proposal.order_type.value
        )
    return passed(RuleName.INSTRUMENT_TRADABLE, value="open")


def _words(names: frozenset[Side] | frozenset[OrderType]) -> str:
    return ", ".join(sorted(names))
