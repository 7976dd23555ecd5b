"""A sender of signals: signs as Standard Webhooks says, with nothing but the standard library."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
import hashlib
import hmac
import json
import time
from typing import Any

from aiohttp import ClientSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Somebody who knows a strategy's address and secret."""

    session: ClientSession
    url: str
    secret: str

    async def send(self, signal: dict[str, Any], *, tamper: bool = False) -> tuple[int, dict[str, Any]]:
        """Send a signal; give the status and the answer. ``tamper`` changes the body after it was signed."""
        body = json.dumps(signal).encode()
        message_id, timestamp = f"msg_{signal['signal_id']}", str(int(time.time()))
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        digest = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }
        if tamper:
            body = body.replace(b"BTC", b"ETH")
        async with self.session.post(self.url, data=body, headers=headers) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text.startswith("{") else {"text": text}


def entry(signal_id: str, notional: str, symbol: str = "BTCUSDT") -> dict[str, Any]:
    """Wish, from now on, for an entry of so many USDT."""
    return {**_wish(signal_id, "enter", symbol), "side": "buy", "size": {"notional": notional}}


def leave(signal_id: str, symbol: str = "BTCUSDT") -> dict[str, Any]:
    """Wish for the exit of the whole position."""
    return _wish(signal_id, "exit", symbol)


def _wish(signal_id: str, action: str, symbol: str) -> dict[str, Any]:
    issued_at = datetime.fromtimestamp(time.time(), UTC).isoformat().replace("+00:00", "Z")
    return {
        "schema_version": 1,
        "signal_id": signal_id,
        "issued_at": issued_at,
        "symbol": symbol,
        "action": action,
    }
