"""A signal too old is a wish that nobody has any more."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import age_at_most, skip

RULE: Final = RuleName.SIGNAL_AGE
_SKIP: Final = skip(RULE)


def signal_age(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny a signal older than its ``valid_for``, in seconds from ``issued_at``.

    Exits have no ``valid_for`` unless their sender gives one, and are never too old without.
    """
    valid_for_s = proposal.signal.valid_for_s
    if valid_for_s is None:
        return _SKIP
    age_ns = max(0, view.now_ns - proposal.signal.issued_at_ns)
    return age_at_most(RULE, age_ns, valid_for_s)
