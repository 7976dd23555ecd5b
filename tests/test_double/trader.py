"""A tiny client of the double with a signing of its own."""

from dataclasses import dataclass
import hashlib
import hmac
import json
from typing import Any

import aiohttp
from yarl import URL

from tests.double import MexcDouble


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and parsed body of an answer."""

    status: int
    body: Any

    @property
    def code(self) -> int | None:
        """The code of a refusal, None for a success."""
        return self.body.get("code") if isinstance(self.body, dict) else None


class Trader:
    """Signs and sends; takes the time from the double's clock, so it is never off by itself."""

    def __init__(self, double: MexcDouble, session: aiohttp.ClientSession) -> None:
        """Use the double's own key."""
        self.double = double
        self.session = session

    async def public(self, path: str, **given: object) -> Reply:
        """Read a public endpoint."""
        query = "&".join(f"{name}={value}" for name, value in given.items())
        return await self.raw("GET", path, query)

    async def signed(self, method: str, path: str, **given: object) -> Reply:
        """Call a signed endpoint with everything in the query."""
        return await self.raw(method, path, self.sign(given))

    def sign(self, given: dict[str, Any], secret: str | None = None) -> str:
        """Make a signed query string."""
        stamped = {"timestamp": self.double.clock.now_ms(), **given}
        query = "&".join(f"{name}={value}" for name, value in stamped.items() if value is not None)
        key = (secret or self.double.api_secret).encode()
        signature = hmac.new(key, query.encode(), hashlib.sha256).hexdigest()
        return f"{query}&signature={signature}"

    async def raw(
        self,
        method: str,
        path: str,
        query: str = "",
        *,
        body: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """Send exactly these bytes."""
        sent = {"X-MEXC-APIKEY": self.double.api_key, "Content-Type": "application/json"}
        url = URL(f"{self.double.rest_url}/api/v3/{path}?{query}", encoded=True)
        async with self.session.request(method, url, data=body, headers=sent if headers is None else headers) as answer:
            text = await answer.text()
            return Reply(answer.status, json.loads(text) if text else None)

    async def buy(self, **given: object) -> Reply:
        """Place an order: 0.001 BTC at 89000, unless told otherwise."""
        usual = {
            "symbol": "BTCUSDT",
            "side": "BUY",
            "type": "LIMIT",
            "quantity": "0.001",
            "price": "89000",
        }
        return await self.signed("POST", "order", **(usual | given))

    async def order(self, **given: object) -> Reply:
        """Read an order of BTCUSDT."""
        return await self.signed("GET", "order", **({"symbol": "BTCUSDT"} | given))
