"""No stop, no entry."""

from typing import Final

from ...model.decision import Finding, RuleName, RuleResult
from ...model.market import Side
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import denied, found, skip

RULE: Final = RuleName.REQUIRES_STOP
_SKIP: Final = skip(RULE)


def requires_stop(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry whose stop is missing where one is required, or stands on the wrong side of its worst price.

    Quote units. A stop that would be hit at once, or below zero, protects nothing, required or not.
    """
    if not proposal.entry:
        return _SKIP
    stop, price = proposal.stop_price, proposal.price
    if stop is None or price is None:
        return denied(RULE, value="none") if limits.requires_stop else _SKIP
    buying = proposal.signal.side is Side.BUY
    right = 0 < stop < price if buying else price < stop
    room = price - stop if buying else stop - price
    finding = Finding.PASS if right else Finding.DENY
    return found(RULE, finding, price, stop, room, view.quote_asset)
