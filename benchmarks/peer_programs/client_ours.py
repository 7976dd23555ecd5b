"""Places orders with the integration's client, one for each line that comes in; the same program as ``client_ccxt``.

Arguments: REST address, key, secret, ``time`` or ``memory``.
"""

import asyncio
from decimal import Decimal
import json
import sys
import time
import tracemalloc

from aiohttp import ClientSession

from custom_components.mexc_trading.exchange.mexc.spot import MexcSpot
from custom_components.mexc_trading.exchange.secret import Secret
from custom_components.mexc_trading.model.decision import Decision, Findings, Verdict
from custom_components.mexc_trading.model.ids import BookName, DecisionId, OrderId, SignalId, StrategyId, Symbol
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.order import Leg, Order
from custom_components.mexc_trading.model.outcome import Accepted
from custom_components.mexc_trading.model.signal import Action


class WallClock:
    """The clock of this machine."""

    def now_ns(self) -> int:
        """Give the time."""
        return time.time_ns()


def order(number: int) -> Order:
    """Make the order, as the engine hands it over."""
    quantity, price = Decimal("0.0002"), Decimal(89_000)
    decision = Decision(
        decision_id=DecisionId(f"bench-{number}"),
        decision_hash="0" * 64,
        book=BookName("live"),
        strategy=StrategyId("bench"),
        signal_id=SignalId(f"bench-{number}"),
        symbol=Symbol("BTCUSDT"),
        action=Action.ENTER,
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        quantity=quantity,
        price=price,
        verdict=Verdict.ALLOW,
        results=Findings(),
        decided_at_ns=0,
        limits_hash="0" * 64,
    )
    return Order(
        order_id=OrderId(f"bench{number:020d}"),
        decision=decision,
        leg=Leg.ENTRY,
        attempt=0,
        type=OrderType.LIMIT,
        quantity=quantity,
        price=price,
    )


async def main() -> None:
    """Set the clock, then place orders on demand."""
    rest_url, key, secret, mode = sys.argv[1:5]
    async with ClientSession() as session:
        spot = MexcSpot(
            session=session, rest_url=rest_url, api_key=Secret(key), api_secret=Secret(secret), clock=WallClock()
        )
        await spot.clock_offset()
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        if mode == "memory":
            tracemalloc.start()
        print("ready", flush=True)
        number = 0
        while await reader.readline():
            number += 1
            wanted = order(number)
            held = tracemalloc.get_traced_memory()[0]
            started, worked = time.perf_counter(), time.process_time()
            answer = await spot.submit(wanted)
            ended, done = time.perf_counter(), time.process_time()
            kept = tracemalloc.get_traced_memory()[0] - held
            if not isinstance(answer, Accepted):
                raise TypeError(str(answer))
            print(json.dumps({"seconds": ended - started, "cpu": done - worked, "kept": kept}), flush=True)


asyncio.run(main())
