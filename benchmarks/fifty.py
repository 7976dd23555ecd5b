"""Fifty symbols for the double, and what an account may do that holds all of them."""

import asyncio
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
import itertools
from typing import Any, Final

from tests.demo.cockpit import Cockpit
from tests.double.symbols import Symbol, default_symbols

from .kill import WIDE

COUNT: Final = 50
POSITION_USDT: Final = 100
PAUSE_S: Final = 1.0
KNOWN_S: Final = 60
"""The venue's terms of so many symbols are read some seconds after they were allowed."""

USUAL: Final = ("BTCUSDT", "ETHUSDT", "MXUSDT", "SOLUSDT")
"""Those of the double that may be traded; a new account wants the first two."""


def fifty() -> Mapping[str, Symbol]:
    """List as many symbols, all of which may be traded; prices from 0.01 to 90,000 USDT."""
    rows = [row for row in default_symbols().values() if row.name in USUAL]
    for number in range(len(rows), COUNT):
        price = Decimal(3) ** (number % 10) / 100 * (1 + number)
        rows.append(
            Symbol(name=f"C{number:02}USDT", base=f"C{number:02}", quote="USDT", start_price=price, price_places=6)
        )
    return {row.name: row for row in rows}


def limits(symbols: Mapping[str, Symbol]) -> dict[str, Any]:
    """Give the limits under which each symbol can be held and nothing else stands in the way."""
    return WIDE | {
        "symbols": sorted(symbols),
        "exposure": WIDE["exposure"] | {"max_open_positions": len(symbols)},
        "losses": {"max_daily_loss": 5000, "max_loss_streak": None, "cooldown_after_loss_s": 0},
    }


async def hold_all(cockpit: Cockpit, entry_id: str, symbols: Mapping[str, Symbol]) -> int:
    """Widen the account's limits and buy some of each symbol; give how many they are.

    Raises :class:`tests.demo.cockpit.Timeout` if one is not bought: then it would not be what is measured.
    """
    await cockpit.set_limits(entry_id, limits(symbols))
    tries = itertools.count()
    for symbol in sorted(symbols):
        await cockpit.until(f"{symbol} is bought", partial(_bought, cockpit, symbol, tries), KNOWN_S)
    return len(symbols)


async def _bought(cockpit: Cockpit, symbol: str, tries: Iterator[int]) -> bool:
    """Buy some of a symbol, as soon as that would be allowed. Asks no faster than prices may be asked for."""
    await asyncio.sleep(PAUSE_S)
    fields = {"symbol": symbol, "side": "buy", "notional": POSITION_USDT, "signal_id": f"hold-{next(tries)}"}
    _, seen = await cockpit.act("preview_order", fields)
    if seen.get("verdict") != "allow":
        return False
    _, answer = await cockpit.act("place_order", fields)
    return "order_id" in answer
