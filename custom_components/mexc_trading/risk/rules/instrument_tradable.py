"""The venue's own flags: what it does not trade over its interface is not worth asking for."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ...model.market import Instrument, OrderType, Side
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import UNKNOWN, denied, passed, skip

RULE: Final = RuleName.INSTRUMENT_TRADABLE
_SKIP: Final = skip(RULE)


def instrument_tradable(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry on a symbol unknown, paused, in another currency, or closed to the side or type; or a short sale.

    An exit is tried whatever the flags say: the venue may know better by then, and a refusal costs nothing.
    """
    if not proposal.entry:
        return _SKIP
    instrument, side = view.instrument, proposal.signal.side
    if instrument is None:
        return denied(RULE, value=UNKNOWN)
    if not instrument.tradable:
        return denied(RULE, value="closed")
    if instrument.quote != view.quote_asset:
        return denied(RULE, limit=view.quote_asset, value=instrument.quote)
    if side is Side.SELL:
        return denied(RULE, limit=Side.BUY.value, value="short")
    if side not in instrument.sides:
        return denied(RULE, limit=_words(instrument.sides), value=side.value)
    if not _takes(instrument, proposal.order_type):
        return denied(RULE, limit=_words(instrument.order_types), value=proposal.order_type.value)
    return passed(RULE, value="open")


def _takes(instrument: Instrument, order_type: OrderType) -> bool:
    """Whether the symbol takes a type. IOC and FOK are limits with another time in force (fact sheet 1.3)."""
    if order_type is OrderType.MARKET or order_type is OrderType.POST_ONLY:
        return order_type in instrument.order_types
    return OrderType.LIMIT in instrument.order_types


def _words(names: frozenset[Side] | frozenset[OrderType]) -> str:
    return ", ".join(sorted(names))
