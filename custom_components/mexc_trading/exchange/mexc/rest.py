"""Requests as the client makes them: through the gate, in the venue's time, again where that is harmless."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from ...engine.ports import ENTRIES_STOPPED, Wanted, always
from ...model.outcome import Ambiguous, ClockOffset, NotSent, RefusalClass, Rejected, Throttled, Trace, Unavailable
from ..payload import Json
from ..resilience.classify import Readable, Reply
from ..resilience.gate import Gate, Held
from ..resilience.lanes import Purpose
from ..resilience.retry import Result, persistently
from . import endpoints
from .endpoints import Endpoint
from .shape import Malformed
from .timekeeping import VenueTime
from .wire import Params, Wire

UNLIMITED_S: Final = float("inf")
"""No deadline but the endpoint's own bound."""

ROOM_WAIT_S: Final = 15.0
"""How long a read of a list waits for room in the budget: a little longer than its longest window."""

SET_WITHIN_NS: Final = 60 * 1_000_000_000
"""A measurement that is so much newer than a refusal is older: our clock was set back in between."""

LEFT_S_MIN: Final = 0.05
"""With less time left than this, an attempt is not begun."""


class MexcRest:
    """Signed and unsigned requests on one host. Every result is a value.

    ``once`` never repeats anything, except after the venue refused our timestamp, which is a certain refusal.
    ``persistently`` and ``read`` try transient failures again, up to 4 times within 10 s: only for what is harmless.
    """

    def __init__(self, *, wire: Wire, gate: Gate) -> None:
        """Send over this wire, as fast as the gate allows."""
        self._wire = wire
        self._gate = gate
        self._setting_time = asyncio.Lock()
        self.time = VenueTime(self._ask_time)

    @property
    def gate(self) -> Gate:
        """What holds requests back."""
        return self._gate

    async def once(self, endpoint: Endpoint, params: Params = (), wanted: Wanted = always) -> Result:
        """Make one request, if it is still wanted when it can leave."""
        return await self._in_time(endpoint, params, UNLIMITED_S, wanted)

    async def persistently(self, endpoint: Endpoint, params: Params = ()) -> Result:
        """Make a request that may arrive twice, until there is an answer that will not change."""

        async def attempt(ends_s: float) -> Result:
            return await self._in_time(endpoint, params, ends_s)

        return await persistently(attempt)

    async def read[T](self, endpoint: Endpoint, params: Params, parse: Callable[[Json], T]) -> T | Unavailable:
        """Ask for something, persistently, and check its shape. What is not urgent waits for room first."""
        if endpoint.purpose is Purpose.SWEEP:
            await self._gate.room(endpoint.purpose, endpoint.cost, ROOM_WAIT_S)
        result = await self.persistently(endpoint, params)
        if not isinstance(result, Readable):
            return unavailable(result)
        try:
            return parse(result.payload)
        except Malformed as error:
            return Unavailable(cause=f"malformed answer: {error}", trace=result.trace)

    async def clock_offset(self) -> ClockOffset | Unavailable:
        """Measure the venue's clock, and sign with it from now on."""
        async with self._setting_time:
            return await self.time.measure()

    async def _in_time(self, endpoint: Endpoint, params: Params, ends_s: float, wanted: Wanted = always) -> Result:
        """Make one request; if our timestamp was refused, set the clock and make it once more."""
        result = await self._gated(endpoint, params, ends_s, wanted)
        if isinstance(result, Rejected) and result.refusal is RefusalClass.TIME:
            await self._set_time(result.trace)
            result = await self._gated(endpoint, params, ends_s, wanted)
        return result

    async def _set_time(self, refused: Trace | None) -> None:
        """Set the clock, unless another request has done so since this one was refused."""
        async with self._setting_time:
            offset = self.time.offset
            since_ns = 0 if offset is None or refused is None else offset.measured_at_ns - refused.sent_at_ns
            if not 0 < since_ns < SET_WITHIN_NS:
                await self.time.measure_afresh()

    async def _gated(self, endpoint: Endpoint, params: Params, ends_s: float, wanted: Wanted = always) -> Result:
        """Make one request if the gate lets it out. Behind the gate: whether it is still wanted, and the signature."""
        admission = await self._gate.enter(endpoint.lane, endpoint.purpose, endpoint.cost)
        if isinstance(admission, Held):
            return admission
        reply: Reply | None = None
        try:
            if not wanted():
                return Held(cause=ENTRIES_STOPPED, wait_s=1)
            left_s = ends_s - asyncio.get_running_loop().time()
            if left_s < LEFT_S_MIN:
                return Held(cause="deadline", wait_s=1)
            offset_ms = 0 if self.time.offset is None else self.time.offset.offset_ms
            reply = await self._wire.attempt(endpoint, params, offset_ms=offset_ms, total_s=left_s)
            return reply
        finally:
            self._gate.leave(admission, reply)

    async def _ask_time(self) -> tuple[Json, Trace] | Unavailable:
        """Put one question for the venue's time."""
        result = await self._gated(endpoints.TIME, (), UNLIMITED_S)
        return (result.payload, result.trace) if isinstance(result, Readable) else unavailable(result)


def unavailable(result: Rejected | NotSent | Throttled | Ambiguous | Held) -> Unavailable:
    """Say for a read what came back instead of an answer."""
    match result:
        case Rejected(code=code, refusal=refusal, trace=trace):
            return Unavailable(
                cause=f"refused: {refusal}", code=code, auth=refusal is RefusalClass.CONFIGURATION, trace=trace
            )
        case Throttled(retry_after_s=retry_after_s, banned=banned, trace=trace):
            return Unavailable(
                cause="banned" if banned else "throttled", retry_after_s=retry_after_s, banned=banned, trace=trace
            )
        case Held(cause=cause, wait_s=wait_s, banned=banned):
            return Unavailable(cause=cause, retry_after_s=wait_s, banned=banned)
        case NotSent(cause=cause, trace=trace) | Ambiguous(cause=cause, trace=trace):
            unauthorised = trace is not None and trace.status == HTTPStatus.UNAUTHORIZED
            return Unavailable(cause=cause, auth=unauthorised, trace=trace)
