"""What the double remembers of every request, without secrets."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, overload, override

from .decimals import Json

HIDDEN: Final = "***"
_HIDDEN_PARAMETERS: Final = frozenset({"signature", "accessKey", "apiKey"})
_KEPT_HEADERS: Final = ("Content-Type", "User-Agent", "X-MEXC-APIKEY")


@dataclass(slots=True, kw_only=True)
class RequestRecord:
    """One request.

    ``at_s`` is monotonic seconds; ``status`` is None until answered and stays
    so when no answer was sent. ``reached`` tells whether the venue processed
    it. ``code`` is the code of a refusal. ``faults`` names the rules that fired.
    """

    number: int
    at_s: float
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body_size: int
    status: int | None = None
    code: int | None = None
    reached: bool = False
    weight: int = 0
    faults: list[str] = field(default_factory=list)

    def shown(self) -> Json:
        """Give the record as JSON."""
        return {
            "number": self.number,
            "at": round(self.at_s, 6),
            "method": self.method,
            "path": self.path,
            "query": dict(self.query),
            "headers": dict(self.headers),
            "body_size": self.body_size,
            "status": self.status,
            "code": self.code,
            "reached": self.reached,
            "weight": self.weight,
            "faults": list(self.faults),
        }


class RequestLog(Sequence[RequestRecord]):
    """All requests in order of arrival, and the rules that a client broke.

    ``violations`` lists what no client may ever do, such as sending the secret
    or calling the endpoint that rewrites a key.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.violations: list[str] = []
        self._records: list[RequestRecord] = []
        self._waiting: list[asyncio.Future[None]] = []

    @overload
    def __getitem__(self, index: int) -> RequestRecord: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[RequestRecord]: ...
    @override
    def __getitem__(self, index: int | slice) -> RequestRecord | Sequence[RequestRecord]:
        return self._records[index]

    @override
    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: RequestRecord) -> None:
        """Take a record in and wake those who wait for it."""
        self._records.append(record)
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait_for(self, method: str, path: str, count: int = 1) -> None:
        """Wait until so many requests to one endpoint have arrived, answered or not."""
        while len(self.of(method, path)) < count:
            future = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            await future

    def clear(self) -> None:
        """Forget all requests; violations stay."""
        self._records.clear()

    def of(self, method: str, path: str) -> Sequence[RequestRecord]:
        """List the requests to one endpoint."""
        return [r for r in self._records if r.method == method and r.path == path]

    def violate(self, what: str) -> None:
        """Note a broken rule."""
        self.violations.append(what)

    @override
    def __reversed__(self) -> Iterator[RequestRecord]:
        """Go from the latest to the first."""
        return reversed(self._records)


def shown_query(given: Mapping[str, str], secret: str) -> dict[str, str]:
    """Copy parameters for the log with credentials blotted out."""
    return {
        name.replace(secret, HIDDEN): HIDDEN if name in _HIDDEN_PARAMETERS else value.replace(secret, HIDDEN)
        for name, value in given.items()
    }


def shown_headers(headers: Mapping[str, str], secret: str) -> dict[str, str]:
    """Copy the few headers that matter; the key header only tells that it was there."""
    kept = {name: headers[name].replace(secret, HIDDEN) for name in _KEPT_HEADERS if name in headers}
    if "X-MEXC-APIKEY" in kept:
        kept["X-MEXC-APIKEY"] = HIDDEN
    return kept
