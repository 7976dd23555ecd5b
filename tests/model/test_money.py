"""Amounts: read strictly, written in one form, rounded toward the safe side."""

from decimal import Decimal, FloatOperation

from hypothesis import given, strategies as st
import pytest

from custom_components.mexc_trading.model.market import Side
from custom_components.mexc_trading.model.money import (
    NotAnAmount,
    amount,
    bounded,
    exact,
    plain,
    round_down,
    round_up,
)
from tests.engine.market import instrument

AMOUNTS = st.decimals(
    min_value=Decimal("-1e17"), max_value=Decimal("1e17"), allow_nan=False, allow_infinity=False, places=9
)
STEPS = st.sampled_from([Decimal(step) for step in ("0.00000001", "0.001", "0.1", "1", "5", "0.25")])


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "NaN", "-Infinity", "1e19", "1e-19", "1" * 41, "0." + "1" * 41, "1e999999999", "1,5", "0x10",
        "12345678901234567890",
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str) -> None:
    """Not finite, too long, too large or too small; or no number at all."""
    with pytest.raises(NotAnAmount):
        amount(text)


@pytest.mark.parametrize(
    ("text", "value"), [(" 1.5 ", "1.5"), ("1E+3", "1000"), ("-0.1", "-0.1"), ("1e18", "1000000000000000000")]
)
def test_an_amount_is_read_exactly(text: str, value: str) -> None:
    """With spaces or an exponent within bounds."""
    assert plain(amount(text)) == value


@given(AMOUNTS)
def test_the_canonical_form_reads_back_as_the_same_amount(value: Decimal) -> None:
    """And two equal amounts have the same form."""
    text = plain(value)
    assert Decimal(text) == value
    assert plain(Decimal(text)) == text
    assert "E" not in text
    assert not ("." in text and text.endswith("0"))
    assert plain(value * Decimal("1.000")) == text


def test_nought_has_no_sign() -> None:
    """However it came about."""
    assert plain(Decimal("-0.00")) == "0"


@given(AMOUNTS, STEPS)
def test_rounding_goes_to_the_next_multiple_on_the_named_side(value: Decimal, step: Decimal) -> None:
    """Down is toward nought, up is away from it."""
    with exact():
        down, up = round_down(value, step), round_up(value, step)
        assert abs(down) <= abs(value) <= abs(up)
        assert abs(up - down) in (0, step)
        assert down % step == up % step == 0


@given(AMOUNTS.filter(lambda value: value > 0))
def test_an_order_never_asks_for_more_or_pays_more_than_was_decided(value: Decimal) -> None:
    """Quantity down; a buyer's price down, a seller's up."""
    terms = instrument()
    with exact():
        assert terms.quantity_down(value) <= value
        assert terms.price_inside(value, Side.BUY) <= value <= terms.price_inside(value, Side.SELL)


def test_floats_do_not_mix_in() -> None:
    """Not in a sum, not in a comparison, not in a conversion."""
    with exact():
        with pytest.raises(FloatOperation):
            Decimal(0.1)  # noqa: RUF032 - what must not be
        with pytest.raises(TypeError):
            Decimal(1) + 0.1  # type: ignore[operator]
        with pytest.raises(FloatOperation):
            assert Decimal("0.5") < 0.6


def test_a_signalling_nan_is_no_amount_either() -> None:
    """Whatever a caller has made."""
    with pytest.raises(NotAnAmount):
        bounded(Decimal("sNaN"))
