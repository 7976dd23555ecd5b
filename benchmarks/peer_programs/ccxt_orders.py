"""Places orders with ccxt's asynchronous client, one for each line that comes in; runs in ccxt's own environment.

Arguments: REST address, key, secret. For every line on standard input it places one IOC-like limit order and prints
JSON with the monotonic times (s) of the call's start and end.
"""

import asyncio
import json
import sys
import time

import ccxt.async_support as ccxt


async def main() -> None:
    """Load the markets, then place orders on demand."""
    rest_url, key, secret = sys.argv[1:4]
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
    print("ready", flush=True)
    try:
        while await reader.readline():
            started = time.monotonic()
            await client.create_order("BTC/USDT", "limit", "buy", 0.0002, 95_000, {"timeInForce": "IOC"})
            print(json.dumps({"started": started, "ended": time.monotonic()}), flush=True)
    finally:
        await client.close()


asyncio.run(main())
