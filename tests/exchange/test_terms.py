"""Instruments are read together, kept on disk, and read again when they may have changed."""

from dataclasses import replace
from decimal import Decimal
import json
from pathlib import Path

from aiohttp import ClientSession
import pytest

from custom_components.mexc_trading.exchange.mexc.market import MexcMarket
from custom_components.mexc_trading.exchange.mexc.spot import MexcSpot
from custom_components.mexc_trading.exchange.mexc.terms_file import KnownTerms, TermsFile
from custom_components.mexc_trading.model.ids import Symbol
from custom_components.mexc_trading.model.market import Instrument
from custom_components.mexc_trading.model.outcome import Rejected, Unavailable
from tests.double import MexcDouble

from .conftest import WallClock
from .wishes import BTCUSDT, order

ETHUSDC = Symbol("ETHUSDC")
DAY_MS = 24 * 3600 * 1000


def _market(double: MexcDouble, session: ClientSession, clock: WallClock, path: Path) -> MexcMarket:
    return MexcMarket.public(session=session, rest_url=double.rest_url, clock=clock, terms_path=path)


def _asked(double: MexcDouble) -> int:
    return len(double.requests.of("GET", "/api/v3/exchangeInfo"))


def _one(read: tuple[Instrument, ...] | Unavailable) -> Instrument:
    assert isinstance(read, tuple)
    (instrument,) = read
    return instrument


async def test_one_question_a_day(double: MexcDouble, session: ClientSession, clock: WallClock, tmp_path: Path) -> None:
    """Terms are kept over a restart, for a day; a new symbol is read together with the old ones."""
    path = tmp_path / "made" / "terms.json"
    market = _market(double, session, clock, path)
    first = await market.instruments((BTCUSDT,))
    assert await market.instruments((BTCUSDT,)) == first
    assert _asked(double) == 1

    again = _market(double, session, clock, path)
    assert await again.instruments((BTCUSDT,)) == first
    assert _asked(double) == 1
    assert (await again.instruments((ETHUSDC, Symbol("NOSUCHUSDT")))) != ()
    asked = _asked(double)
    assert await again.instruments((BTCUSDT,)) == first
    assert await again.instruments((Symbol("NOSUCHUSDT"),)) == ()
    assert _asked(double) == asked

    clock.skew_ms = DAY_MS + 1000
    await again.instruments((BTCUSDT,))
    assert _asked(double) > asked
    assert again.health().terms_age_s == 0


async def test_while_the_venue_is_away_old_terms_stand_in_for_a_week(
    double: MexcDouble, session: ClientSession, clock: WallClock, tmp_path: Path
) -> None:
    """Older ones do not, nor do terms that were never read."""
    path = tmp_path / "terms.json"
    first = await _market(double, session, clock, path).instruments((BTCUSDT,))
    double.faults.add(action="status", path="/api/v3/exchangeInfo", status=503)
    market = _market(double, session, clock, path)
    clock.skew_ms = 6 * DAY_MS
    assert await market.instruments((BTCUSDT,)) == first
    assert isinstance(await market.instruments((ETHUSDC,)), Unavailable)
    clock.skew_ms = 8 * DAY_MS
    assert isinstance(await market.instruments((BTCUSDT,)), Unavailable)
    clock.skew_ms = -DAY_MS
    assert isinstance(await market.instruments((BTCUSDT,)), Unavailable)


async def test_a_refusal_that_suggests_a_change_makes_them_read_anew(
    spot: MexcSpot, double: MexcDouble, clock: WallClock
) -> None:
    """A symbol that was closed to the API is seen as such after the first refusal; other refusals change nothing.

    A wish that is refused again and again does not make them be read each time, but once in five minutes.
    """
    assert _one(await spot.instruments((BTCUSDT,))).tradable
    double.faults.add(action="refuse", code=30004, times=1)
    await spot.submit(order())
    await spot.instruments((BTCUSDT,))
    assert _asked(double) == 1

    double.venue.symbols["BTCUSDT"].api_enabled = False
    assert isinstance(await spot.submit(order()), Rejected)
    assert not _one(await spot.instruments((BTCUSDT,))).tradable
    assert _asked(double) == 2

    await spot.submit(order())
    await spot.instruments((BTCUSDT,))
    assert _asked(double) == 2
    clock.skew_ms += 301_000
    await spot.instruments((BTCUSDT,))
    assert _asked(double) == 3


async def test_what_the_key_may_trade_and_what_the_account_pays(spot: MexcSpot, double: MexcDouble) -> None:
    """Both are the key's own terms; where they cannot be read the public ones stand."""
    double.faults.add(
        action="replace", path="/api/v3/tradeFee", fields={"data": {"makerCommission": 0.0, "takerCommission": 0.0004}}
    )
    read = _one(await spot.instruments((BTCUSDT,)))
    assert read.tradable
    assert (read.maker_fee, read.taker_fee) == (Decimal(0), Decimal("0.0004"))


@pytest.mark.parametrize(
    "data",
    [{"makerCommission": 0, "takerCommission": 1}, {"takerCommission": 0}, [], {"makerCommission": "x"}],
    ids=str,
)
async def test_unreadable_fees_leave_the_public_ones(spot: MexcSpot, double: MexcDouble, data: object) -> None:
    """A fee of everything is none."""
    double.faults.add(action="replace", path="/api/v3/tradeFee", fields={"data": data})  # type: ignore[dict-item]
    assert _one(await spot.instruments((BTCUSDT,))).taker_fee == Decimal("0.0005")


async def test_a_symbol_outside_the_keys_list_is_not_tradable(spot: MexcSpot, double: MexcDouble) -> None:
    """A key can be limited to some pairs."""
    double.faults.add(action="replace", path="/api/v3/selfSymbols", fields={"data": ["MXUSDT"]})
    assert not _one(await spot.instruments((BTCUSDT,))).tradable
    assert len(double.requests.of("GET", "/api/v3/tradeFee")) == 0


async def test_an_unreadable_list_of_symbols_forbids_nothing(spot: MexcSpot, double: MexcDouble) -> None:
    """The venue refuses itself what the key may not; a failed read must not close positions' way out."""
    double.faults.add(action="refuse", path="/api/v3/selfSymbols", code=700007)
    assert _one(await spot.instruments((BTCUSDT,))).tradable


async def test_a_file_that_is_not_ours_is_no_file(tmp_path: Path) -> None:
    """Garbage, another version and another venue are read as nothing."""
    path = tmp_path / "terms.json"
    file = TermsFile(path)
    known = KnownTerms(rest_url="https://a", read_at_ns=1, asked=(BTCUSDT,), instruments=(), oddities=("x",))
    assert await file.load("https://a") is None
    assert await file.save(known)
    assert await file.load("https://a") == known
    assert await file.load("https://b") is None
    assert await file.save(replace(known, version=99))
    assert await file.load("https://a") is None
    for text in ("", "{", "[]", "[" * 100_000, json.dumps({"version": 2})):
        path.write_text(text, encoding="utf-8")
        assert await file.load("https://a") is None


async def test_a_disk_that_refuses_is_no_trouble(
    double: MexcDouble, session: ClientSession, clock: WallClock, tmp_path: Path
) -> None:
    """The file is a convenience."""
    (tmp_path / "blocked").write_text("a file where a folder should be", encoding="utf-8")
    market = _market(double, session, clock, tmp_path / "blocked" / "terms.json")
    assert _one(await market.instruments((BTCUSDT,))).tradable
