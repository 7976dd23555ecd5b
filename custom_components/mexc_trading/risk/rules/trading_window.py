"""Only at times that somebody chose."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..schedule import described, inside, local, moment_text
from ..view import RiskView
from .result import denied, passed, skip

RULE: Final = RuleName.TRADING_WINDOW
_SKIP: Final = skip(RULE)


def trading_window(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry outside the book's and the strategy's trading windows, on the wall clock of the book's time zone.

    A window's first minute is inside, its last is not. Through a change of clocks the wall clock counts.
    """
    windows = limits.trading_windows
    if not proposal.entry or windows is None:
        return _SKIP
    moment = local(view.now_ns, view.zone)
    says = passed if inside(windows, moment) else denied
    return says(RULE, limit=described(windows), value=moment_text(moment))
