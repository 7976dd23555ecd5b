"""One attempt at one request: signed last, sent, decoded, classified, with a trace for the journal."""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from ...engine.ports import Clock
from ...model.outcome import Trace
from ..payload import Json, Unreadable, read_json
from ..resilience.classify import Reply, classify, venue_code
from ..resilience.clock import NS_PER_MS
from ..resilience.observation import Answered, Observation
from ..secret import MASK, Secret
from .codes import SPOT_CODES
from .endpoints import Endpoint
from .shape import printable
from .signing import query_string, signed
from .transport import KIB, Bounds, Call, Transport

type Params = tuple[tuple[str, str], ...]

DECODE_INLINE_BYTES_MAX: Final = 128 * KIB
"""Larger bodies are parsed in a thread: this many bytes take about a millisecond, and the event loop is not ours."""

_UNTRACED: Final = frozenset({"accessKey", "listenKey"})
"""Parameters that are keys themselves and are masked in traces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What signs for an account."""

    api_key: Secret
    api_secret: Secret


class Wire:
    """Attempts on one host, signed where the endpoint wants it. Knows nothing of trying again."""

    def __init__(
        self, *, transport: Transport, clock: Clock, credentials: Credentials | None, recv_window_ms: int
    ) -> None:
        """Join the parts. ``recv_window_ms`` is the fence after which a copy in flight is worthless (≤ 60,000)."""
        self._transport = transport
        self._clock = clock
        self._credentials = credentials
        self._recv_window_ms = recv_window_ms

    async def attempt(self, endpoint: Endpoint, params: Params, *, offset_ms: int, total_s: float) -> Reply:
        """Make one request and say what came of it.

        ``offset_ms`` is the venue's clock minus ours; ``total_s`` shortens the endpoint's own bound.
        """
        sent_at_ns = self._clock.now_ns()
        headers: dict[str, str] = {}
        if endpoint.signed:
            credentials = self._signer()
            timestamp_ms = sent_at_ns // NS_PER_MS + offset_ms
            params = (*params, ("recvWindow", str(self._recv_window_ms)), ("timestamp", str(timestamp_ms)))
            shown = query_string(params)
            query = signed(credentials.api_secret, shown)
            headers = {"X-MEXC-APIKEY": credentials.api_key.reveal(), "Content-Type": "application/json"}
        else:
            shown = query = query_string(params)
        if any(name in _UNTRACED for name, _ in params):
            shown = query_string((name, MASK if name in _UNTRACED else value) for name, value in params)
        bounds = _within(endpoint.bounds, total_s)
        observation = await self._transport.send(
            Call(method=endpoint.method, path=endpoint.path, query=query, bounds=bounds), headers
        )
        payload = await _decoded(observation)
        trace = Trace(
            method=endpoint.method,
            path=endpoint.path,
            query=shown,
            status=observation.status if isinstance(observation, Answered) else None,
            code=venue_code(payload),
            sent_at_ns=sent_at_ns,
            ended_at_ns=self._clock.now_ns(),
        )
        return classify(observation, payload, codes=SPOT_CODES, message=self._message(payload), trace=trace)

    def _signer(self) -> Credentials:
        """Give the credentials; a signed call on a client without any is a bug."""
        if self._credentials is None:
            raise RuntimeError("a signed call needs credentials")
        return self._credentials

    def _message(self, payload: Json | Unreadable) -> str:
        """Take the venue's text, safe to keep: some of its messages repeat the key."""
        text = payload.get("msg") if isinstance(payload, dict) else None
        if not isinstance(text, str):
            return ""
        if self._credentials is not None:
            text = text.replace(self._credentials.api_key.reveal(), MASK)
        return printable(text)


def _within(bounds: Bounds, total_s: float) -> Bounds:
    """Shorten bounds to what time is left."""
    if total_s >= bounds.total_s:
        return bounds
    return replace(bounds, total_s=total_s, connect_s=min(bounds.connect_s, total_s))


async def _decoded(observation: Observation) -> Json | Unreadable:
    """Read an answer's body, large ones off the event loop."""
    if not isinstance(observation, Answered):
        return Unreadable(cause="no answer")
    if not observation.whole:
        return Unreadable(cause="cut short or too large")
    if len(observation.body) > DECODE_INLINE_BYTES_MAX:
        return await asyncio.to_thread(read_json, observation.body)
    return read_json(observation.body)
