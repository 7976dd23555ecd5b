"""Our account in a simulation: real journal, real sockets, and what Home Assistant and people do around it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
import time
from typing import Final

from aiohttp import ClientSession

from custom_components.mexc_trading.bridge.account import Account
from custom_components.mexc_trading.bridge.open_account import open_account
from custom_components.mexc_trading.bridge.opening import JournalUnwritable
from custom_components.mexc_trading.bridge.terms import LIVE
from custom_components.mexc_trading.bridge.venues import AccountRefused, AccountUnreachable
from custom_components.mexc_trading.engine.answers import Busy, Decided
from custom_components.mexc_trading.model.hold import HoldKind, Release
from custom_components.mexc_trading.model.ids import HoldId, OrderId, SignalId, StrategyId, Symbol
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.signal import (
    Action,
    Level,
    LevelBasis,
    Protect,
    Signal,
    Size,
    SizeBasis,
    Target,
)
from tests.double import MexcDouble

from .hold_log import HoldLog
from .plan import Act, Kind, Step
from .power import Machine
from .terms import LIMITS, TERMS, account_terms

REOPEN_S: Final = (5, 10, 20, 40, 80)
"""How long Home Assistant waits before it tries an entry again; the last one repeats."""

ASKS_MAX: Final = 4
"""How often a sender that was told to come again does so."""

REMEMBERED: Final = 4_096
"""Wishes that may still be repeated or cancelled."""

_TYPES: Final = {
    Kind.MARKET: OrderType.MARKET,
    Kind.LIMIT: OrderType.LIMIT,
    Kind.POST_ONLY: OrderType.POST_ONLY,
    Kind.FOK: OrderType.FOK,
}
_PROTECT: Final = Protect(
    stop_loss=Level(basis=LevelBasis.PERCENT, value=Decimal(1)),
    take_profit=(Target(level=Level(basis=LevelBasis.PERCENT, value=Decimal(1)), share=Decimal("0.5")),),
)


class Trader:
    """One account in a folder of its own."""

    def __init__(
        self, double: MexcDouble, folder: Path, limits: str = "normal", *, machine: Callable[[], Machine] = Machine
    ) -> None:
        """Prepare; nothing is opened yet. ``machine`` gives the one that each run starts on."""
        self.holds = HoldLog()
        self.limits = [(time.time_ns(), LIMITS[limits])]
        """What was in force since when (ns)."""

        self.restarts = 0
        self.crashes = 0
        self.wishes = 0
        self.refused: dict[str, int] = {}
        self.answered: dict[str, str] = {}
        """Decisions that a sender was told of, by the wish's name, since the last judgement."""

        self.faulted = False
        self._double = double
        self._terms = account_terms(double, folder, limits)
        self._start = machine
        self._machine = machine()
        self._session: ClientSession | None = None
        self._signals: dict[str, tuple[Signal, str]] = {}
        self._orders: dict[str, OrderId] = {}
        self._account: Account | None = None
        self._reopening = asyncio.Lock()

    @property
    def journal(self) -> Path:
        """The journal's file."""
        return self._terms.folder / f"{LIVE}.db"

    @property
    def account(self) -> Account | None:
        """The account, while it is open."""
        return self._account

    async def open(self) -> None:
        """Open the account, however often that takes."""
        waits_s = iter(REOPEN_S)
        while self._account is None:
            self._machine = self._start()
            self._session = ClientSession()
            try:
                self._account = await self._opened(self._session)
            except AccountUnreachable, AccountRefused, JournalUnwritable:
                await self._session.close()
                await asyncio.sleep(next(waits_s, REOPEN_S[-1]))
        self._account.telling.listen(self._look_at_holds)
        self._look_at_holds()

    async def _opened(self, session: ClientSession) -> Account:
        """Open the account and name its strategies; if either cannot be, nothing stays open."""
        account = await open_account(
            self._terms, session=session, spawn=_spawn, version="simulation", storage=self._machine
        )
        try:
            await account.set_strategies(TERMS)
        except JournalUnwritable:
            await account.close()
            raise
        return account

    async def play(self, step: Step) -> None:
        """Do what a step says, as far as it concerns the account."""
        match step.act:
            case Act.ENTER | Act.EXIT:
                await self._submit(step.name, *self._signal(step))
            case Act.REPEAT if step.of in self._signals:
                await self._submit(step.of, *self._signals[step.of])
            case Act.CONFLICT if step.of in self._signals:
                signal, digest = self._signals[step.of]
                await self._submit(step.of, signal, digest[::-1])
            case Act.CANCEL if step.of in self._orders and self._account is not None:
                await self._account.cancel(self._orders[step.of], who="story")
            case Act.KILL if self._account is not None:
                await self._account.engage_kill_switch(who="story", reason="story")
            case Act.RELEASE:
                await self._release(HoldId(HoldKind.KILL_SWITCH.value))
            case Act.LIMITS:
                await self._edit(step.of)
            case Act.RESTART:
                await self._restart(crash=False)
            case Act.CRASH:
                await self._restart(crash=True)
            case _:
                return

    async def release_all(self) -> tuple[str, ...]:
        """Let a person release what a person must; give the kinds."""
        held = () if self._account is None else self._account.read_model().holds
        kinds = []
        for hold in held:
            if hold.release is Release.PERSON:
                kinds.append(hold.kind.value)
                await self._release(hold.hold_id)
        return tuple(kinds)

    async def flatten(self, name: str, symbols: Iterator[str]) -> None:
        """Sell everything: after whatever has happened, an exit passes."""
        for symbol in symbols:
            step = Step(at_s=0, act=Act.EXIT, name=f"{name}-{symbol}", symbol=symbol, strategy="carry")
            await self._submit(step.name, *self._signal(step))

    async def close(self) -> None:
        """Stop in good order."""
        if self._account is not None and self._session is not None:
            self._look_at_holds()
            self.faulted |= self._account._book.faulted
            await self._account.close()
            await self._session.close()
            self._account = None

    def _look_at_holds(self) -> None:
        """Note which holds have come and gone."""
        if self._account is not None and not self._machine.dead:
            self.holds.look(self._account.read_model().holds, time.time_ns())

    def _signal(self, step: Step) -> tuple[Signal, str]:
        """Write a wish as a signal, with the digest of its body."""
        enters = step.act is Act.ENTER
        kind = _TYPES[step.kind] if enters else OrderType.MARKET
        signal = Signal(
            book=LIVE,
            strategy=StrategyId(step.strategy),
            signal_id=SignalId(step.name),
            issued_at_ns=time.time_ns(),
            symbol=Symbol(step.symbol),
            action=Action.ENTER if enters else Action.EXIT,
            side=Side.BUY if enters else Side.SELL,
            order_type=kind,
            price=None if kind is OrderType.MARKET else step.price,
            size=None if step.quantity is None else Size(basis=SizeBasis.QUANTITY, value=step.quantity),
            protect=_PROTECT if step.protected else None,
            valid_for_s=30 if enters else None,
        )
        self._signals[step.name] = signal, sha256(step.name.encode()).hexdigest()
        if len(self._signals) > REMEMBERED:
            forgotten = next(iter(self._signals))
            del self._signals[forgotten]
            self._orders.pop(forgotten, None)
        self.wishes += 1
        return self._signals[step.name]

    async def _submit(self, name: str, signal: Signal, digest: str) -> None:
        """Send a signal, and again as long as the answer is to come again."""
        for _ in range(ASKS_MAX):
            if self._account is None:
                await asyncio.sleep(5)
                continue
            machine = self._machine
            answer = await self._account.submit(signal, digest)
            if machine.dead:
                return
            if not isinstance(answer, Busy):
                if isinstance(answer, Decided):
                    self.answered[name] = answer.decision.decision_id
                    if answer.order_id is not None:
                        self._orders[name] = answer.order_id
                return
            self.refused[answer.cause] = self.refused.get(answer.cause, 0) + 1
            await asyncio.sleep(answer.retry_after_s)

    async def _release(self, hold_id: HoldId) -> None:
        if self._account is not None:
            await self._account.release_hold(hold_id, who="story", reason="story")

    async def _edit(self, name: str) -> None:
        """Put other limits in force: in the configuration, and in the account if it runs."""
        self._terms = replace(self._terms, limits=LIMITS[name])
        self.limits.append((time.time_ns(), LIMITS[name]))
        if self._account is not None:
            with suppress(JournalUnwritable):
                await self._account.set_limits(LIMITS[name])

    async def _restart(self, *, crash: bool) -> None:
        """Close the account, or cut its power, and open it again."""
        async with self._reopening:
            account, session = self._account, self._session
            if account is None or session is None:
                return
            self.faulted |= account._book.faulted
            self._account = None
            if crash:
                self.crashes += 1
                self._machine.dead = True
                await session.close()
            else:
                self.restarts += 1
            await account.close()
            await session.close()
            await self.open()


def _spawn(work: Coroutine[object, object, None], name: str, /) -> asyncio.Task[None]:
    """Start a background task as Home Assistant does for an entry."""
    return asyncio.get_running_loop().create_task(work, name=name)
