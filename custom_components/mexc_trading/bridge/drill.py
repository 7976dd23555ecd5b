"""A drill of the kill switch on a paper book: buy a little, stop, cancel, sell, and say how long each took.

It does on paper what the switch does with money: the same hold, the same cancels, the same closes, through the same
engine and journal. The account's switch itself is not touched, so a live book beside it goes on.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ..engine.answers import Busy, Decided, Done
from ..engine.book import Book
from ..engine.guard_inputs import FlattenIn
from ..engine.inputs import RaiseIn, ReleaseIn, SignalIn
from ..engine.ports import Clock
from ..model.hold import WHOLE_BOOK, HoldKind, Release
from ..model.ids import PERSON, HoldId, SignalId, Symbol
from ..model.market import OrderType, Side
from ..model.money import exact
from ..model.signal import Action, Signal, Size, SizeBasis
from .terms import PAPER

WAIT_S: Final = 30
"""How long each step may take before it counts as not reached."""

_ABOVE_LEAST: Final = Decimal("1.5")
"""How much more than the venue's least each drill order is worth, so that rounding does not push it below."""

_BELOW_BID: Final = Decimal("0.998")
"""Where the resting order waits: inside every usual collar, and not at once filled."""

_KILL: Final = HoldId(HoldKind.KILL_SWITCH.value)
_FLATTEN: Final = HoldId(HoldKind.FLATTEN.value)


type Refresh = Callable[[Signal], Awaitable[None]]
"""Reads a price that is fresh enough to decide with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """What a drill found: ms from the start to each step; None: not reached in time."""

    orders: int
    """Orders that were working when it began, those placed for it included."""

    positions: int
    hold_ms: int | None
    cancel_ms: int | None
    flat_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoDrill:
    """Why there was none: the key of a translated text."""

    key: str


async def run_drill(book: Book, *, clock: Clock, refresh: Refresh, who: str) -> Drill | NoDrill:
    """Run a drill in a paper book that is not stopped; a person runs it, and so its holds are released afterwards."""
    if book.state.book != PAPER:
        return NoDrill(key="drill_on_paper_only")
    if book.state.holds:
        return NoDrill(key="drill_stopped_already")
    await _prepare(book, clock, refresh)
    drill = await _stop(book, who)
    if drill is None:
        return NoDrill(key="drill_not_taken")
    reason = f"drill: hold {drill.hold_ms} ms, cancel {drill.cancel_ms} ms, flat {drill.flat_ms} ms"
    for hold_id in (_FLATTEN, _KILL):
        await book.ask(ReleaseIn(hold_id=hold_id, who=who, reason=reason))
    return drill


async def _prepare(book: Book, clock: Clock, refresh: Refresh) -> None:
    """Have something to cancel and something to sell, as far as the book's limits allow."""
    symbol = min(book.state.limits.symbols, default=None)
    instrument = book.state.instruments.get(symbol) if symbol is not None else None
    if symbol is None or instrument is None:
        return
    with exact():
        least = max(instrument.min_notional, instrument.min_notional_market, Decimal(1)) * _ABOVE_LEAST
    buy = _wish(book, symbol, least, clock.now_ns())
    await refresh(buy)
    bought = await book.ask(SignalIn(signal=buy, digest="drill"))
    if isinstance(bought, Decided) and bought.order_id is not None:
        await _reached(book, lambda: symbol in book.state.ledger.positions)
    quote = book.state.marks.get(symbol)
    if quote is not None:
        price = instrument.price_inside(quote.bid * _BELOW_BID, Side.BUY)
        await book.ask(SignalIn(signal=_wish(book, symbol, least, clock.now_ns(), price), digest="drill"))


def _wish(book: Book, symbol: Symbol, notional: Decimal, now_ns: int, price: Decimal | None = None) -> Signal:
    """Wish to buy: at the market, or resting at a price."""
    return Signal(
        book=book.state.book,
        strategy=PERSON,
        signal_id=SignalId(f"drill:{'buy' if price is None else 'rest'}:{now_ns}"),
        issued_at_ns=now_ns,
        symbol=symbol,
        action=Action.ENTER,
        side=Side.BUY,
        order_type=OrderType.MARKET if price is None else OrderType.LIMIT,
        price=price,
        size=Size(basis=SizeBasis.NOTIONAL, value=notional),
        valid_for_s=WAIT_S,
        reason="kill switch drill",
    )


async def _stop(book: Book, who: str) -> Drill | None:
    """Stop entries, then end everything; give the times."""
    loop = asyncio.get_running_loop()
    orders = [record.order.order_id for record in book.state.active_orders if record.order.is_entry]
    positions = len(book.state.ledger.positions)
    began_s = loop.time()

    def ms() -> int:
        return round((loop.time() - began_s) * 1_000)

    held = await book.ask(
        RaiseIn(kind=HoldKind.KILL_SWITCH, scope=WHOLE_BOOK, why=f"{who}: drill", release=Release.PERSON)
    )
    if isinstance(held, Busy):
        return None
    hold_ms = ms()
    if not isinstance(await book.ask(FlattenIn(who=who, why="drill")), Done):
        return None
    cancelled = await _reached(book, lambda: not any(order_id in book.state.active for order_id in orders))
    cancel_ms = ms() if cancelled else None
    flat = await _reached(book, lambda: book.state.memory.flatten is not None and book.state.memory.flatten.done)
    return Drill(
        orders=len(orders), positions=positions, hold_ms=hold_ms, cancel_ms=cancel_ms, flat_ms=ms() if flat else None
    )


async def _reached(book: Book, true: Callable[[], bool]) -> bool:
    """Wait for the book to come to something; False if it does not in time."""
    changed = asyncio.Event()
    stop = book.listen(lambda _: changed.set())
    try:
        async with asyncio.timeout(WAIT_S):
            while not true():
                await changed.wait()
                changed.clear()
    except TimeoutError:
        return False
    finally:
        stop()
    return True
