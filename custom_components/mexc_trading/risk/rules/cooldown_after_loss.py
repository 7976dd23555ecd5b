"""After a loss, a pause."""

from decimal import Decimal
from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import at_least, skip

_NS_PER_S: Final = 1_000_000_000


def cooldown_after_loss(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny entries until ``cooldown_after_loss_s`` seconds have passed since an episode became flat with a loss.

    Counted from the fill that made it flat, if it lost more than ``min_loss``. It comes from the journal, so a
    restart does not shorten it. A clock set back makes the pause longer, never shorter.
    """
    rule = RuleName.COOLDOWN_AFTER_LOSS
    if not proposal.entry or not limits.cooldown_after_loss_s or view.last_loss_ns is None:
        return skip(rule)
    passed_s = Decimal(view.now_ns - view.last_loss_ns) / _NS_PER_S
    return at_least(rule, passed_s.quantize(Decimal("0.001")), Decimal(limits.cooldown_after_loss_s), "s")
