"""Signals that were recorded: from a CSV or a journal, to be decided again at their own time."""

from collections.abc import Iterable, Iterator
import csv
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from ..engine.events import SignalDecided
from ..engine.ports import Record
from ..engine.records import event_of
from ..model.ids import SignalId, StrategyId, Symbol
from ..model.market import OrderType, Side
from ..model.money import NotAnAmount, amount
from ..model.signal import Action, Signal, Size, SizeBasis
from .terms import BOOK

COLUMNS: Final = ("signal_id", "issued_at", "symbol", "action")
"""Needed; ``order_type``, ``price``, ``size_basis``, ``size`` and ``valid_for`` may be given besides."""

_NS_PER_S: Final = 1_000_000_000
_NS_PER_US: Final = 1_000


class BadSignals(ValueError):
    """A line that is no signal. Says which one and why."""


def signals_from_csv(path: Path, strategy: StrategyId) -> tuple[Signal, ...]:
    """Read signals, in the order of time. Blocking; raises :class:`BadSignals`.

    ``issued_at`` is ISO 8601 with an offset; ``action`` is enter or exit.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return _ordered(_rows(csv.DictReader(file), strategy))


def signals_from_journal(records: Iterable[Record], strategy: StrategyId, symbol: Symbol) -> tuple[Signal, ...]:
    """Take the signals of a strategy about a symbol out of a journal, whatever was decided then.

    They come back as wishes to the paper book, whichever book they were made to.
    """
    events = (event_of(record) for record in records if record.kind == "signal_decided")
    return _ordered(
        replace(event.signal, book=BOOK)
        for event in events
        if isinstance(event, SignalDecided) and event.signal.strategy == strategy and event.signal.symbol == symbol
    )


def _ordered(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    return tuple(sorted(signals, key=lambda signal: (signal.issued_at_ns, signal.signal_id)))


def _rows(reader: csv.DictReader[str], strategy: StrategyId) -> Iterator[Signal]:
    lacking = set(COLUMNS) - set(reader.fieldnames or ())
    if lacking:
        raise BadSignals(f"line 1: no column {', '.join(sorted(lacking))}")
    for row in reader:
        try:
            yield _signal(row, strategy)
        except (NotAnAmount, KeyError, TypeError, ValueError) as error:
            raise BadSignals(f"line {reader.line_num}: {error}") from error


def _signal(row: dict[str, str], strategy: StrategyId) -> Signal:
    issued_at = datetime.fromisoformat(row["issued_at"])
    if issued_at.tzinfo is None:
        raise ValueError("issued_at has no offset from UTC")
    action = Action(row["action"])
    size = row.get("size")
    if action is Action.ENTER and not size:
        raise ValueError("an entry needs a size")
    basis = SizeBasis(row.get("size_basis") or SizeBasis.NOTIONAL)
    return Signal(
        book=BOOK,
        strategy=strategy,
        signal_id=SignalId(row["signal_id"]),
        issued_at_ns=int(issued_at.timestamp()) * _NS_PER_S + issued_at.microsecond * _NS_PER_US,
        symbol=Symbol(row["symbol"]),
        action=action,
        side=Side.BUY if action is Action.ENTER else Side.SELL,
        order_type=OrderType(row.get("order_type") or OrderType.MARKET),
        price=amount(row["price"]) if row.get("price") else None,
        size=Size(basis=basis, value=amount(size)) if size else None,
        valid_for_s=int(row["valid_for"]) if row.get("valid_for") else None,
    )
