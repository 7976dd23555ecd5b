"""One HTTP call on the injected session: exact bytes out, an observation back, never an exception from the network."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientOSError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    InvalidURL,
    ServerDisconnectedError,
    ServerFingerprintMismatch,
    SocketTimeoutError,
)
from yarl import URL

from ..resilience.observation import Answered, Failed, Observation, When

KIB: Final = 1024
_CHUNK_BYTES: Final = 64 * KIB
RETRY_AFTER_S_MAX: Final = 3 * 24 * 3600
"""The longest ban that the venue speaks of is three days (fact sheet 6); anything longer is noise."""


class FailureRow(NamedTuple):
    """One kind of exception and when it happens, seen from the request's first byte."""

    kind: type[Exception]
    when: When
    meaning: str


FAILURES: Final = (
    FailureRow(ClientConnectorError, When.BEFORE, "no address, connection refused, or TLS failed"),
    FailureRow(ConnectionTimeoutError, When.BEFORE, "no connection in time"),
    FailureRow(ServerFingerprintMismatch, When.BEFORE, "another certificate than the pinned one"),
    FailureRow(InvalidURL, When.BEFORE, "the address is none"),
    FailureRow(ServerDisconnectedError, When.AFTER, "closed without an answer, also on a kept-alive connection"),
    FailureRow(SocketTimeoutError, When.AFTER, "no answer in time"),
    FailureRow(ClientOSError, When.AFTER, "reset"),
    FailureRow(ClientError, When.AFTER, "anything else in the HTTP client"),
    FailureRow(TimeoutError, When.AFTER, "the whole call took too long"),
    FailureRow(OSError, When.AFTER, "anything else in the socket"),
)
"""First row that fits. The first four are raised while a connection is sought or made, before a request is on it."""

_BEFORE: Final = tuple(row.kind for row in FAILURES if row.when is When.BEFORE)
_EXPECTED: Final = tuple(row.kind for row in FAILURES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How long a call may take and how much may come back. ``connect_s`` is the part before the first byte."""

    connect_s: float
    total_s: float
    body_bytes_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, ready to leave. ``query`` is already encoded and signed, and is sent as it stands."""

    method: str
    path: str
    query: str
    bounds: Bounds


class _Interrupted(ClientError):
    """The connection broke after the request may have been written."""


async def _once(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Keep aiohttp from quietly sending a GET, PUT or DELETE again on a fresh connection.

    It does so when a kept-alive connection turns out dead (RFC 9112 9.3.1 allows it). Then a failure to connect for the
    second copy would read as "nothing was written", though the first was. Sending again is decided above, by class.
    """
    try:
        return await handler(request)
    except _BEFORE:
        raise
    except (ClientOSError, ServerDisconnectedError) as error:
        raise _Interrupted(type(error).__name__) from error


class Transport:
    """HTTP to one host. Everything travels in the query string and the body is empty (fact sheet 1.1)."""

    def __init__(self, *, session: ClientSession, base_url: str) -> None:
        """Use the session, which stays its owner's. ``base_url`` is scheme and host, without a path."""
        self._session = session
        self._base_url = base_url.rstrip("/")

    async def send(self, call: Call, headers: dict[str, str]) -> Observation:
        """Make one attempt. Ends within ``total_s``; only cancellation comes out as an exception."""
        if self._session.closed:
            return Failed(when=When.BEFORE, cause="SessionClosed")
        target = f"{self._base_url}{call.path}?{call.query}" if call.query else f"{self._base_url}{call.path}"
        bounds = call.bounds
        try:
            async with self._session.request(
                call.method,
                URL(target, encoded=True),
                headers=headers,
                allow_redirects=False,
                timeout=ClientTimeout(total=bounds.total_s, connect=bounds.connect_s),
                middlewares=(_once,),
            ) as response:
                return await _observe(response, bounds.body_bytes_max)
        except _Interrupted as error:
            return Failed(when=When.AFTER, cause=str(error))
        except _EXPECTED as error:
            return Failed(when=_when(error), cause=type(error).__name__)


def _when(error: Exception) -> When:
    """Look up when a failure happened."""
    return next(row.when for row in FAILURES if isinstance(error, row.kind))


async def _observe(response: ClientResponse, body_bytes_max: int) -> Answered:
    """Read an answer up to its bound. A body that breaks off keeps its status, which may still say something."""
    body = bytearray()
    whole = True
    try:
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            body += chunk
            if len(body) > body_bytes_max:
                response.close()
                whole = False
                break
    except ClientError, TimeoutError, OSError:
        whole = False
    return Answered(
        status=response.status,
        retry_after_s=_retry_after_s(response.headers.get("Retry-After")),
        body=bytes(body) if whole else b"",
        whole=whole,
    )


def _retry_after_s(text: str | None) -> int | None:
    """Read ``Retry-After`` in seconds, at most three days. The date form is not used by the venue and reads as none."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > len(str(RETRY_AFTER_S_MAX)):
        return None
    return min(int(text), RETRY_AFTER_S_MAX)
