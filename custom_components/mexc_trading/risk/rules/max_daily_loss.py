"""Enough lost for today."""

from ...model.decision import Finding, RuleName, RuleResult
from ...model.money import plain
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import above, skip


def max_daily_loss(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny entries while the day's PnL (realised + unrealised + fees, quote units) is at or below minus the limit.

    A PnL that cannot be known, because a held symbol has no price, denies as well. The breach itself also raises a
    hold that lasts until the next trading day, so neither a recovery nor a higher limit undoes it.
    """
    rule = RuleName.MAX_DAILY_LOSS
    if not proposal.entry or limits.max_daily_loss is None:
        return skip(rule)
    unit = view.instrument.quote if view.instrument else ""
    if view.daily_pnl is None:
        return RuleResult(rule, Finding.DENY, plain(-limits.max_daily_loss), "unknown", "", unit)
    return above(rule, view.daily_pnl, -limits.max_daily_loss, unit)
