"""A strategy trades in the book that it has reached."""

from typing import Final

from ...model.decision import RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import denied, passed, skip

RULE: Final = RuleName.STAGE
_SKIP: Final = skip(RULE)


def stage(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Deny an entry of a strategy whose stage is not this book.

    ``paper`` comes before ``live``. A person's own action has no stage, and neither has a strategy whose stage is not
    kept.
    """
    terms = view.strategy
    if not proposal.entry or terms is None or terms.stage is None:
        return _SKIP
    says = passed if terms.stage == view.book else denied
    return says(RULE, limit=view.book, value=terms.stage)
