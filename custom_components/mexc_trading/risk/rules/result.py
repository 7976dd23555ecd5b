"""How a rule says what it found. Findings are judged exactly; texts, made later, are cut to what a person can read."""

from decimal import ROUND_CEILING, Decimal
from typing import Final

from ...model.decision import Finding, RuleName, RuleResult
from ...model.figure import Figure
from ..proposal import Proposal
from ..room import Ceiling

UNKNOWN: Final = "unknown"
"""The value of what nobody knows. Where a limit is set, an entry is denied for it."""

_FINE: Final = Decimal("1E-12")
"""Decimals of a quotient that is compared with a limit."""

_HUGE: Final = 40
"""Magnitude from which a figure has no room left for decimals."""

NS_PER_S: Final = 1_000_000_000
_MS_PER_S: Final = 1_000
_NS_PER_MS: Final = 1_000_000


def found(  # noqa: PLR0917  called for nearly every rule of every decision: names would cost a tenth of it
    rule: RuleName, finding: Finding, limit: Figure, value: Figure, margin: Figure, unit: str = ""
) -> RuleResult:
    """Write down what a rule found. Nearly all results go through here, so it takes the short way."""
    return tuple.__new__(RuleResult, (rule, finding, limit, value, margin, unit))


def rounded_up(value: Decimal) -> Decimal:
    """Cut a quotient to twelve decimals, upwards: what is over a limit stays over it."""
    return value if value.adjusted() > _HUGE else value.quantize(_FINE, rounding=ROUND_CEILING)


def span_text(span_ms: int) -> str:
    """Write a span of milliseconds in seconds, as short as it is exact."""
    whole, rest = divmod(abs(span_ms), _MS_PER_S)
    words = f"{whole}.{rest:03}".rstrip("0") if rest else str(whole)
    return f"-{words}" if span_ms < 0 else words


def age_at_most(rule: RuleName, age_ns: int, limit_s: int) -> RuleResult:
    """An age: at the limit is allowed. Rounded up to the millisecond: what is over the limit shows it."""
    age_ms, limit_ms = -(-age_ns // _NS_PER_MS), limit_s * _MS_PER_S
    finding = Finding.PASS if age_ns <= limit_ms * _NS_PER_MS else Finding.DENY
    return found(rule, finding, limit_s, span_text(age_ms), span_text(limit_ms - age_ms), "s")


def passed_at_least(rule: RuleName, passed_ns: int, limit_s: int) -> RuleResult:
    """A pause: at its end is allowed. Rounded down to the millisecond: what is not over does not look as if it were."""
    passed_ms, limit_ms = passed_ns // _NS_PER_MS, limit_s * _MS_PER_S
    finding = Finding.PASS if passed_ms >= limit_ms else Finding.DENY
    return found(rule, finding, limit_s, span_text(passed_ms), span_text(passed_ms - limit_ms), "s")


def skip(rule: RuleName) -> RuleResult:
    """The rule does not concern this order."""
    return RuleResult(rule, Finding.SKIP)


def passed(rule: RuleName, *, limit: str = "", value: str = "") -> RuleResult:
    """The rule agrees; no figures to compare."""
    return RuleResult(rule, Finding.PASS, limit, value)


def denied(rule: RuleName, *, limit: str = "", value: str = "") -> RuleResult:
    """The rule refuses; no figures to compare."""
    return RuleResult(rule, Finding.DENY, limit, value)


def unknown(rule: RuleName, limit: Decimal, unit: str) -> RuleResult:
    """What the limit bounds is not known: an entry fails closed."""
    return RuleResult(rule, Finding.DENY, limit, UNKNOWN, "", unit)


def at_most(rule: RuleName, value: Decimal, limit: Decimal, unit: str) -> RuleResult:
    """A size: at the limit is allowed."""
    margin = limit - value
    finding = Finding.DENY if margin < 0 else Finding.PASS
    return found(rule, finding, limit, value, margin, unit)


def at_least(rule: RuleName, value: Decimal, limit: Decimal, unit: str) -> RuleResult:
    """A minimum: at the limit is allowed."""
    margin = value - limit
    finding = Finding.DENY if margin < 0 else Finding.PASS
    return found(rule, finding, limit, value, margin, unit)


def above(rule: RuleName, value: Decimal, limit: Decimal, unit: str) -> RuleResult:
    """A profit or loss that must stay above ``limit``; at the limit is breached."""
    margin = value - limit
    finding = Finding.PASS if margin > 0 else Finding.DENY
    return found(rule, finding, limit, value, margin, unit)


def below(rule: RuleName, value: Decimal, limit: Decimal, unit: str) -> RuleResult:
    """A loss that must stay below ``limit``; at the limit is breached."""
    margin = limit - value
    finding = Finding.PASS if margin > 0 else Finding.DENY
    return found(rule, finding, limit, value, margin, unit)


def count_at_most(rule: RuleName, value: int, limit: int) -> RuleResult:
    """A count: at the limit is allowed."""
    finding = Finding.DENY if value > limit else Finding.PASS
    return found(rule, finding, limit, value, limit - value)


def within(rule: RuleName, proposal: Proposal, ceiling: Ceiling, per_unit: Decimal, unit: str) -> RuleResult:
    """A size that an entry may be made smaller for: what was asked for must fit, or what was cut to fit must.

    ``per_unit`` is what a base unit counts.
    """
    limit, used = ceiling
    if used is None:
        return unknown(rule, limit, unit)
    value = used + proposal.asked * per_unit
    margin = limit - value
    if margin >= 0:
        finding = Finding.PASS
    elif proposal.quantity < proposal.asked and used + proposal.quantity * per_unit <= limit:
        finding = Finding.CLAMP
    else:
        finding = Finding.DENY
    return found(rule, finding, limit, value, margin, unit)
