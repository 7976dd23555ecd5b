"""One story: wishes come while things go wrong, then the venue is healthy, and everything must add up."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
import random
from tempfile import TemporaryDirectory
from typing import Final, override
from unittest.mock import patch

from aiohttp import ClientSession

from custom_components.mexc_trading.bridge import open_account as opening_of_accounts
from custom_components.mexc_trading.bridge.account import Account
from custom_components.mexc_trading.bridge.clock import SystemClock
from custom_components.mexc_trading.bridge.open_account import open_account
from custom_components.mexc_trading.bridge.terms import LIVE, AccountTerms
from custom_components.mexc_trading.bridge.venues import AccountUnreachable
from custom_components.mexc_trading.engine.answers import Decided
from custom_components.mexc_trading.engine.ports import Wanted, always
from custom_components.mexc_trading.exchange.mexc.spot import MexcSpot
from custom_components.mexc_trading.exchange.secret import Secret
from custom_components.mexc_trading.model.hold import HoldKind
from custom_components.mexc_trading.model.ids import Asset, SignalId, StrategyId, Symbol
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.money import ZERO
from custom_components.mexc_trading.model.order import Order
from custom_components.mexc_trading.model.outcome import NotSent, SubmitOutcome
from custom_components.mexc_trading.model.signal import Action, Signal, Size, SizeBasis
from custom_components.mexc_trading.risk.limits import Limits
from custom_components.mexc_trading.risk.strategy import StrategyTerms
from tests.double import MexcDouble

from .schedules import BAD_S, Plan

SYMBOLS: Final = tuple(Symbol(name) for name in ("BTCUSDT", "ETHUSDT", "SOLUSDT"))
MARKET: Final = OrderType.MARKET
STRATEGY: Final = StrategyId("chaos")
CALM_S_MAX: Final = 180.0
"""Seconds of a healthy venue within which everything has to be settled."""


BOOT_S_MAX: Final = 300.0
"""A boot takes a second; on a busy machine, and in fast time, much longer."""

PATIENCE_S: Final = 40.0
"""An order that rests is looked at every 15 s, its trades soon after: so long until a late fill is booked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one story came to. All but ``wanted``, ``placed`` and ``doubted`` must be zero."""

    seed: int
    wanted: int
    placed: int
    doubted: int
    duplicates: int
    lost: int
    unknown: int
    misbooked: int
    exits_stopped_by_breaker: int
    faulted: int
    fired: int

    @property
    def good(self) -> bool:
        """Whether the story ended as it must."""
        bad = (
            self.duplicates,
            self.lost,
            self.unknown,
            self.misbooked,
            self.exits_stopped_by_breaker,
            self.faulted,
        )
        return not any(bad)

    def shown(self) -> dict[str, int]:
        """Give the figures by name."""
        return asdict(self)


class Watched(MexcSpot):
    """The client, with its submits remembered."""

    outcomes: list[tuple[Order, SubmitOutcome]]

    @override
    async def submit(self, order: Order, wanted: Wanted = always) -> SubmitOutcome:
        outcome = await super().submit(order, wanted)
        self.outcomes.append((order, outcome))
        return outcome


async def tell(plan: Plan) -> Tally:
    """Play a story."""
    seed = int(str(plan["seed"]))
    with TemporaryDirectory() as folder:
        async with MexcDouble(seed=seed) as double, ClientSession() as session:
            settings = plan["settings"]
            assert isinstance(settings, dict)
            account, venue = await _open(double, session, Path(folder))
            try:
                for name, value in settings.items():
                    double.settings.change(name, value if isinstance(value, bool) else str(value))
                double.prices.moving = True
                double.faults.load({"seed": seed, "rules": plan["rules"]})  # type: ignore[dict-item]
                wanted = await _wish(account, random.Random(seed), double)
                await asyncio.sleep(max(0.0, BAD_S - 2))
                double.faults.clear()
                double.prices.moving = False
                await double.partition.end()
                settled = await _settle(account)
                return _count(seed, account, venue, double, wanted=wanted, settled=settled)
            finally:
                await account.close()
                await venue.drain(30)


async def _open(double: MexcDouble, session: ClientSession, folder: Path) -> tuple[Account, Watched]:
    """Open an account on the double and wait until it may trade."""
    venue = Watched(
        session=session,
        rest_url=double.rest_url,
        api_key=Secret(double.api_key),
        api_secret=Secret(double.api_secret),
        clock=SystemClock(),
    )
    venue.outcomes = []
    _VENUES[str(folder)] = venue
    terms = AccountTerms(
        entry_id="chaos",
        name="chaos",
        mode=LIVE,
        rest_url=double.rest_url,
        stream_url=double.stream_url,
        api_key=Secret(double.api_key),
        api_secret=Secret(double.api_secret),
        install_secret=b"0" * 32,
        quote=Asset("USDT"),
        limits=Limits(symbols=frozenset(SYMBOLS), price_collar_percent=Decimal("0.5")),
        folder=folder,
        paper_balance=ZERO,
    )
    account = await _boot(terms, session)
    strategy = StrategyTerms(strategy_id=STRATEGY, name="chaos", symbols=frozenset(SYMBOLS))
    await account.set_strategies((strategy,))
    async with asyncio.timeout(BOOT_S_MAX):
        await _until(lambda: not account._book.state.has_hold(HoldKind.RECONCILING))
    return account, venue


async def _until(true: Callable[[], bool]) -> None:
    """Look ten times a second."""
    while not true():  # noqa: ASYNC110  # What is waited for tells nobody.
        await asyncio.sleep(0.1)


async def _boot(terms: AccountTerms, session: ClientSession) -> Account:
    """Open the account; on a machine that is too slow for fast time, again, as Home Assistant would."""
    while True:
        try:
            return await open_account(terms, session=session, spawn=_spawn, version="chaos")
        except AccountUnreachable:
            await asyncio.sleep(5)


_VENUES: dict[str, Watched] = {}
"""The clients of the stories that are being told, by the folder of their account."""


def watch() -> None:
    """Let accounts of this process trade through clients that are watched. For the process's whole life."""
    patch.object(opening_of_accounts, "make_venue", lambda terms, **_: _VENUES[str(terms.folder)]).start()


def _spawn(work: Coroutine[object, object, None], name: str) -> asyncio.Task[None]:
    return asyncio.create_task(work, name=name)


async def _wish(account: Account, dice: random.Random, double: MexcDouble) -> int:
    """Send entries and exits, some of them twice, over a few seconds; give the number of orders that were wanted."""
    orders = set()
    for number in range(10):
        symbol = dice.choice(SYMBOLS)
        entry = number < 3 or dice.random() < 0.5
        signal = Signal(
            book=LIVE,
            strategy=STRATEGY,
            signal_id=SignalId(f"wish-{number}"),
            issued_at_ns=SystemClock().now_ns(),
            symbol=symbol,
            action=Action.ENTER if entry else Action.EXIT,
            side=Side.BUY if entry else Side.SELL,
            order_type=dice.choice([OrderType.MARKET, OrderType.MARKET, OrderType.LIMIT])
            if entry
            else OrderType.MARKET,
            price=double.prices.mid(symbol) if entry else None,
            size=Size(basis=SizeBasis.NOTIONAL, value=Decimal(dice.choice([50, 100]))) if entry else None,
            valid_for_s=60,
        )
        for _ in range(dice.choice([1, 1, 2])):
            answer = await account.submit(signal, "digest")
            if isinstance(answer, Decided) and answer.order_id is not None:
                orders.add(answer.order_id)
        if orders and dice.random() < 0.3:
            await account.cancel(dice.choice(sorted(orders)), who="me")
        await asyncio.sleep(dice.uniform(0.1, 4))
    return len(orders)


async def _settle(account: Account) -> bool:
    """Wait until nothing is in doubt any more. Orders that rest are no doubt."""
    loop = asyncio.get_running_loop()
    ends_s = loop.time() + CALM_S_MAX
    await asyncio.sleep(PATIENCE_S)
    while loop.time() < ends_s:
        await asyncio.sleep(1)
        doubtful = [
            record
            for record in account._book.state.active_orders
            if record.state not in {"open", "partially_filled"} or record.booked < record.executed
        ]
        if not doubtful and account._upkeep.connected:
            return True
    return False


def _count(seed: int, account: Account, venue: Watched, double: MexcDouble, *, wanted: int, settled: bool) -> Tally:
    """Compare what we believe with what the venue knows."""
    state = account._book.state
    ours = [order for order in double.venue.orders if order.client_order_id]
    copies = Counter(order.client_order_id for order in ours)
    believed = {str(record.order.order_id): record for record in state.orders.values()}
    entries = Counter(
        record.order.decision.decision_id
        for order in ours
        if (record := believed.get(str(order.client_order_id))) is not None and record.order.is_entry
    )
    lost = [
        order
        for order in ours
        if (record := believed.get(str(order.client_order_id))) is None or record.booked != order.executed
    ]
    active = list(state.active_orders)
    stopped = [
        order
        for order, outcome in venue.outcomes
        if not order.is_entry and isinstance(outcome, NotSent) and outcome.cause == "breaker_open"
    ]
    return Tally(
        seed=seed,
        wanted=wanted,
        placed=len(ours),
        doubted=sum(type(outcome).__name__ in {"Ambiguous", "Throttled"} for _, outcome in venue.outcomes),
        duplicates=max(copies.total() - len(copies), entries.total() - len(entries)),
        lost=len(lost),
        unknown=0 if settled else sum(record.state in {"unknown", "sending", "canceling"} for record in active) or 1,
        misbooked=sum(_misbooked(account, double, symbol) for symbol in SYMBOLS),
        exits_stopped_by_breaker=len(stopped),
        faulted=int(account._book.faulted),
        fired=len(double.faults.fired),
    )


def _misbooked(account: Account, double: MexcDouble, symbol: Symbol) -> bool:
    """Tell whether our position in a symbol is another one than the venue's trades make."""
    fills: Sequence[Decimal] = [
        fill.quantity if fill.side.name == "BUY" else -fill.quantity
        for fill in double.venue.fills
        if fill.symbol == symbol
    ]
    position = account._book.state.ledger.positions.get(symbol)
    return (ZERO if position is None else position.quantity) != sum(fills, ZERO)
