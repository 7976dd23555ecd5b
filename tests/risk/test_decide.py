"""The gate is pure, complete and indifferent to the order of its rules."""

from dataclasses import replace
from decimal import ROUND_UP, Context, Decimal, getcontext, setcontext
from operator import attrgetter
import random

import pytest

from custom_components.mexc_trading.engine.records import canonical
from custom_components.mexc_trading.model.decision import Decision, Finding, RuleName, RuleResult, Verdict
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, Hold, HoldKind, Release
from custom_components.mexc_trading.model.ids import HoldId
from custom_components.mexc_trading.model.signal import SizeBasis
from custom_components.mexc_trading.risk import decide as gate
from custom_components.mexc_trading.risk.limits import Limits
from custom_components.mexc_trading.risk.proposal import Proposal
from custom_components.mexc_trading.risk.rules import RULES, Rule
from custom_components.mexc_trading.risk.view import Losses, RiskView

from .pictures import ENTRY, EXIT, HOLDING, LIMITS, NOW, STAMP, VIEW, decided, sized

_LIMITED = replace(
    LIMITS,
    max_notional_per_order=Decimal("33.333333333333333333"),
    max_daily_loss=Decimal("10.1"),
    max_open_positions=3,
    cooldown_after_loss_s=60,
)
_AWKWARD = replace(
    VIEW,
    equity=Decimal("1234.567890123456789012345678901234567"),
    daily_pnl=Decimal("-3.3333333333333333333333333333333333"),
    book_losses=Losses(NOW - 61_234_567_891, 1),
)


def test_the_same_arguments_give_the_same_bytes() -> None:
    """A decision can be made again and compared."""
    signal = sized(ENTRY, "3.3333333333", SizeBasis.EQUITY_PERCENT)

    assert canonical(decided(signal, _AWKWARD, _LIMITED)) == canonical(decided(signal, _AWKWARD, _LIMITED))


def test_the_ambient_decimal_context_does_not_matter() -> None:
    """Given a process whose decimals have three digits and round up, the decision is the same."""
    signal = sized(ENTRY, "3.3333333333", SizeBasis.EQUITY_PERCENT)
    expected = canonical(decided(signal, _AWKWARD, _LIMITED))
    ambient = getcontext()

    setcontext(Context(prec=3, rounding=ROUND_UP))
    try:
        found = canonical(decided(signal, _AWKWARD, _LIMITED))
    finally:
        setcontext(ambient)

    assert found == expected


def test_a_float_does_not_pass_for_an_amount() -> None:
    """A bug that mixes one in stops the book instead of rounding."""
    view = replace(VIEW, daily_pnl=-1.5)  # type: ignore[arg-type]

    with pytest.raises(TypeError):
        decided(ENTRY, view, _LIMITED)


@pytest.mark.parametrize("seed", range(8))
def test_the_order_of_the_rules_does_not_matter(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shuffled rules find the same and come to the same verdict."""
    shuffled = list(RULES)
    random.Random(seed).shuffle(shuffled)
    pictures = ((ENTRY, VIEW), (EXIT, HOLDING), (EXIT, VIEW), (ENTRY, replace(VIEW, quote=None)), (ENTRY, _AWKWARD))
    expected = [decided(signal, view, _LIMITED) for signal, view in pictures]

    monkeypatch.setattr(gate, "RULES", tuple(shuffled))

    for (signal, view), before in zip(pictures, expected, strict=True):
        after = decided(signal, view, _LIMITED)
        assert after.verdict is before.verdict
        assert sorted(after.results, key=attrgetter("rule")) == sorted(before.results, key=attrgetter("rule"))


def test_every_rule_is_reported_even_when_the_first_denies() -> None:
    """The answer to "why" is whole."""
    hold = Hold(
        hold_id=HoldId("freeze"),
        kind=HoldKind.FREEZE,
        scope=WHOLE_BOOK,
        since_ns=NOW,
        why="test",
        release=Release.PERSON,
    )

    decision = decided(ENTRY, replace(VIEW, holds=(hold,), quote=None))

    assert {found.rule for found in decision.results} == set(RuleName)
    assert [denial.rule for denial in decision.denials] == [RuleName.HOLDS, RuleName.STALE_PRICE, RuleName.PRICE_COLLAR]


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ((Finding.PASS, Finding.SKIP), Verdict.ALLOW),
        ((Finding.CLAMP, Finding.PASS), Verdict.CLAMP),
        ((Finding.CLAMP, Finding.APPROVAL), Verdict.NEEDS_APPROVAL),
        ((Finding.CLAMP, Finding.APPROVAL, Finding.DENY), Verdict.DENY),
    ],
)
def test_the_strictest_finding_is_the_verdict(
    findings: tuple[Finding, ...], verdict: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One denial denies; else one wish for approval asks; else one clamp makes it smaller."""

    def fixed(found: Finding) -> Rule:
        def rule(proposal: Proposal, view: RiskView, limits: Limits) -> RuleResult:
            return RuleResult(RuleName.HOLDS, found)

        return rule

    monkeypatch.setattr(gate, "RULES", tuple(fixed(found) for found in findings))

    decision = decided(ENTRY)

    assert decision.verdict is verdict
    assert decision.allowed is (verdict in (Verdict.ALLOW, Verdict.CLAMP))


def test_the_decision_carries_the_whole_chain() -> None:
    """Identity, limits' hash and time are the ones given."""
    decision: Decision = decided(ENTRY)

    assert (decision.decision_id, decision.decision_hash, decision.limits_hash) == STAMP
    assert (decision.signal_id, decision.strategy, decision.book) == (ENTRY.signal_id, ENTRY.strategy, ENTRY.book)
    assert decision.decided_at_ns == NOW
