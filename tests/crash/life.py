"""What a process does with its life: open the account, wait, wish, wait until nothing is in doubt, close."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from decimal import Decimal
import json
from pathlib import Path
from typing import Final, cast
from unittest.mock import patch

from aiohttp import ClientSession

from custom_components.mexc_trading.bridge import snapshots
from custom_components.mexc_trading.bridge.account import Account
from custom_components.mexc_trading.bridge.open_account import open_account
from custom_components.mexc_trading.bridge.terms import LIVE, AccountTerms
from custom_components.mexc_trading.bridge.venues import AccountUnreachable
from custom_components.mexc_trading.engine import health
from custom_components.mexc_trading.engine.answers import Decided
from custom_components.mexc_trading.engine.restore import restore
from custom_components.mexc_trading.engine.state import BookState
from custom_components.mexc_trading.engine.state_codec import document_of
from custom_components.mexc_trading.exchange.secret import Secret
from custom_components.mexc_trading.model.codec import to_plain
from custom_components.mexc_trading.model.hold import Release
from custom_components.mexc_trading.model.ids import PERSON, Asset, OrderId, SignalId, Symbol
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.signal import Action, Signal, Size, SizeBasis
from custom_components.mexc_trading.orders.states import OrderState
from custom_components.mexc_trading.risk.limits import Limits

from .medium import TrappedDisk
from .nursery import Json
from .points import Step, When, Wish
from .traps import Teller, Traps

BTCUSDT: Final = Symbol("BTCUSDT")
SYMBOLS: Final = (BTCUSDT, Symbol("ETHUSDT"), Symbol("SOLUSDT"))
SECRET: Final = b"a secret of an install, for tests"

PATIENCE_S: Final = 600
"""Within so many seconds of the process's own time everything has to be settled with a healthy venue."""

VALID_S: Final = 3600
"""A wish that comes again after two crashes is not too old."""

MACHINE: Final = frozenset({"loop_lag_ms", "clock_skew_ms", "journal_ms"})
LENIENCE: Final = 100
"""By how much the limits on what this machine does slowly are raised: in fast time all of it looks slower still."""

RESTING: Final = frozenset({OrderState.OPEN, OrderState.PARTIALLY_FILLED})


async def live(spec: Json, tell: Teller) -> None:
    """Go through a matrix cell's life."""
    wish = Wish(cast("str", spec["wish"]))
    traps = Traps(wish, tell)
    traps.spring()
    at = _at(spec)
    if spec.get("snapshots"):
        patch.object(snapshots, "EVERY_RECORDS", 1).start()
    if commit := cast("tuple[int, str] | None", spec.get("commit")):
        traps.arm(at, commit=(commit[0], When(commit[1])))
    async with ClientSession(trace_configs=[traps.trace()]) as session:
        account = await boot(spec, session, traps)
        await until(account, lambda: not automatic(account))
        traps.arm(at) if not spec.get("commit") else None
        await _wish(account, session, wish, spec, tell)
        await until(account, lambda: not doubtful(account) and not automatic(account))
        tell({"calm": await findings(account)})
        traps.arm()
        await account.close()


def _at(spec: Json) -> tuple[Step, When] | None:
    at = cast("list[str] | None", spec.get("at"))
    return (Step(at[0]), When(at[1])) if at else None


async def boot(spec: Json, session: ClientSession, traps: Traps) -> Account:
    """Open the account; when the venue does not answer, again, as Home Assistant would."""
    lenient = {
        name: limit._replace(limit=limit.limit * LENIENCE) if name in MACHINE else limit
        for name, limit in health.THRESHOLDS.items()
    }
    patch.object(health, "THRESHOLDS", lenient).start()
    rest_url = cast("str", spec["rest_url"])
    terms = AccountTerms(
        entry_id="crash",
        name="crash",
        mode=LIVE,
        rest_url=rest_url,
        stream_url=cast("str", spec["stream_url"]),
        api_key=Secret(cast("str", spec["api_key"])),
        api_secret=Secret(cast("str", spec["api_secret"])),
        install_secret=SECRET,
        quote=Asset("USDT"),
        limits=Limits(
            symbols=frozenset(cast("list[Symbol]", spec.get("symbols", [BTCUSDT]))), price_collar_percent=Decimal("0.5")
        ),
        folder=Path(cast("str", spec["folder"])),
        paper_balance=Decimal(0),
    )
    while True:
        try:
            return await open_account(terms, session=session, spawn=_spawn, version="crash", storage=TrappedDisk(traps))
        except AccountUnreachable:
            await asyncio.sleep(5)


def _spawn(work: Coroutine[object, object, None], name: str) -> asyncio.Task[None]:
    return asyncio.create_task(work, name=name)


async def _wish(account: Account, session: ClientSession, wish: Wish, spec: Json, tell: Teller) -> None:
    """Pass the wish on, as its sender would who got no answer: the same again in every life."""
    if wish is Wish.CANCEL:
        order_id = OrderId(cast("str", spec["order_id"]))
        if venue_order_id := spec.get("fill"):
            body = json.dumps({"orderId": venue_order_id, "quantity": "0.0004"})
            await session.post(f"{spec['rest_url']}/double/fill", data=body)
        tell({"answered": await account.cancel(order_id, who="person")})
        return
    name, issued_at_ns = cast("str", spec["name"]), cast("int", spec["issued_at_ns"])
    answer = await account.submit(signal(wish, name, issued_at_ns, rest=bool(spec.get("rest"))), "digest")
    decision = answer.decision.decision_id if isinstance(answer, Decided) else ""
    tell({"answered": bool(decision), "decision": decision})


def signal(wish: Wish, name: str, issued_at_ns: int, *, rest: bool = False) -> Signal:
    """Wish to buy 0.001 BTC, at once or far below the market, or to sell everything."""
    entry = Signal(
        book=LIVE,
        strategy=PERSON,
        signal_id=SignalId(name),
        issued_at_ns=issued_at_ns,
        symbol=BTCUSDT,
        action=Action.ENTER,
        side=Side.BUY,
        order_type=OrderType.LIMIT if rest else OrderType.MARKET,
        price=Decimal(80_000) if rest else None,
        size=Size(basis=SizeBasis.QUANTITY, value=Decimal("0.001")),
        valid_for_s=VALID_S,
    )
    if wish is Wish.EXIT:
        return replace(entry, action=Action.EXIT, side=Side.SELL, size=None, order_type=OrderType.MARKET)
    return entry


async def until(account: Account, done: Callable[[], bool]) -> None:
    """Wait for something to become true, which every change of the account may make it."""
    changed = asyncio.Event()
    stop = account.telling.listen(changed.set)
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not done():
                changed.clear()
                await changed.wait()
    except TimeoutError as error:
        raise TimeoutError(f"doubtful: {doubtful(account)}, held: {account.read_model().holds}") from error
    finally:
        stop()


def automatic(account: Account) -> list[str]:
    """Name the holds that will end by themselves."""
    return [hold.kind for hold in account.read_model().holds if hold.release is Release.AUTOMATIC]


def doubtful(account: Account) -> list[str]:
    """Name the orders whose fate or whose trades are open. One that rests, wholly booked, is no doubt."""
    return [
        f"{record.order.order_id} {record.state} {record.executed}/{record.booked}"
        for record in account._book.state.active_orders
        if record.state not in RESTING
        or record.order.type is not OrderType.LIMIT
        or not record.seen
        or record.booked != record.executed
    ]


async def findings(account: Account, *, fold: bool = True) -> Json:
    """Say what the book believes, and what of it the journal, folded from its beginning, does not give."""
    book = account._book
    state, ledger = book.state, book.state.ledger
    return {
        "positions": {symbol: str(ledger.holding(symbol)) for symbol in {*ledger.positions, *ledger.dust}},
        "held": [[hold.kind, hold.scope.kind, hold.scope.name] for hold in state.holds.values()],
        "orders": {str(record.order.order_id): str(record.state) for record in state.orders.values()},
        "faulted": book.faulted,
        "misfolded": await _misfolded(account) if fold else [],
    }


async def _misfolded(account: Account) -> list[str]:
    """Fold the journal from its beginning, until nothing was written meanwhile; name the fields that come out wrong."""
    book = account._book
    while True:
        blank = BookState(book=book.state.book, quote=book.state.quote, zone=book.state.zone)
        folded = await asyncio.to_thread(restore, blank, book.journal)
        if folded.seq == book.state.seq:
            one, other = to_plain(document_of(folded)), to_plain(document_of(book.state))
            return [f"{name}: {one[name]} is {other[name]}" for name in one if one[name] != other[name]]
