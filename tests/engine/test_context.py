"""Home Assistant and its other integrations may set the decimal context as they like: the book does not notice."""

from decimal import Decimal, localcontext

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.records import canonical
from custom_components.mexc_trading.model.money import amount
from custom_components.mexc_trading.model.order import VenueStatus

from .market import BTC, MX, entry, fill, leave, report
from .scene import Scene


def a_life() -> list[str]:
    """Let a book live: odd amounts in, fees in three assets, half of it out. Give its journal."""
    scene = Scene()
    scene.price(MX, "3.0712", "3.0713")
    inside = entry(quantity="1.234567891", price="99.97")
    bought = scene.signal(inside)
    order = scene.record(bought).order
    trades = [
        fill(bought, "1", quantity="0.7", price="99.931", fee="0.00013", fee_asset="BTC"),
        fill(bought, "2", quantity=str(order.quantity - Decimal("0.7")), fee="0.0171", fee_asset="MX"),
    ]
    seen = report(bought, VenueStatus.FILLED, executed=str(order.quantity), quantity=str(order.quantity), price="99.9")
    scene.found(bought, seen)
    scene.do(inp.FillsIn(symbol=BTC, fills=tuple(trades)))
    scene.wait(3)
    scene.do(inp.SignalIn(signal=leave(quantity="0.6180339", at_ns=scene.now_ns), digest="d"))
    return [record.body for record in scene.records] + [canonical(list(scene.state.ledger.positions.values()))]


PLAIN = a_life()


@settings(max_examples=25, deadline=None)
@given(digits=st.integers(28, 40), rounding=st.sampled_from(["ROUND_UP", "ROUND_DOWN", "ROUND_CEILING"]))
def test_the_surrounding_decimal_context_does_not_matter(digits: int, rounding: str) -> None:
    """Every record is the same, byte for byte."""
    with localcontext() as context:
        context.prec, context.rounding = digits, rounding
        context.traps = dict.fromkeys(context.traps, False)
        assert a_life() == PLAIN


@pytest.mark.parametrize("text", ["1.000000000000000001", "0.0000123456", "123456789012345678.5"])
def test_reading_an_amount_does_not_round_whatever_surrounds_it(text: str) -> None:
    """Three digits of precision all around."""
    with localcontext() as context:
        context.prec = 3
        assert str(amount(text)) == text
