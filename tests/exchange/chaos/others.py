"""The same schedules against two other ways of sending orders, to show what those do. Run by hand.

``python -m tests.exchange.chaos.others --client naive --seeds 0:500``: a bot that sends again when the network or the
server failed, as many do, with the same client id. ``--client ccxt`` and ``--client ccxt-retry``: the library as it
comes, and with its option for three retries; needs an environment of its own with ccxt and protobuf: ccxt cannot
be installed beside Home Assistant.
"""

import argparse
import asyncio
from collections import Counter
from dataclasses import asdict, dataclass
from decimal import Decimal
import hashlib
import hmac
import json
import logging
import random
import sys
import time
from typing import Final, Protocol
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.double import MexcDouble

from . import fast_time
from .schedules import BAD_S, schedule

AT_ONCE: Final = 16
WISHES: Final = 10
TRIES: Final = 4
PAIRS: Final = {"BTCUSDT": "BTC/USDT", "ETHUSDT": "ETH/USDT", "SOLUSDT": "SOL/USDT"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An order that somebody wants once. The quantity tells it from all others of its story."""

    number: int
    symbol: str
    quantity: Decimal
    price: Decimal


class Sender(Protocol):
    """A way to send an order."""

    async def send(self, wish: Wish) -> bool:
        """Send; tell whether the caller would believe that the order was placed."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Naive:
    """Sends, and sends again after whatever looks like trouble on the way."""

    def __init__(self, double: MexcDouble) -> None:
        """Talk to the double."""
        self._double = double
        headers = {"X-MEXC-APIKEY": double.api_key, "Content-Type": "application/json"}
        self._session = ClientSession(timeout=ClientTimeout(total=10), headers=headers)

    async def send(self, wish: Wish) -> bool:
        """Try four times, a second apart."""
        for _ in range(TRIES):
            try:
                async with self._session.post(self._signed(wish), allow_redirects=False) as response:
                    answer = await response.json(content_type=None)
                    if response.status < 400 and isinstance(answer, dict) and "orderId" in answer:
                        return True
                    if 400 <= response.status < 500 and response.status not in {403, 418, 429}:
                        return False
            except ClientError, TimeoutError, ValueError:
                pass
            await asyncio.sleep(1)
        return False

    async def close(self) -> None:
        """Close the session."""
        await self._session.close()

    def _signed(self, wish: Wish) -> str:
        """Write and sign the request."""
        query = urlencode(
            {
                "symbol": wish.symbol,
                "side": "BUY",
                "type": "LIMIT",
                "quantity": f"{wish.quantity:f}",
                "price": f"{wish.price:f}",
                "newClientOrderId": f"naive-{wish.number}",
                "timestamp": time.time_ns() // 1_000_000,
            }
        )
        mark = hmac.new(self._double.api_secret.encode(), query.encode(), hashlib.sha256).hexdigest()
        return f"{self._double.rest_url}/api/v3/order?{query}&signature={mark}"


class Library:
    """ccxt, unmodified, with options that it has for its users."""

    def __init__(self, double: MexcDouble, *, retries: int) -> None:
        """Talk to the double."""
        import ccxt.async_support as ccxt  # type: ignore[import-not-found, unused-ignore] # noqa: PLC0415

        self._base_error = ccxt.BaseError
        self._mexc = ccxt.mexc({"apiKey": double.api_key, "secret": double.api_secret})
        self._mexc.options["maxRetriesOnFailure"] = retries
        for family in self._mexc.urls["api"].values():
            for kind, address in family.items():
                path = address.partition("://")[2].partition("/")[2]
                family[kind] = f"{double.rest_url}/{path}".rstrip("/")
        self._mexc.has["fetchCurrencies"] = False

    async def send(self, wish: Wish) -> bool:
        """Create the order as its manual says."""
        try:
            made = await self._mexc.create_order(
                PAIRS[wish.symbol], "limit", "buy", float(wish.quantity), float(wish.price)
            )
        except self._base_error, ValueError, TypeError, AttributeError, KeyError:
            return False
        return bool(made.get("id"))

    async def load(self) -> None:
        """Read the markets, which it wants to do first; on a machine that is too slow for fast time, again."""
        while True:
            try:
                await self._mexc.load_markets()
            except self._base_error:
                await asyncio.sleep(5)
            else:
                return

    async def close(self) -> None:
        """Close its session."""
        await self._mexc.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one story came to: orders wanted and placed, placed more than once, placed though believed not to be."""

    wanted: int
    placed: int
    duplicates: int
    lost: int


async def tell(seed: int, client: str) -> Tally:
    """Play one seed's schedule against a client."""
    plan, dice = schedule(seed), random.Random(seed)
    async with MexcDouble(seed=seed) as double:
        sender: Sender
        if client == "naive":
            sender = Naive(double)
        else:
            library = Library(double, retries=3 if client == "ccxt-retry" else 0)
            await library.load()
            sender = library
        settings = plan["settings"]
        assert isinstance(settings, dict)
        for name, value in settings.items():
            double.settings.change(name, str(value))
        double.faults.load({"seed": seed, "rules": plan["rules"]})  # type: ignore[dict-item]
        sends: dict[tuple[str, Decimal], asyncio.Task[bool]] = {}
        for number in range(WISHES):
            symbol = dice.choice(tuple(PAIRS))
            lot = Decimal(1).scaleb(-double.venue.symbols[symbol].quantity_places)
            price = (double.prices.mid(symbol) * Decimal("1.004")).quantize(double.venue.symbols[symbol].tick)
            quantity = (60 / price).quantize(lot) + lot * number
            wish = Wish(number=number, symbol=symbol, quantity=quantity, price=price)
            sends[symbol, quantity] = asyncio.create_task(sender.send(wish))
            await asyncio.sleep(dice.uniform(0.1, 4))
        await asyncio.sleep(BAD_S)
        double.faults.clear()
        await double.partition.end()
        await asyncio.gather(*sends.values())
        await sender.close()
        placed = Counter((order.symbol, order.quantity) for order in double.venue.orders)
        return Tally(
            wanted=len(sends),
            placed=placed.total(),
            duplicates=placed.total() - len(placed),
            lost=sum(not sends[wish].result() for wish in placed),
        )


async def _play(seeds: range, client: str) -> list[Tally]:
    """Play a few at once."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(seed: int) -> Tally:
        async with slots:
            return await tell(seed, client)

    return list(await asyncio.gather(*(one(seed) for seed in seeds)))


def main() -> None:
    """Read the arguments, play, and print the sums."""
    parser = argparse.ArgumentParser(prog="python -m tests.exchange.chaos.others")
    parser.add_argument("--client", choices=("naive", "ccxt", "ccxt-retry"), required=True)
    parser.add_argument("--seeds", default="0:20")
    asked = parser.parse_args()
    first, _, end = asked.seeds.partition(":")
    logging.disable(logging.CRITICAL)
    tallies = fast_time.run(lambda: _play(range(int(first), int(end)), asked.client))
    total = {name: sum(asdict(tally)[name] for tally in tallies) for name in asdict(tallies[0])}
    sys.stdout.write(json.dumps({"client": asked.client, "stories": len(tallies), **total}) + "\n")


if __name__ == "__main__":
    main()
