"""A life of random trading, until somebody ends it: entries, exits, cancels, repeats, the kill switch."""

import asyncio
from decimal import Decimal
import os
import random
import time
from typing import Final, cast
from unittest.mock import patch

from aiohttp import ClientSession

from custom_components.mexc_trading.bridge import snapshots
from custom_components.mexc_trading.bridge.account import Account
from custom_components.mexc_trading.bridge.terms import LIVE
from custom_components.mexc_trading.engine.answers import Decided
from custom_components.mexc_trading.model.codec import from_plain, to_plain
from custom_components.mexc_trading.model.hold import Release
from custom_components.mexc_trading.model.ids import PERSON, SignalId
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.signal import Action, Signal, Size, SizeBasis

from .life import SYMBOLS, VALID_S, automatic, boot, doubtful, findings, until
from .nursery import Json
from .traps import Teller, Traps

TRADED: Final = SYMBOLS[:2]

SNAPSHOT_EVERY: Final = 40
"""Records; so that a life of a few seconds takes some."""

PAUSE_S_MAX: Final = 1.0
PERSON_EVERY: Final = 40
"""Of so many wishes one is the kill switch."""

_ORDER_TYPES: Final = (OrderType.MARKET, OrderType.MARKET, OrderType.LIMIT)


async def trade(spec: Json, heard: int, tell: Teller) -> None:
    """Boot, say when nothing is in doubt, wait for the word, and trade for ever."""
    traps = Traps(None, tell)
    traps.spring()
    patch.object(snapshots, "EVERY_RECORDS", SNAPSHOT_EVERY).start()
    traps.arm(left=cast("int", spec["left"]))
    async with ClientSession(trace_configs=[traps.trace()]) as session:
        account = await boot(spec, session, traps)
        await until(account, lambda: not doubtful(account) and not automatic(account))
        tell({"calm": await findings(account, fold=bool(spec["again"]))})
        if not spec["last"]:
            await asyncio.to_thread(os.read, heard, 1)
            await _wishes(account, random.Random(cast("int", spec["seed"])), spec, tell)
        traps.arm()
        await account.close()


async def _wishes(account: Account, dice: random.Random, spec: Json, tell: Teller) -> None:
    """Wish at random. What former lives wished last comes again now and then, as from a sender without an answer."""
    sent = [from_plain(Signal, signal) for signal in cast("list[Json]", spec["sent"])]
    for number in range(10_000):
        await _release(account, dice)
        if dice.random() < 1 / PERSON_EVERY:
            await account.engage_kill_switch(who="drill", reason="crash test")
        resting = [order.order_id for order in account.read_model().orders]
        if resting and dice.random() < 0.25:
            await account.cancel(dice.choice(resting), who="person")
            tell({"wished": "cancel"})
        else:
            repeated = bool(sent) and dice.random() < 0.2
            signal = dice.choice(sent[-10:]) if repeated else _signal(dice, account, f"{spec['seed']}-{number}")
            sent.append(signal)
            kind = "repeat" if repeated else str(signal.action)
            tell({"wished": kind, "signal": to_plain(signal)})
            answer = await account.submit(signal, "digest")
            if isinstance(answer, Decided):
                denied = [found.rule.value for found in answer.decision.denials]
                tell({"decision": answer.decision.decision_id, "denied": denied})
        await asyncio.sleep(dice.uniform(0, PAUSE_S_MAX))


async def _release(account: Account, dice: random.Random) -> None:
    """Let a person look at what only a person releases."""
    for hold in account.read_model().holds:
        if hold.release is Release.PERSON and dice.random() < 0.3:
            await account.release_hold(hold.hold_id, who="person", reason="crash test")


def _signal(dice: random.Random, account: Account, name: str) -> Signal:
    """Make a wish: entries at the market or near it, exits of everything."""
    symbol = dice.choice(TRADED)
    quote = account._book.state.marks.get(symbol)
    entry = dice.random() < 0.6 or quote is None
    kind = dice.choice(_ORDER_TYPES) if entry and quote is not None else OrderType.MARKET
    price = None
    if kind is OrderType.LIMIT and quote is not None:
        price = quote.bid - account._book.state.instruments[symbol].tick * dice.choice((0, 5, 50))
    return Signal(
        book=LIVE,
        strategy=PERSON,
        signal_id=SignalId(name),
        issued_at_ns=time.time_ns(),
        symbol=symbol,
        action=Action.ENTER if entry else Action.EXIT,
        side=Side.BUY if entry else Side.SELL,
        order_type=kind,
        price=price,
        size=Size(basis=SizeBasis.NOTIONAL, value=Decimal(dice.choice((60, 100, 200)))) if entry else None,
        valid_for_s=VALID_S,
    )
