"""Only while the house agrees."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import denied, passed, skip

RULE: Final = RuleName.HOME_CONDITION
_SKIP: Final = skip(RULE)


def home_condition(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry unless every entity that the user bound is known to be on: power, internet, presence.

    One that is off, unavailable or not known yet denies.
    """
    wanted = limits.home_conditions
    if not proposal.entry or not wanted:
        return _SKIP
    unmet = [name for name in wanted if not view.conditions.get(name, False)]
    if unmet:
        return denied(RULE, limit=", ".join(wanted), value=", ".join(unmet))
    return passed(RULE, limit=", ".join(wanted))
