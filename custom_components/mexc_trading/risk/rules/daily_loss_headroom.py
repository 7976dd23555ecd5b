"""The worst that is already possible counts."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ...model.money import ZERO
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import above, skip, unknown

RULE: Final = RuleName.DAILY_LOSS_HEADROOM
_SKIP: Final = skip(RULE)


def daily_loss_headroom(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry after which the day's PnL would come to minus ``max_daily_loss`` if every stop were hit.

    Quote units, from the last bid to each stop; what has no stop, this entry included, counts in full. Only where
    ``daily_loss_headroom`` is on and a daily loss is limited.
    """
    limit = limits.max_daily_loss
    if not proposal.entry or limit is None or not limits.daily_loss_headroom:
        return _SKIP
    if view.daily_pnl is None:
        return unknown(RULE, -limit, view.quote_asset)
    stop = proposal.stop_price or ZERO
    worst = view.daily_pnl - view.at_risk - proposal.quantity * max(ZERO, proposal.reference - stop)
    return above(RULE, worst, -limit, view.quote_asset)
