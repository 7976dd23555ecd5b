"""Enough lost for today."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import above, skip, unknown

RULE: Final = RuleName.MAX_DAILY_LOSS
_SKIP: Final = skip(RULE)


def max_daily_loss(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny entries while the day's PnL is at or below minus the limit, in quote units.

    Realised, unrealised, fees and funding since the day's open; deposits and withdrawals are no profit and no loss. A
    PnL that cannot be known, because a held symbol has no price, denies as well. The breach itself is looked for at
    every valuation and raises a hold that lasts until the next trading day, so neither a recovery, nor a higher limit,
    nor a restart undoes it.
    """
    limit = limits.max_daily_loss
    if not proposal.entry or limit is None:
        return _SKIP
    if view.daily_pnl is None:
        return unknown(RULE, -limit, view.quote_asset)
    return above(RULE, view.daily_pnl, -limit, view.quote_asset)
