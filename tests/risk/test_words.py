"""The words and numbers that rules say things with."""

from datetime import UTC
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from custom_components.mexc_trading.model.decision import Finding, RuleName, RuleResult
from custom_components.mexc_trading.model.ids import Symbol
from custom_components.mexc_trading.model.money import exact
from custom_components.mexc_trading.risk.limits import Limits, SymbolQuantity
from custom_components.mexc_trading.risk.rules.result import denied, passed, rounded_up, skip, span_text
from custom_components.mexc_trading.risk.schedule import Window, both, local
from custom_components.mexc_trading.risk.tighten import tighten

from .pictures import NOW, S

RULE = RuleName.SPREAD


def test_a_rule_may_have_no_figures() -> None:
    """Then it says nothing in their place."""
    assert skip(RULE) == RuleResult(RULE, Finding.SKIP, "", "", "", "")
    assert passed(RULE) == RuleResult(RULE, Finding.PASS, "", "", "", "")
    assert denied(RULE) == RuleResult(RULE, Finding.DENY, "", "", "", "")
    assert passed(RULE, limit="a", value="b") == RuleResult(RULE, Finding.PASS, "a", "b", "", "")
    assert denied(RULE, limit="a", value="b") == RuleResult(RULE, Finding.DENY, "a", "b", "", "")


@pytest.mark.parametrize(
    ("span_ms", "text"), [(0, "0"), (1000, "1"), (1500, "1.5"), (1050, "1.05"), (-1500, "-1.5"), (-20, "-0.02")]
)
def test_a_span_is_written_in_seconds(span_ms: int, text: str) -> None:
    """As short as it is exact."""
    assert span_text(span_ms) == text


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("1.0000000000001", "1.000000000001"),
        ("1.0000000000010", "1.000000000001"),
        ("-1.0000000000009", "-1"),
        ("1E+40", "1E+40"),
        (
            "10000000000000000000000000000000000000000.0000000000001",
            "10000000000000000000000000000000000000000.000000000001",
        ),
        (
            "100000000000000000000000000000000000000000.0000000000001",
            "100000000000000000000000000000000000000000.0000000000001",
        ),
    ],
)
def test_a_quotient_is_cut_upwards(value: str, rounded: str) -> None:
    """What is over a limit stays over it; only an absurd one keeps its decimals."""
    with exact():
        assert rounded_up(Decimal(value)) == Decimal(rounded)


def test_a_window_is_written_as_people_do() -> None:
    """With two digits each."""
    assert Window((0, 1, 6), 8 * 60 + 5, 16 * 60 + 30).text() == "Mon Tue Sun 08:05-16:30"
    assert Window((4,), 0, 1440).text() == "Fri 00:00-24:00"


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        (Window((0,), 0, 60), Window((1,), 0, 60), ()),
        (Window((0,), 0, 60), Window((0,), 60, 120), ()),
        (Window((0,), 0, 60), Window((0,), 120, 180), ()),
        (Window((0, 1), 0, 60), Window((1, 2), 59, 180), (Window((1,), 59, 60),)),
    ],
)
def test_windows_in_common(one: Window, other: Window, common: tuple[Window, ...]) -> None:
    """Both a day and a minute, or nothing."""
    assert both((one,), (other,)) == common


def test_the_wall_clock_is_the_zones_own_to_the_second() -> None:
    """Whatever zone the machine stands in."""
    assert local(NOW + S - 1, UTC) == local(NOW, UTC)
    assert local(NOW, ZoneInfo("Asia/Tokyo")).hour == (local(NOW, UTC).hour + 9) % 24


def test_the_lesser_quantity_counts_in_whichever_order() -> None:
    """Of the book's and the strategy's."""
    btc, less, more = Symbol("BTCUSDT"), Decimal(1), Decimal(2)

    def limits(quantity: Decimal) -> Limits:
        return Limits(max_quantity_per_order=(SymbolQuantity(btc, quantity),))

    for book, own in ((less, more), (more, less)):
        assert tighten(limits(book), limits(own)).max_quantity_per_order == (SymbolQuantity(btc, less),)
