"""How a rule says what it found."""

from decimal import Decimal

from ...model.decision import Finding, RuleName, RuleResult
from ...model.money import plain


def skip(rule: RuleName) -> RuleResult:
    """The rule does not concern this order."""
    return RuleResult(rule, Finding.SKIP)


def passed(rule: RuleName, *, limit: str = "", value: str = "") -> RuleResult:
    """The rule agrees; no figures to compare."""
    return RuleResult(rule, Finding.PASS, limit, value)


def denied(rule: RuleName, *, limit: str = "", value: str = "") -> RuleResult:
    """The rule refuses; no figures to compare."""
    return RuleResult(rule, Finding.DENY, limit, value)


def at_most(rule: RuleName, value: Decimal, limit: Decimal, unit: str) -> RuleResult:
    """A size: at the limit is allowed."""
    margin = limit - value
    finding = Finding.DENY if margin < 0 else Finding.PASS
    return RuleResult(rule, finding, plain(limit), plain(value), plain(margin), unit)


def at_least(rule: RuleName, value: Decimal, limit: Decimal, unit: str) -> RuleResult:
    """A minimum: at the limit is allowed."""
    margin = value - limit
    finding = Finding.DENY if margin < 0 else Finding.PASS
    return RuleResult(rule, finding, plain(limit), plain(value), plain(margin), unit)


def above(rule: RuleName, value: Decimal, limit: Decimal, unit: str) -> RuleResult:
    """A loss: ``value`` must stay above ``limit``; at the limit is breached."""
    margin = value - limit
    finding = Finding.PASS if margin > 0 else Finding.DENY
    return RuleResult(rule, finding, plain(limit), plain(value), plain(margin), unit)
