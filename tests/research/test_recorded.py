"""Signals come out of text and journals as they were wished."""

from dataclasses import replace
from pathlib import Path

import pytest

from custom_components.mexc_trading.model.ids import PERSON
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.signal import Action, Size, SizeBasis
from custom_components.mexc_trading.research.recorded import BadSignals, signals_from_csv, signals_from_journal
from custom_components.mexc_trading.research.terms import BOOK
from tests.engine.market import BTC, ETH, NOW, S, entry
from tests.engine.scene import Scene

from .market import CROSS, D

HEAD = "signal_id,issued_at,symbol,action,order_type,price,size_basis,size,valid_for\n"


def test_from_text(tmp_path: Path) -> None:
    """Given lines out of order, then they become signals in the order of time, with the defaults of signals."""
    path = tmp_path / "signals.csv"
    path.write_text(
        HEAD
        + "b,2026-11-22T15:00:02.5+01:00,BTCUSDT,exit,,,,,\n"
        + "a,2026-11-22T13:00:00Z,BTCUSDT,enter,limit,90000.1,quantity,0.5,60\n"
        + "c,2026-11-22T14:30:00Z,BTCUSDT,enter,,,,250,\n"
    )
    first, second, third = signals_from_csv(path, CROSS)
    assert (first.signal_id, first.order_type, first.price, first.valid_for_s) == (
        "a",
        OrderType.LIMIT,
        D("90000.1"),
        60,
    )
    assert first.size == Size(basis=SizeBasis.QUANTITY, value=D("0.5"))
    assert (second.action, second.side, second.size) == (Action.EXIT, Side.SELL, None)
    assert second.issued_at_ns == first.issued_at_ns + 3_602 * S + S // 2
    assert third.size == Size(basis=SizeBasis.NOTIONAL, value=D(250))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("signal_id,symbol\na,b\n", "line 1: no column action, issued_at"),
        (HEAD + "a,2026-11-22T13:00:00,BTCUSDT,exit,,,,,\n", "line 2: .*offset"),
        (HEAD + "a,noon,BTCUSDT,exit,,,,,\n", "line 2"),
        (HEAD + "a,2026-11-22T13:00:00Z,BTCUSDT,hold,,,,,\n", "line 2"),
        (HEAD + "a,2026-11-22T13:00:00Z,BTCUSDT,enter,,,,,\n", "line 2: an entry needs a size"),
        (HEAD + "a,2026-11-22T13:00:00Z,BTCUSDT,enter,,,,x,\n", "line 2"),
    ],
)
def test_text_that_is_wrong_says_where(tmp_path: Path, text: str, why: str) -> None:
    """Given a line that is no signal, then the line and the reason are named."""
    path = tmp_path / "signals.csv"
    path.write_text(text)
    with pytest.raises(BadSignals, match=why):
        signals_from_csv(path, CROSS)


def test_from_a_journal() -> None:
    """Given a journal with signals about two symbols, then those of one strategy and symbol come back whole."""
    scene = Scene()
    wishes = [entry("one", at_ns=NOW), entry("two", at_ns=NOW, symbol=ETH), entry("three", at_ns=NOW)]
    for wish in wishes:
        scene.signal(wish)
    assert signals_from_journal(scene.records, PERSON, BTC) == tuple(
        replace(wishes[number], book=BOOK) for number in (0, 2)
    )
    assert signals_from_journal(scene.records, CROSS, BTC) == ()
