"""A snapshot and the records after it give the same book as all records."""

from dataclasses import fields
from datetime import UTC
from decimal import Decimal
import json
from pathlib import Path

import pytest

from custom_components.mexc_trading.engine import inputs as inp, state_codec
from custom_components.mexc_trading.engine.ports import Record
from custom_components.mexc_trading.engine.records import canonical
from custom_components.mexc_trading.engine.restore import restore
from custom_components.mexc_trading.engine.state import BookState
from custom_components.mexc_trading.engine.state_codec import StateDocument, document_of, read, written
from custom_components.mexc_trading.model.codec import Unreadable, to_plain
from custom_components.mexc_trading.model.ids import Asset, BookName
from custom_components.mexc_trading.model.market import Side
from custom_components.mexc_trading.model.order import VenueStatus

from .market import BTC, LIVE, USDT, entry, fill, leave, report
from .scene import NO_ANSWER, REFUSED, SILENT, Scene


def lived() -> Scene:
    """Let a book live a little: something of every kind is in its state."""
    scene = Scene()
    scene.own("2")
    out = scene.exit("half", "1.995")
    scene.do(inp.FillsIn(symbol=BTC, fills=(fill(out, "x", quantity="1.995", side=Side.SELL, venue_order_id="VX"),)))
    refused = scene.signal(entry("refused", at_ns=scene.now_ns))
    scene.answered(refused, REFUSED)
    unknown = scene.signal(entry("unknown", at_ns=scene.now_ns))
    scene.answered(unknown, NO_ANSWER)
    scene.searched(unknown, history=SILENT)
    working = scene.signal(entry("working", quantity="3", at_ns=scene.now_ns))
    scene.found(working, report(working, VenueStatus.PARTIALLY_FILLED, executed="1", quantity="3"))
    scene.do(inp.FillsIn(symbol=BTC, fills=(fill(working, "y", fee="0.1", fee_asset="MX"),)))
    scene.found(working, report(working, VenueStatus.UNRECOGNISED, executed="1", quantity="3"))
    scene.do(inp.SignalIn(signal=leave("denied", quantity="0.0001", at_ns=scene.now_ns), digest="d"))
    scene.wait(1)
    return scene


class Records:
    """A journal that is only read, and that says how much of it was."""

    def __init__(self, records: list[Record]) -> None:
        """Hold these records."""
        self.all = records
        self.asked: list[int] = []

    def records(self, after_seq: int = 0) -> list[Record]:
        """Read the records behind one."""
        self.asked.append(after_seq)
        return self.all[after_seq:]


def same(one: BookState, two: BookState) -> None:
    """Compare two states in everything that is folded, the order of things included."""
    assert written(document_of(one)) == written(document_of(two))


def test_a_state_survives_being_written_and_read() -> None:
    """To the letter."""
    scene = lived()
    again = read(written(document_of(scene.state)), zone=UTC)
    same(again, scene.state)
    assert list(again.closed) == list(scene.state.closed)
    assert list(again.decisions) == list(scene.state.decisions)
    assert again.equity() is None
    again.marks.update(scene.state.marks)
    assert again.equity() == scene.state.equity()
    assert len(again.seen) == len(scene.state.seen)


@pytest.mark.parametrize("cut", [0, 1, 7, 20, -1])
def test_a_snapshot_and_what_follows_is_the_whole(cut: int) -> None:
    """Wherever it was taken; only what follows is read."""
    scene = lived()
    upto = len(scene.records) + cut if cut < 0 else cut
    early = Records(scene.records[:upto])
    blank = BookState(book=LIVE, quote=USDT)
    snapshot = written(document_of(restore(blank, early)))  # type: ignore[arg-type]
    journal = Records(scene.records)
    again = restore(BookState(book=LIVE, quote=USDT), journal, snapshot)  # type: ignore[arg-type]
    same(again, scene.restarted())
    assert journal.asked == [upto]


@pytest.mark.parametrize("trouble", ["shape", "book", "quote", "text", "seen", "field"])
def test_a_snapshot_that_does_not_fit_is_left_aside(trouble: str) -> None:
    """It is a short cut and never the truth."""
    scene = lived()
    document = json.loads(written(document_of(scene.state)))
    changes: dict[str, object] = {
        "shape": "another",
        "book": "paper",
        "quote": "EUR",
        "seen": "not base64!",
        "realized": 5,
    }
    name = {"field": "realized"}.get(trouble, trouble)
    text = "no document" if trouble == "text" else json.dumps(document | {name: changes[name]})
    journal = Records(scene.records)
    again = restore(BookState(book=LIVE, quote=USDT), journal, text)  # type: ignore[arg-type]
    same(again, scene.restarted())
    assert journal.asked == [0]


def test_a_state_written_in_pieces_is_the_text_that_it_is_in_one() -> None:
    """Older versions read it, and their snapshots are read."""
    scene = lived()
    document = document_of(scene.state)
    assert written(document) == json.dumps(to_plain(document), separators=(",", ":"))


def test_another_shape_of_any_part_is_another_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later version with one more field, deep down, does not read what an earlier one wrote."""
    text = written(document_of(lived().state))
    monkeypatch.setattr(state_codec, "SHAPE", "0" * 16)
    with pytest.raises(Unreadable):
        read(text, zone=UTC)


def test_a_snapshot_does_not_change_with_the_book_it_was_taken_of() -> None:
    """It is written in another thread while the book goes on."""
    scene = lived()
    document = document_of(scene.state)
    before = written(document)
    scene.own("1")
    scene.state.memory.conditions["later"] = True
    assert written(document) == before


def test_a_snapshot_has_nothing_of_a_batch_that_is_on_its_way_to_the_disk() -> None:
    """The index is shared with the batch, whose names may never reach the disk: after a crash nobody undoes them."""
    scene = lived()
    before = written(document_of(scene.state))
    scene.state.fork().seen.add("on its way", scene.state.seq + 1)
    assert written(document_of(scene.state)) == before


def test_a_whole_book_is_folded_the_same_from_its_own_snapshot_at_every_record(tmp_path: Path) -> None:
    """For each record: the state up to it, written, read, and the rest folded."""
    scene = lived()
    whole = written(document_of(scene.restarted()))
    for seq in range(0, len(scene.records), 5):
        state = restore(BookState(book=LIVE, quote=USDT), Records(scene.records[:seq]))  # type: ignore[arg-type]
        state = read(written(document_of(state)), zone=UTC)
        state = restore(state, Records(scene.records))  # type: ignore[arg-type]
        assert written(document_of(state)) == whole


def test_the_document_has_every_field_that_is_folded() -> None:
    """A field that somebody adds to the state must be added to the document too."""
    elsewhere = {"ledger", "tightened", "decided", "zone", "marks", "worth"}
    inside = {"shape", "positions", "dust", "realized"}
    state = {field.name for field in fields(BookState)} - elsewhere
    assert state == {field.name for field in fields(StateDocument)} - inside


def test_the_document_names_its_book() -> None:
    """A state of another book is never taken over."""
    document = document_of(BookState(book=BookName("paper"), quote=Asset("EUR")))
    assert (document.book, document.quote, document.realized) == ("paper", "EUR", Decimal(0))
    assert canonical(document)
