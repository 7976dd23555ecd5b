"""Nobody pays far more than the market asks."""

from decimal import Decimal
from typing import Final

from ...model.decision import Finding, RuleName, RuleResult
from ...model.market import Side
from ...model.money import ONE, ZERO
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import UNKNOWN, at_least, at_most, denied, found, skip

RULE: Final = RuleName.PRICE_COLLAR
_SKIP: Final = skip(RULE)


def price_collar(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry whose worst price is more than ``price_collar_percent`` beyond the touch, or that has no fresh one.

    Quote units. Buying cheaper than the market is nobody's harm, so the collar has one side. A market order is sent as
    a limit inside the collar. An exit below the collar is raised to it and reported as a clamp; without a reference it
    goes.
    """
    if proposal.fresh is None:
        return denied(RULE, value=UNKNOWN) if proposal.entry else _SKIP
    if not proposal.entry:
        return _exit(proposal, view)
    if proposal.price is None:
        return denied(RULE, value=UNKNOWN)
    if proposal.signal.side is Side.BUY:
        return at_most(RULE, proposal.price, proposal.fresh.ask * (ONE + limits.collar), view.quote_asset)
    return at_least(RULE, proposal.price, proposal.fresh.bid * (ONE - limits.collar), view.quote_asset)


def _exit(proposal: Proposal, view: RiskView) -> RuleResult:
    """Say whether an exit's own limit was raised."""
    asked, price = proposal.signal.price, proposal.price
    if asked is None or price is None:
        return _SKIP
    finding = Finding.CLAMP if asked < price - _tick(view) else Finding.PASS
    return found(RULE, finding, price, asked, asked - price, view.quote_asset)


def _tick(view: RiskView) -> Decimal:
    """What rounding alone may change, in quote units."""
    return view.instrument.tick if view.instrument is not None else ZERO
