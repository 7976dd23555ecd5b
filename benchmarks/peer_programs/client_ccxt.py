"""Places orders with ccxt's asynchronous client, one for each line that comes in; runs in ccxt's own environment.

Arguments: REST address, key, secret, ``time`` or ``memory``. For every line on standard input it places one limit order
and prints JSON: the seconds of the call, those that the process worked, and with ``memory`` the bytes that were kept.
"""

import asyncio
import json
import sys
import time
import tracemalloc

import ccxt.async_support as ccxt


async def main() -> None:
    """Load the markets, then place orders on demand."""
    rest_url, key, secret, mode = sys.argv[1:5]
    client = ccxt.mexc({"apiKey": key, "secret": secret, "enableRateLimit": False})
    for family in client.urls["api"].values():
        for kind, address in family.items():
            path = address.partition("://")[2].partition("/")[2]
            family[kind] = f"{rest_url}/{path}".rstrip("/")
    client.has["fetchCurrencies"] = False
    await client.load_markets()
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    if mode == "memory":
        tracemalloc.start()
    print("ready", flush=True)
    try:
        while await reader.readline():
            held = tracemalloc.get_traced_memory()[0]
            started, worked = time.perf_counter(), time.process_time()
            await client.create_order("BTC/USDT", "limit", "buy", 0.0002, 89_000, {"newClientOrderId": "bench-order"})
            ended, done = time.perf_counter(), time.process_time()
            kept = tracemalloc.get_traced_memory()[0] - held
            print(json.dumps({"seconds": ended - started, "cpu": done - worked, "kept": kept}), flush=True)
    finally:
        await client.close()


asyncio.run(main())
