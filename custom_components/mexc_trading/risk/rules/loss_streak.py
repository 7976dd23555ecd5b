"""After several losses in a row, a longer pause."""

from typing import Final

from ...model.decision import Finding, RuleName, RuleResult
from ..limits import Limits, LossScope
from ..proposal import Proposal
from ..view import RiskView
from .result import NS_PER_S, found, skip

RULE: Final = RuleName.LOSS_STREAK
_SKIP: Final = skip(RULE)


def loss_streak(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny entries for ``loss_streak_pause_s`` seconds after the last of ``max_loss_streak`` or more losses in a row.

    Counted like the pause after one loss; an episode that ends with a profit or with nothing ends the streak. The
    value is the number of losses in a row, at the limit is breached.
    """
    limit = limits.max_loss_streak
    losses = view.book_losses if limits.loss_scope is LossScope.BOOK else view.symbol_losses
    if not proposal.entry or limit is None:
        return _SKIP
    over = view.now_ns - losses.last_ns >= limits.loss_streak_pause_s * NS_PER_S
    finding = Finding.PASS if losses.streak < limit or over else Finding.DENY
    return found(RULE, finding, limit, losses.streak, limit - losses.streak)
