"""Above a size, a person decides."""

from typing import Final

from ...model.decision import Finding, RuleName, RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .result import found, skip

RULE: Final = RuleName.APPROVAL
_SKIP: Final = skip(RULE)


def approval(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
    """Ask a person before an entry that is worth more than ``approval_above`` at its worst price, in quote units.

    The question ends with the signal. What was approved is a quantity: more than that is asked again. An approval
    overrules no other rule. At the limit nobody is asked.
    """
    limit = limits.approval_above
    if not proposal.entry or limit is None:
        return _SKIP
    margin = limit - proposal.notional
    approved = view.approved is not None and proposal.quantity <= view.approved
    finding = Finding.PASS if margin >= 0 or approved else Finding.APPROVAL
    return found(RULE, finding, limit, proposal.notional, margin, view.quote_asset)
