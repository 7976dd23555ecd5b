"""A book's folded state as text and back, for snapshots.

The text says of which shape it is: a state that has other fields than this version's is not read, because what it
lacks would be guessed. The journal is folded from its beginning then. Order matters and is kept: of what ended, the
oldest is forgotten first.
"""

from dataclasses import dataclass, fields
from datetime import tzinfo
from decimal import Decimal
import json
from typing import Final

from ..model.codec import Unreadable, from_plain, shape_of, to_plain
from ..model.decision import Decision
from ..model.hold import Hold
from ..model.ids import Asset, BookName, OrderId, StrategyId, Symbol
from ..model.market import Instrument
from ..model.order import VenueOrder
from ..orders.reconcile import Finding
from ..orders.record import OrderRecord
from ..portfolio.day import TradingDay
from ..portfolio.ledger import Ledger
from ..portfolio.position import Position
from ..risk.limits import Limits
from ..risk.memory import RiskMemory
from ..risk.strategy import StrategyTerms
from ..risk.tighten import in_force
from .seen import Seen
from .state import BookState, Report, Stored, UnvaluedFee

FOLD_VERSION: Final = 1
"""To be raised when the fold gives another state for the same records, though its shape stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateDocument:
    """Everything of a state that is folded, in the order in which it stands there."""

    shape: str
    book: BookName
    quote: Asset
    seq: int
    limits: Limits
    limits_hash: str
    strategies: tuple[StrategyTerms, ...]
    promoted: dict[StrategyId, str]
    instruments: tuple[Instrument, ...]
    seen: str
    decisions: tuple[Stored, ...]
    orders: tuple[OrderRecord, ...]
    active: tuple[OrderId, ...]
    closed: tuple[OrderId, ...]
    positions: tuple[Position, ...]
    dust: dict[Symbol, Decimal]
    realized: Decimal
    unvalued: tuple[UnvaluedFee, ...]
    capital: Decimal | None
    day: TradingDay | None
    last_loss_ns: int | None
    began_ns: int
    last_trade_ms: int
    third_fees: Decimal
    report: Report | None
    ignored: tuple[Finding, ...]
    foreign: tuple[VenueOrder, ...]
    memory: RiskMemory
    holds: tuple[Hold, ...]
    last_decision: Decision | None
    run: int


def document_of(state: BookState) -> StateDocument:
    """Take a state down. What it gives does not change any more: it may be written in another thread."""
    return StateDocument(
        shape=SHAPE,
        book=state.book,
        quote=state.quote,
        seq=state.seq,
        limits=state.limits,
        limits_hash=state.limits_hash,
        strategies=tuple(state.strategies.values()),
        promoted=dict(state.promoted),
        instruments=tuple(state.instruments.values()),
        seen=state.seen.dump(),
        decisions=tuple(state.decisions.values()),
        orders=tuple(state.orders.values()),
        active=tuple(state.active),
        closed=tuple(state.closed),
        positions=tuple(state.ledger.positions.values()),
        dust=dict(state.ledger.dust),
        realized=state.ledger.realized,
        unvalued=tuple(state.unvalued.values()),
        capital=state.capital,
        day=state.day,
        last_loss_ns=state.last_loss_ns,
        began_ns=state.began_ns,
        last_trade_ms=state.last_trade_ms,
        third_fees=state.third_fees,
        report=state.report,
        ignored=state.ignored,
        foreign=state.foreign,
        memory=state.memory.copy(),
        holds=tuple(state.holds.values()),
        last_decision=state.last_decision,
        run=state.run,
    )


def written(document: StateDocument) -> str:
    """Write a state as one line of text.

    Piece by piece: whoever writes JSON holds the interpreter until a text is whole, and the event loop with it, and
    what a piece is made of is gone before a garbage collection takes it for something that stays.
    """
    return f"{{{','.join(f'{_text(each.name)}:{_listed(getattr(document, each.name))}' for each in fields(document))}}}"


def _listed(value: object) -> str:
    """Write a value, the members of a list one by one."""
    return f"[{','.join(map(_text, value))}]" if isinstance(value, tuple) else _text(value)


def _text(value: object) -> str:
    return json.dumps(to_plain(value), separators=(",", ":"), ensure_ascii=True)


def read(text: str, *, zone: tzinfo) -> BookState:
    """Read a state; raises :class:`..model.codec.Unreadable` for one of another shape."""
    try:
        plain = json.loads(text)
        if not isinstance(plain, dict) or plain.get("shape") != SHAPE:
            raise Unreadable("a state of another shape")
        document = from_plain(StateDocument, plain)
        seen = Seen.load(document.seen)
    except ValueError as error:
        raise Unreadable(str(error)) from error
    return _state(document, seen, zone)


def _state(document: StateDocument, seen: Seen, zone: tzinfo) -> BookState:
    return BookState(
        book=document.book,
        quote=document.quote,
        zone=zone,
        seq=document.seq,
        limits=document.limits,
        limits_hash=document.limits_hash,
        strategies={terms.strategy_id: terms for terms in document.strategies},
        tightened={terms.strategy_id: in_force(document.limits, terms) for terms in document.strategies},
        promoted=dict(document.promoted),
        instruments={instrument.symbol: instrument for instrument in document.instruments},
        seen=seen,
        decisions={stored.decision.decision_id: stored for stored in document.decisions},
        decided={stored.key: stored.decision.decision_id for stored in document.decisions},
        orders={record.order.order_id: record for record in document.orders},
        active=dict.fromkeys(document.active),
        closed=dict.fromkeys(document.closed),
        ledger=Ledger(
            positions={position.symbol: position for position in document.positions},
            dust=dict(document.dust),
            realized=document.realized,
        ),
        unvalued={(fee.symbol, fee.fill_id): fee for fee in document.unvalued},
        capital=document.capital,
        day=document.day,
        last_loss_ns=document.last_loss_ns,
        began_ns=document.began_ns,
        last_trade_ms=document.last_trade_ms,
        third_fees=document.third_fees,
        report=document.report,
        ignored=document.ignored,
        foreign=document.foreign,
        memory=document.memory,
        holds={hold.hold_id: hold for hold in document.holds},
        last_decision=document.last_decision,
        run=document.run,
    )


SHAPE: Final = shape_of(StateDocument, version=FOLD_VERSION)
"""What a state of this version looks like, in 16 hex characters."""
