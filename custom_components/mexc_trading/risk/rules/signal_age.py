"""A signal too old is a wish that nobody has any more."""

from decimal import Decimal
from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import at_most, skip

_NS_PER_S: Final = 1_000_000_000


def signal_age(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny a signal older than its ``valid_for``, in seconds from ``issued_at``; without one (exits) never too old."""
    valid_for_s = proposal.signal.valid_for_s
    if valid_for_s is None:
        return skip(RuleName.SIGNAL_AGE)
    age_s = Decimal(max(0, view.now_ns - proposal.signal.issued_at_ns)) / _NS_PER_S
    return at_most(RuleName.SIGNAL_AGE, age_s.quantize(Decimal("0.001")), Decimal(valid_for_s), "s")
