"""Figures in findings: measured first, written when read, and the same whichever way they came."""

from decimal import Decimal, localcontext

import pytest

from custom_components.mexc_trading.model.codec import from_plain, to_plain
from custom_components.mexc_trading.model.decision import Finding, RuleName, RuleResult
from custom_components.mexc_trading.model.figure import Figure, written


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        ("", ""),
        ("unknown", "unknown"),
        (0, "0"),
        (-17, "-17"),
        (10**25, "1" + "0" * 25),
        (Decimal(100), "100"),
        (Decimal("1.500"), "1.5"),
        (Decimal("5.000"), "5"),
        (Decimal("-0"), "0"),
        (Decimal("-0.00"), "0"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-9"), "0.000000001"),
        (Decimal("0.3333333333333333333333333333333"), "0.333333333333"),
        (Decimal("0.66666666666666666666666666666666666"), "0.666666666667"),
        (Decimal("0.1234567890123456789012345678"), "0.1234567890123456789012345678"),
        (Decimal("0.12345678901234567890123456785"), "0.123456789012"),
        (Decimal("9" * 42 + ".1234567890123"), "9" * 42 + ".1234567890123"),
        (Decimal("9" * 41 + ".1234567890123"), "9" * 41 + ".123456789012"),
    ],
)
def test_a_figure_has_one_text(figure: Figure, text: str) -> None:
    """Exact while it is short, to twelve decimals beyond, whatever decimal context surrounds the reader."""
    assert written(figure) == text
    with localcontext(prec=5):
        assert written(figure) == text


def test_a_result_reads_the_same_from_the_journal() -> None:
    """What was measured and what was read back are one result, and others are not."""
    measured = RuleResult(RuleName.MAX_LEVERAGE, Finding.DENY, Decimal("2.0"), Decimal("2.50"), Decimal("-0.50"), "x")
    stored = to_plain(measured)

    assert stored == ["max_leverage", "deny", "2", "2.5", "-0.5", "x"]
    read = from_plain(RuleResult, stored)
    assert (read.limit, read.value, read.margin, read.unit) == ("2", "2.5", "-0.5", "x")
    assert read == measured
    assert read != RuleResult(RuleName.MAX_LEVERAGE, Finding.DENY, Decimal(2), Decimal(2), Decimal("-0.5"), "x")
    assert measured != tuple(measured)
