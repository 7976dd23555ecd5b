"""An account whose clock stands where a test puts it, at the double: minutes pass when the test says so."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
import time
from typing import Final, Self

from aiohttp import ClientSession

from custom_components.mexc_trading.bridge.account import Account
from custom_components.mexc_trading.bridge.books import Books, open_books
from custom_components.mexc_trading.bridge.candle_store import CandleStore
from custom_components.mexc_trading.bridge.clock import SystemClock
from custom_components.mexc_trading.bridge.live_rules import LiveRules
from custom_components.mexc_trading.bridge.read_model import ReadModel
from custom_components.mexc_trading.bridge.terms import LIVE, PAPER, AccountTerms
from custom_components.mexc_trading.engine.stage_events import StageSet
from custom_components.mexc_trading.exchange.mexc.klines import Interval
from custom_components.mexc_trading.exchange.secret import Secret
from custom_components.mexc_trading.model.hold import TradingMode
from custom_components.mexc_trading.model.ids import Asset, BookName, StrategyId, Symbol
from custom_components.mexc_trading.model.signal import Signal, Size, SizeBasis
from custom_components.mexc_trading.research.rule_plan import RulePlan
from custom_components.mexc_trading.risk.limits import Limits
from custom_components.mexc_trading.risk.strategy import StrategyTerms
from tests import waiting
from tests.double import MexcDouble

BTC: Final = Symbol("BTCUSDT")
RULES: Final = StrategyId("rules")
MINUTE_MS: Final = 60_000
SETTLED_MS: Final = 2_500
"""When after a close a test looks: the candle counts as closed by then."""

LIMITS: Final = Limits(
    symbols=frozenset({BTC}),
    max_notional_per_order=Decimal(1_000),
    price_collar_percent=Decimal(2),
    max_price_age_s=10,
)


class MovedClock(SystemClock):
    """Lets time pass on this machine and on the double's together."""

    def __init__(self, double: MexcDouble) -> None:
        """Go by the double."""
        self.double = double
        super().__init__(
            wall_ns=lambda: time.time_ns() + double.clock.skew_ms * 1_000_000,
            passed_ns=lambda: time.monotonic_ns() + double.clock.skew_ms * 1_000_000,
        )

    @property
    def now_ms(self) -> int:
        """Tell the time in ms."""
        return self.now_ns() // 1_000_000

    def put(self, at_ms: int) -> None:
        """Let it be ``at_ms`` now."""
        self.double.clock.skew_ms += at_ms - self.now_ms


def plan(entry: str, leave: str = "close < 0", since_s: int = 0) -> RulePlan:
    """Write rules over minutes."""
    return RulePlan(
        strategy_id=RULES,
        symbols=(BTC,),
        interval=Interval.MIN1,
        entry=entry,
        exit=leave,
        size=Size(basis=SizeBasis.NOTIONAL, value=Decimal(100)),
        protect=None,
        since_s=since_s,
    )


@dataclass(slots=True, kw_only=True)
class RuleDesk:
    """An account with one rule strategy, which looks at its candles when the test wants it to."""

    double: MexcDouble
    folder: Path
    home: BookName = PAPER
    limits: Limits = LIMITS
    clock: MovedClock = field(init=False)
    session: ClientSession = field(init=False)
    books: Books = field(init=False)
    rules: LiveRules = field(init=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Take the double's clock."""
        self.clock = MovedClock(self.double)

    async def __aenter__(self) -> Self:
        """Open the account and wait until it may trade."""
        live = self.home == LIVE
        if self.clock.now_ms % MINUTE_MS > MINUTE_MS // 2:
            self.clock.put(self.this_minute() + SETTLED_MS)
        self.session = ClientSession()
        self.books = await open_books(
            AccountTerms(
                entry_id="desk",
                name="desk",
                mode=self.home,
                rest_url=self.double.rest_url,
                stream_url=self.double.stream_url,
                api_key=Secret(self.double.api_key) if live else None,
                api_secret=Secret(self.double.api_secret) if live else None,
                install_secret=bytes(32),
                quote=Asset("USDT"),
                limits=self.limits,
                folder=self.folder,
                paper_balance=Decimal(10_000),
            ),
            session=self.session,
            spawn=self._spawn,
            version="test",
            clock=self.clock,
        )
        for account in self.books.values():
            await until(account, lambda model: model.mode is TradingMode.ACTIVE and model.connected)
        self.rules = LiveRules(self.books, CandleStore(self.folder), self._nothing)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it; a new desk in the same folder is the same account."""
        self.rules.close()
        await self.books.close()
        await self.session.close()
        for task in self._tasks:
            task.cancel()

    def _spawn(self, work: Coroutine[object, object, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        return task

    def _nothing(self, work: Coroutine[object, object, None], name: str) -> asyncio.Task[None]:
        """Leave a feed's own pace aside: the test looks."""
        work.close()
        return self._spawn(_never(), name)

    @property
    def account(self) -> Account:
        """The book that the strategy trades in."""
        return self.books.of(RULES)

    async def follow(self, rules: RulePlan) -> None:
        """Put a strategy in force, promoted where the account is live."""
        wanted = StrategyTerms(
            strategy_id=RULES,
            name="Rules",
            symbols=frozenset({BTC}),
            version=rules.text,
            stage=self.home,
            protect=rules.protect,
        )
        await self.books.set_strategies((wanted,))
        if self.home == LIVE:
            version = self.books.terms_of(RULES).version
            fact = StageSet(strategy_id=RULES, stage=LIVE, version=version, who="test", why="given")
            await self.books[LIVE].record(fact)
            await self.books.set_strategies((wanted,))
        self.rules.sync((rules,))

    def this_minute(self) -> int:
        """Say when the minute closes that has begun."""
        return self.clock.now_ms // MINUTE_MS * MINUTE_MS + MINUTE_MS

    async def minute(self, *prices: object, late_ms: int = 0) -> int:
        """Let a minute pass through these prices, look after it, and wait for what follows; give its close."""
        close_ms = self.this_minute()
        for price in prices:
            self.double.venue.set_price(BTC, str(price))
        self.clock.put(close_ms + SETTLED_MS + late_ms)
        await self.rules.look()
        for account in self.books.values():
            await settled(account)
        return close_ms

    async def wanted(self, book: BookName | None = None) -> tuple[Signal, ...]:
        """Read from the journal what the strategy wanted."""
        account = self.account if book is None else self.books[book]
        return await account.past.recorded(RULES, BTC)


async def settled(account: Account) -> None:
    """Wait until nothing is expected of any order, trades included."""
    await until(account, lambda _: not account.holdings.awaits(BTC))


async def until(account: Account, holds: Callable[[ReadModel], bool]) -> ReadModel:
    """Wait for a book's snapshot to say something, or for its rules to have done something, which no change tells."""
    return await waiting.until(account, holds, look_every_s=0.2)


async def _never() -> None:
    await asyncio.Event().wait()
