"""A whole account on real sockets: the double at one end, a journal on disk at the other."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
import time

from aiohttp import ClientSession

from custom_components.mexc_trading.bridge.account import Account
from custom_components.mexc_trading.bridge.clock import SystemClock
from custom_components.mexc_trading.bridge.open_account import open_account
from custom_components.mexc_trading.bridge.terms import LIVE, AccountTerms
from custom_components.mexc_trading.engine.answers import Decided
from custom_components.mexc_trading.exchange.secret import Secret
from custom_components.mexc_trading.model.ids import PERSON, Asset, OrderId, SignalId, Symbol
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.signal import Action, Signal, Size, SizeBasis
from custom_components.mexc_trading.orders.record import OrderRecord
from custom_components.mexc_trading.risk.limits import Limits
from tests.double import MexcDouble

from .market import SECRET, S

BTCUSDT = Symbol("BTCUSDT")
PATIENCE_S = 90


class SetClock(SystemClock):
    """The clock of a machine on which time passes by hand."""

    def __init__(self, ahead_ns: int = 0) -> None:
        """Start in step, or so far ahead."""
        self.ahead_ns = ahead_ns
        super().__init__(
            wall_ns=lambda: time.time_ns() + self.ahead_ns, passed_ns=lambda: time.monotonic_ns() + self.ahead_ns
        )


class Wire:
    """An account that runs, the double it trades at, and the clock between them."""

    def __init__(self, account: Account, double: MexcDouble, clock: SetClock) -> None:
        """Take a running account."""
        self.account = account
        self.double = double
        self.clock = clock

    @property
    def book(self):  # type: ignore[no-untyped-def]  # noqa: ANN201 - the engine behind the account
        """Look behind the account."""
        return self.account._book

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait for something to become true, which every change of the account may make it."""
        changed = asyncio.Event()
        stop = self.account.telling.listen(changed.set)
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not done():
                    changed.clear()
                    await changed.wait()
        except TimeoutError as error:
            raise AssertionError(self.story()) from error
        finally:
            stop()

    def story(self) -> str:
        """Tell what the account believes and what the venue saw, for whoever reads of a wait that did not end."""
        state = self.book.state
        believed = {
            "holds": [str(hold.kind) for hold in state.holds.values()],
            "ledger": state.ledger.positions,
            "orders": [(record.state, record.order) for record in state.orders.values()],
            "protections": state.memory.protections,
            "marks": state.marks,
            "requests": [str(request) for request in self.double.requests][-12:],
            "at the venue": [repr(order) for order in self.double.venue.orders],
        }
        return "waited for nothing\n" + "\n".join(f"{name}: {value}" for name, value in believed.items())

    async def ready(self) -> None:
        """Wait for the end of the boot."""
        await self.until(lambda: not self.account.read_model().holds)

    def record(self, order_id: OrderId) -> OrderRecord:
        """Give an order's record."""
        record: OrderRecord = self.book.state.orders[order_id]
        return record

    def owned(self) -> Decimal:
        """Give what the book owns."""
        owned: Decimal = self.book.state.ledger.owned(BTCUSDT)
        return owned

    async def send(self, signal: Signal) -> OrderId:
        """Pass a signal that must be allowed."""
        answer = await self.account.submit(signal, "digest")
        assert isinstance(answer, Decided), answer
        assert answer.order_id is not None, answer.decision.denials
        return answer.order_id

    def enter(self, name: str = "in", *, rest: bool = False) -> Signal:
        """Wish to buy 0.001 BTC: at once, or far below the market."""
        return Signal(
            book=LIVE,
            strategy=PERSON,
            signal_id=SignalId(name),
            issued_at_ns=self.clock.now_ns(),
            symbol=BTCUSDT,
            action=Action.ENTER,
            side=Side.BUY,
            order_type=OrderType.LIMIT if rest else OrderType.MARKET,
            price=Decimal(80_000) if rest else None,
            size=Size(basis=SizeBasis.QUANTITY, value=Decimal("0.001")),
            valid_for_s=30,
        )

    def leave(self, name: str = "out") -> Signal:
        """Wish to sell everything that is owned."""
        return Signal(
            book=LIVE,
            strategy=PERSON,
            signal_id=SignalId(name),
            issued_at_ns=self.clock.now_ns(),
            symbol=BTCUSDT,
            action=Action.EXIT,
            side=Side.SELL,
        )

    def posts(self) -> int:
        """Count the requests to place an order that reached the double, processed or not."""
        return len(self.double.requests.of("POST", "/api/v3/order"))

    async def pass_time(self, seconds: float) -> None:
        """Let time pass for us. The venue's stays, so that requests are refused until the offset is measured anew."""
        self.clock.ahead_ns += round(seconds * S)


def spawn(work: Coroutine[object, object, None], name: str) -> asyncio.Task[None]:
    """Start a task."""
    return asyncio.create_task(work, name=name)


def terms(double: MexcDouble, folder: Path) -> AccountTerms:
    """Give the terms of a live account at the double."""
    return AccountTerms(
        entry_id="entry",
        name="Live",
        mode=LIVE,
        rest_url=double.rest_url,
        stream_url=double.stream_url,
        api_key=Secret(double.api_key),
        api_secret=Secret(double.api_secret),
        install_secret=SECRET,
        quote=Asset("USDT"),
        limits=Limits(symbols=frozenset({BTCUSDT}), max_price_age_s=60, price_collar_percent=Decimal("0.5")),
        folder=folder,
        paper_balance=Decimal(0),
    )


@asynccontextmanager
async def open_wire(
    double: MexcDouble, folder: Path, clock: SetClock | None = None, *, stream_url: str = ""
) -> AsyncIterator[Wire]:
    """Open an account at the double and close it in good order. It may listen for streams somewhere else."""
    clock = clock or SetClock()
    async with ClientSession() as session:
        wanted = terms(double, folder)
        wanted = replace(wanted, stream_url=stream_url or wanted.stream_url)
        account = await open_account(wanted, session=session, spawn=spawn, version="test", clock=clock)
        try:
            yield Wire(account, double, clock)
        finally:
            await account.close()
