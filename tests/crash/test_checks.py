"""The checks behind the matrix and the long run find what they are for."""

from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
import json
from pathlib import Path
import sqlite3

import pytest

from custom_components.mexc_trading.journal.chain import GENESIS_HASH, record_hash
from custom_components.mexc_trading.journal.schema import INSERT, create
from custom_components.mexc_trading.model.ids import OrderId
from tests.double import MexcDouble
from tests.double.orders import OrderRequest, OrderType, Side

from .checks import SLACK_NS, Head, Left, Told, after_a_kill, read_disk, when_calm
from .nursery import Json

ENTRY = OrderId(f"hal{'a' * 24}e")
SECOND = OrderId(f"hal{'b' * 24}e")
HOLD = {"hold": {"hold_id": "h", "kind": "kill_switch", "scope": {"kind": "book", "name": ""}}}
CALM: Json = {"positions": {"BTCUSDT": "0.001"}, "held": [], "misfolded": [], "faulted": False}


class Case:
    """A journal, a venue and what was told: all in order, until a test says otherwise."""

    def __init__(self, folder: Path) -> None:
        """Journal one entry, and let the venue have it."""
        self.folder = folder
        self.double = MexcDouble()
        self.told = Told(decisions={"d1"})
        self.records: list[tuple[str, str, Json]] = [
            ("signal_decided", "d1", {}),
            ("order_planned", ENTRY, {"decision_id": "d1"}),
        ]
        self.buy(ENTRY)

    def buy(self, order_id: OrderId) -> None:
        """Let the venue accept an entry."""
        size = {"quantity": Decimal("0.001"), "client_order_id": order_id}
        self.double.venue.place(OrderRequest(symbol="BTCUSDT", side=Side.BUY, type=OrderType.MARKET, **size))  # type: ignore[arg-type]

    def wrong(self) -> list[str]:
        """Write the journal and check. Its signals are none that could be decided again."""
        link = GENESIS_HASH
        (self.folder / "live.db").touch()
        with closing(sqlite3.connect(self.folder / "live.db")) as connection:
            create(connection, None)
            for seq, (kind, key, body) in enumerate(self.records, 1):
                fields = (seq, seq, kind.encode(), key.encode(), json.dumps(body).encode(), link.encode())
                own = record_hash(fields)
                connection.execute(INSERT, (seq, seq, kind, key, json.dumps(body), link, own))
                self.told.heads.append(Head(seq, own, seq))
                link = own
            connection.commit()
        return after_a_kill(read_disk(self.folder, self.told, again=False), self.double, self.told)


def _two_for_one_decision(case: Case) -> None:
    case.records.append(("order_planned", SECOND, {"decision_id": "d1"}))
    case.buy(SECOND)


def _unknown(case: Case) -> None:
    case.buy(SECOND)


def _twice(case: Case) -> None:
    case.buy(ENTRY)


def _forgotten(case: Case) -> None:
    case.told.decisions.add("d2")


def _lost(case: Case) -> None:
    case.told.heads.append(Head(9, "9" * 64, 9))


def _doubted(case: Case) -> None:
    case.records.append(("hold_raised", "r", {"hold": {**HOLD["hold"], "kind": "restored_backup"}}))


def _in_spite(case: Case) -> None:
    case.records.append(("hold_raised", "h", HOLD))  # type: ignore[arg-type]
    case.told.left.append(Left(ENTRY, "BTCUSDT", 4 + SLACK_NS))


def test_what_is_in_order_is_not_complained_of(tmp_path: Path) -> None:
    """One decision, one entry, the same position."""
    case = Case(tmp_path)
    case.told.left.append(Left(ENTRY, "BTCUSDT", 2))
    assert case.wrong() == []
    assert when_calm(CALM, case.double) == []


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (_two_for_one_decision, "decision d1: 2 entries accepted"),
        (_twice, f"{ENTRY} accepted 2 times"),
        (_unknown, f"{SECOND} is at the venue and not in the journal"),
        (_forgotten, "decision d2 was told and is not in the journal"),
        (_lost, "chain: truncated at 9: was witnessed, but the journal ends at 2"),
        (_in_spite, f"entry {ENTRY} left in spite of hold h"),
    ],
)
def test_what_must_not_be_is_named(tmp_path: Path, spoil: Callable[[Case], None], complaint: str) -> None:
    """Each by itself."""
    case = Case(tmp_path)
    spoil(case)
    assert complaint in case.wrong()


def test_a_journal_that_the_boot_doubted_is_named(tmp_path: Path) -> None:
    """A kill is no reason for doubt."""
    case = Case(tmp_path)
    _doubted(case)
    assert any(complaint.startswith("journal doubted") for complaint in case.wrong())


@pytest.mark.parametrize(
    ("change", "complaints"),
    [
        ({"positions": {}}, ["BTCUSDT: 0 booked, 0.001 traded"]),
        ({"positions": {}, "held": [["quantity_drift", "symbol", "BTCUSDT"]]}, []),
        ({"positions": {}, "held": [["quantity_drift", "symbol", "ETHUSDT"]]}, ["BTCUSDT: 0 booked, 0.001 traded"]),
        ({"misfolded": ["seq: 1 is 2"]}, ["folded from the beginning, seq: 1 is 2"]),
        ({"faulted": True}, ["the book stopped"]),
    ],
)
def test_a_book_at_rest_that_is_wrong_is_named(tmp_path: Path, change: Json, complaints: list[str]) -> None:
    """A position that differs is in order only if its symbol is held."""
    assert when_calm(CALM | change, Case(tmp_path).double) == complaints
