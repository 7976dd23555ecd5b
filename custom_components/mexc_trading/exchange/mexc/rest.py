"""Calls as the rest of the client makes them: signed last, decoded, classified, with a trace for the journal."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from ...engine.ports import Clock
from ...model.outcome import Ambiguous, NotSent, RefusalClass, Rejected, Throttled, Trace, Unavailable
from ..payload import Json, Unreadable, read_json
from ..resilience.classify import Readable, Reply, classify, venue_code
from ..resilience.clock import NS_PER_MS, SAMPLES, ClockOffset, ClockSample, measured
from ..resilience.observation import Answered, Observation
from ..secret import MASK, Secret
from . import endpoints
from .codes import SPOT_CODES
from .endpoints import Endpoint
from .shape import Fields, Malformed, printable
from .signing import query_string, signed
from .transport import KIB, Call, Transport

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


class MexcRest:
    """Signed and unsigned calls on one host. Every result is a value; the offset of the venue's clock is kept here."""

    def __init__(
        self, *, transport: Transport, clock: Clock, credentials: Credentials | None, recv_window_ms: int
    ) -> None:
        """Join the parts. ``recv_window_ms`` is the fence after which a copy in flight is worthless (≤ 60,000)."""
        self._transport = transport
        self._clock = clock
        self._credentials = credentials
        self._recv_window_ms = recv_window_ms
        self.clock_offset: ClockOffset | None = None

    async def call(self, endpoint: Endpoint, params: Params = ()) -> Reply:
        """Make one request and say what came of it. One attempt, except that nothing is ever attempted twice here."""
        sent_at_ns = self._clock.now_ns()
        headers: dict[str, str] = {}
        if endpoint.signed:
            credentials = self._signer()
            params = (
                *params,
                ("recvWindow", str(self._recv_window_ms)),
                ("timestamp", str(self._venue_ms(sent_at_ns))),
            )
            query = signed(credentials.api_secret, query_string(params))
            headers = {"X-MEXC-APIKEY": credentials.api_key.reveal(), "Content-Type": "application/json"}
        else:
            query = query_string(params)
        observation = await self._transport.send(
            Call(method=endpoint.method, path=endpoint.path, query=query, bounds=endpoint.bounds), headers
        )
        payload = await _decoded(observation)
        trace = Trace(
            method=endpoint.method,
            path=endpoint.path,
            query=query_string((name, MASK if name in _UNTRACED else value) for name, value in params),
            status=observation.status if isinstance(observation, Answered) else None,
            code=venue_code(payload),
            sent_at_ns=sent_at_ns,
            ended_at_ns=self._clock.now_ns(),
        )
        return classify(observation, payload, codes=SPOT_CODES, message=self._message(payload), trace=trace)

    async def read[T](self, endpoint: Endpoint, params: Params, parse: Callable[[Json], T]) -> T | Unavailable:
        """Ask for something and check its shape. A clock that went astray is set once and the question repeated."""
        reply = await self.call(endpoint, params)
        if isinstance(reply, Rejected) and reply.refusal is RefusalClass.TIME:
            await self.resync()
            reply = await self.call(endpoint, params)
        if not isinstance(reply, Readable):
            return unavailable(reply)
        try:
            return parse(reply.payload)
        except Malformed as error:
            return Unavailable(cause=f"malformed answer: {error}", trace=reply.trace)

    async def resync(self) -> ClockOffset | Unavailable:
        """Measure the venue's clock. Samples that fail are left out; none at all is no answer."""
        samples: list[ClockSample] = []
        failure = Unavailable(cause="no answer")
        for _ in range(SAMPLES):
            reply = await self.call(endpoints.TIME)
            if not isinstance(reply, Readable):
                failure = unavailable(reply)
                continue
            try:
                venue_ms = Fields(reply.payload).whole("serverTime")
            except Malformed as error:
                failure = Unavailable(cause=f"malformed answer: {error}", trace=reply.trace)
                continue
            samples.append(
                ClockSample(
                    sent_at_ns=reply.trace.sent_at_ns, received_at_ns=reply.trace.ended_at_ns, venue_ms=venue_ms
                )
            )
        if not samples:
            return failure
        self.clock_offset = measured(samples)
        return self.clock_offset

    def _venue_ms(self, now_ns: int) -> int:
        """Translate our time into the venue's, in ms."""
        offset_ms = self.clock_offset.offset_ms if self.clock_offset else 0
        return now_ns // NS_PER_MS + offset_ms

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


async def _decoded(observation: Observation) -> Json | Unreadable:
    """Read an answer's body, large ones off the event loop."""
    if not isinstance(observation, Answered):
        return Unreadable(cause="no answer")
    if not observation.whole:
        return Unreadable(cause="cut short or too large")
    if len(observation.body) > DECODE_INLINE_BYTES_MAX:
        return await asyncio.to_thread(read_json, observation.body)
    return read_json(observation.body)


def unavailable(reply: Rejected | NotSent | Throttled | Ambiguous) -> Unavailable:
    """Say for a read what came back instead of an answer."""
    match reply:
        case Rejected(code=code, refusal=refusal, trace=trace):
            return Unavailable(
                cause=f"refused: {refusal}", code=code, auth=refusal is RefusalClass.CONFIGURATION, trace=trace
            )
        case Throttled(retry_after_s=retry_after_s, banned=banned, trace=trace):
            return Unavailable(
                cause="banned" if banned else "throttled", retry_after_s=retry_after_s, banned=banned, trace=trace
            )
        case NotSent(cause=cause, trace=trace) | Ambiguous(cause=cause, trace=trace):
            unauthorised = trace is not None and trace.status == HTTPStatus.UNAUTHORIZED
            return Unavailable(cause=cause, auth=unauthorised, trace=trace)
