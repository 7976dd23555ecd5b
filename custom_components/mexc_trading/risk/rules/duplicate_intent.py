"""The same wish under another name is still the same wish."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import passed_at_least, skip

RULE: Final = RuleName.DUPLICATE_INTENT
_SKIP: Final = skip(RULE)


def duplicate_intent(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry of the same symbol, side and size as one allowed less than ``duplicate_window_s`` seconds ago.

    Ids differ, or it would be a repeated signal; the size is compared as it was asked for. The value is the time
    passed in seconds; from the window's end on it is allowed.
    """
    window_s = limits.duplicate_window_s
    if not proposal.entry or not window_s or view.same_intent_ns is None:
        return _SKIP
    return passed_at_least(RULE, view.now_ns - view.same_intent_ns, window_s)
