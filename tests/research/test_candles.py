"""Candles keep every digit, know their gaps, and survive disk and text."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from custom_components.mexc_trading.model.ids import Symbol
from custom_components.mexc_trading.model.outcome import Unavailable
from custom_components.mexc_trading.research.candle_csv import export_csv, import_csv
from custom_components.mexc_trading.research.candle_fetch import PAGE_ROWS, fetch
from custom_components.mexc_trading.research.candle_file import UnreadableCandles, read_candles, write_candles
from custom_components.mexc_trading.research.candles import BadCandles, CandleRow, Candles, Gap, Span, joined, missing
from custom_components.mexc_trading.research.resample import resampled

BTC = Symbol("BTCUSDT")
MIN = 60_000
START = 1_640_995_200_000 // (5 * MIN) * 5 * MIN
D = Decimal


def row(minute: int, close: str = "100", volume: str = "1.5") -> CandleRow:
    """Make a candle around 100."""
    price = D(close)
    return CandleRow(START + minute * MIN, D(100), max(D("101"), price), min(D("99.5"), price), price, D(volume))


def candles(*minutes: int) -> Candles:
    """Make candles of these minutes."""
    return Candles.of(BTC, MIN, [row(minute, f"100.{minute:02d}") for minute in minutes])


def test_rows_come_back_as_they_went_in() -> None:
    """Given rows out of order and one twice, then they stand in order, the later one counts, and digits are exact."""
    kept = Candles.of(BTC, MIN, [row(2), row(0, "100.123"), row(1, volume="0.00000001"), row(2, "100.5")])
    assert [kept.row(index) for index in range(3)] == [
        row(0, "100.123"),
        row(1, volume="0.00000001"),
        row(2, "100.5"),
    ]
    assert kept.floats("close") == [100.123, 100.0, 100.5]
    assert kept.price_exponent == -3


@pytest.mark.parametrize(
    "bad",
    [
        CandleRow(START, D(100), D(99), D(98), D(98), D(0)),
        CandleRow(START, D(100), D(101), D("100.5"), D(101), D(0)),
        CandleRow(START, D(0), D(1), D(0), D(1), D(0)),
        CandleRow(START, D(1), D(1), D(1), D(1), D(-1)),
        CandleRow(START + 1, D(1), D(1), D(1), D(1), D(0)),
        CandleRow(START, D("1E-19"), D(1), D("1E-19"), D(1), D(0)),
        CandleRow(START, D("1E-10"), D("1E+12"), D("1E-10"), D(1), D(0)),
        CandleRow(START, D(1), D(1), D(1), D(1), D("Infinity")),
    ],
)
def test_what_is_no_candle_is_refused(bad: CandleRow) -> None:
    """Given a row whose numbers do not fit together, then it is refused."""
    with pytest.raises(BadCandles):
        Candles.of(BTC, MIN, [bad])


def test_gaps_are_known_or_not() -> None:
    """Given minutes 0-1, 4, 8 of which 0 to 5 were asked for, then 2-3 had no trades and 5-7 nobody asked about."""
    kept = Candles.of(BTC, MIN, [row(0), row(1), row(4), row(8)], [Span(START, START + 5 * MIN)])
    assert kept.gaps() == (
        Gap(START + 2 * MIN, START + 4 * MIN, known=True),
        Gap(START + 5 * MIN, START + 8 * MIN, known=False),
    )
    assert Candles(symbol=BTC, interval_ms=MIN).gaps() == ()
    assert candles(0, 1, 2).gaps() == ()


def test_spans() -> None:
    """Given spans that touch and overlap, then they are joined, and what is missing of another is told."""
    assert joined([Span(5, 8), Span(0, 3), Span(3, 4), Span(6, 7)]) == (Span(0, 4), Span(5, 8))
    assert missing([Span(2, 4), Span(6, 20)], Span(0, 10)) == (Span(0, 2), Span(4, 6))
    assert missing([Span(0, 20)], Span(5, 10)) == ()


def test_a_part() -> None:
    """Given ten minutes, then a part has its candles and its share of what is covered."""
    part = candles(*range(10)).part(START + 3 * MIN, START + 5 * MIN)
    assert [part.row(index).open_ms for index in range(len(part))] == [START + 3 * MIN, START + 4 * MIN]
    assert part.covered == (Span(START + 3 * MIN, START + 5 * MIN),)


def test_disk(tmp_path: Path) -> None:
    """Given candles on disk, then they come back whole, in less space than their numbers."""
    kept = candles(*range(50), 70)
    path = tmp_path / "some" / "btc.candles"
    write_candles(path, kept)
    assert read_candles(path) == kept
    assert path.stat().st_size < len(kept) * 6 * 8
    assert [file.name for file in path.parent.iterdir()] == ["btc.candles"]


@pytest.mark.parametrize("damage", [b"", b"{}\nrest", b"not json\n"])
def test_a_damaged_file_is_refused(tmp_path: Path, damage: bytes) -> None:
    """Given a file of another kind, then it is refused."""
    path = tmp_path / "btc.candles"
    path.write_bytes(damage)
    with pytest.raises(UnreadableCandles):
        read_candles(path)


def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    """Given a file with one bit flipped in its columns, then it is refused."""
    path = tmp_path / "btc.candles"
    write_candles(path, candles(*range(20)))
    raw = bytearray(path.read_bytes())
    raw[-3] ^= 1
    path.write_bytes(raw)
    with pytest.raises(UnreadableCandles):
        read_candles(path)


@pytest.mark.parametrize("name", ["btc.csv", "btc.csv.gz"])
def test_text(tmp_path: Path, name: str) -> None:
    """Given candles as text, then they come back as they were."""
    kept = candles(0, 1, 2, 5)
    export_csv(tmp_path / name, kept)
    assert import_csv(tmp_path / name, symbol=BTC, interval_ms=MIN) == kept


def test_text_with_quote_volume_only(tmp_path: Path) -> None:
    """Given only a quote volume, then the volume is what it buys at the close."""
    path = tmp_path / "btc.csv"
    path.write_text(f"open_time_ms,open,high,low,close,quote_volume\n{START},100,101,99,100,250\n")
    assert import_csv(path, symbol=BTC, interval_ms=MIN).row(0).volume == D("2.5")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a,b\n1,2\n", "line 1"),
        (f"open_time_ms,open,high,low,close\n{START},1,1,1,x\n", "line 2"),
        (f"open_time_ms,open,high,low,close\n{START},1,1,1\n", "line 2"),
        ("open_time_ms,open,high,low,close\nnoon,1,1,1,1\n", "line 2"),
    ],
)
def test_text_that_is_wrong_says_where(tmp_path: Path, text: str, where: str) -> None:
    """Given text that is no candle, then the line is named."""
    path = tmp_path / "btc.csv"
    path.write_text(text)
    with pytest.raises(BadCandles, match=where):
        import_csv(path, symbol=BTC, interval_ms=MIN)


def test_wider_candles() -> None:
    """Given minutes 3 to 14, then the whole five minutes 5-9 and 10-14 are made, and the part of 0-4 is not."""
    narrow = candles(*range(3, 15))
    wide = resampled(narrow, 5 * MIN)
    assert [wide.row(index) for index in range(len(wide))] == [
        CandleRow(START + 5 * MIN, D(100), D(101), D("99.5"), D("100.09"), D("7.5")),
        CandleRow(START + 10 * MIN, D(100), D(101), D("99.5"), D("100.14"), D("7.5")),
    ]
    with pytest.raises(ValueError, match="no multiple"):
        resampled(narrow, 90_000)


class Shelf:
    """A source with some minutes missing that goes silent when told to."""

    def __init__(self, *, silent_after: int = 1_000) -> None:
        """Answer so many questions."""
        self.asked: list[Span] = []
        self.silent_after = silent_after

    async def rows(self, symbol: Symbol, interval_ms: int, span: Span) -> Sequence[CandleRow] | Unavailable:
        """Give all minutes but every seventh."""
        if len(self.asked) >= self.silent_after:
            return Unavailable(cause="timeout")
        self.asked.append(span)
        minutes = range((span.since_ms - START) // MIN, (span.until_ms - START) // MIN)
        return [row(minute) for minute in minutes if minute % 7]


async def test_only_what_is_missing_is_fetched() -> None:
    """Given candles of some minutes, when more are wanted, then only the rest is asked for, and progress is told."""
    shelf, told = Shelf(), list[tuple[int, int]]()
    kept, trouble = await fetch(
        Candles(symbol=BTC, interval_ms=MIN), Span(START, START + 20 * MIN), source=shelf, now_ms=START + 100 * MIN
    )
    assert trouble is None
    kept, trouble = await fetch(
        kept,
        Span(START - 10 * MIN, START + (PAGE_ROWS + 30) * MIN),
        source=shelf,
        now_ms=START + 10_000 * MIN,
        progress=lambda done, total: told.append((done, total)),
    )
    assert trouble is None
    assert shelf.asked[1:] == [
        Span(START - 10 * MIN, START),
        Span(START + 20 * MIN, START + (PAGE_ROWS + 20) * MIN),
        Span(START + (PAGE_ROWS + 20) * MIN, START + (PAGE_ROWS + 30) * MIN),
    ]
    assert told == [(10, PAGE_ROWS + 20), (PAGE_ROWS + 10, PAGE_ROWS + 20), (PAGE_ROWS + 20, PAGE_ROWS + 20)]
    assert all(gap.known for gap in kept.gaps())


async def test_trouble_keeps_what_was_read() -> None:
    """Given a source that goes silent after one page, then that page is kept and the trouble told."""
    kept, trouble = await fetch(
        Candles(symbol=BTC, interval_ms=MIN),
        Span(START, START + 2 * PAGE_ROWS * MIN),
        source=Shelf(silent_after=1),
        now_ms=START + 3 * PAGE_ROWS * MIN,
    )
    assert trouble == Unavailable(cause="timeout")
    assert kept.covered == (Span(START, START + PAGE_ROWS * MIN),)


async def test_a_candle_that_still_grows_is_left() -> None:
    """Given that minute 5 has not ended, then it is not asked for."""
    shelf = Shelf()
    await fetch(
        Candles(symbol=BTC, interval_ms=MIN), Span(START, START + 9 * MIN), source=shelf, now_ms=START + 330_000
    )
    assert shelf.asked == [Span(START, START + 5 * MIN)]
