"""After a loss, a pause."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits, LossScope
from ..proposal import Proposal
from ..view import RiskView
from .result import passed_at_least, skip

RULE: Final = RuleName.COOLDOWN_AFTER_LOSS
_SKIP: Final = skip(RULE)


def cooldown_after_loss(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny entries until ``cooldown_after_loss_s`` seconds have passed since an episode became flat with a loss.

    Counted from the fill that made it flat, if it lost more than ``min_loss``, for its symbol or for the whole book.
    It comes from the journal, so a restart does not shorten it. A clock set back makes the pause longer, never
    shorter.
    """
    pause_s = limits.cooldown_after_loss_s
    losses = view.book_losses if limits.loss_scope is LossScope.BOOK else view.symbol_losses
    if not proposal.entry or not pause_s or not losses.streak:
        return _SKIP
    return passed_at_least(RULE, view.now_ns - losses.last_ns, pause_s)
