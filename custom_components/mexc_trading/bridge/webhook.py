"""The door for signals over HTTP: one address per strategy, believed by signature, answered in plain codes.

Home Assistant answers 200 to a webhook whose handler fails, which would tell a sender that its signal was taken. So
every way through here ends in an explicit code.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
import logging
from typing import Final, NamedTuple

from aiohttp.hdrs import CONTENT_ENCODING, CONTENT_LENGTH, METH_POST, RETRY_AFTER
from aiohttp.web import Request, Response, json_response

from homeassistant.components import webhook
from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN
from ..engine.answers import Answer, Busy, Conflict, Decided
from ..model.ids import StrategyId
from ..model.signal import Action, Source
from ..orders.identity import Document
from .answer_text import decided_document
from .books import Books
from .intake import BODY_BYTES_MAX, Intake, Malformed, Origin, Unreadable, opened
from .rate import TokenBucket
from .standard_webhooks import Unverified, verify
from .tokens import is_token, take_token
from .turns import Turns

_LOGGER = logging.getLogger(__name__)

BODY_WAIT_S: Final = 10
"""How long a body may take. Senders are programs with a few hundred bytes to say."""

BURST: Final = 100
"""Signals that a strategy may send at once: one per symbol of a large list at the turn of a candle."""

PER_S: Final = 5
"""Signals per second that a strategy may send for long; the venue takes 12 order operations per second of everybody."""


EXIT_BURST: Final = 20
EXIT_PER_S: Final = 2
"""Wishes to leave that a strategy may send beside those: a flood of its own entries does not keep it in."""

FULL: Final = Busy(cause="intake_full", retry_after_s=2)
"""What is told to those who find too many waiting at a door."""


class StrategyDoor:
    """One strategy's webhook."""

    def __init__(
        self,
        *,
        books: Books,
        intake: Intake,
        strategy: StrategyId,
        secrets_valid: Callable[[int], Sequence[str]],
        turns: Turns,
    ) -> None:
        """``secrets_valid`` gives the secrets that count at a time (s), so that a replaced one takes effect at once."""
        self._books = books
        self._intake = intake
        self._strategy = strategy
        self._secrets_valid = secrets_valid
        self._turns = turns
        self._bucket = TokenBucket(burst=BURST, per_s=PER_S)
        self._way_out = TokenBucket(burst=EXIT_BURST, per_s=EXIT_PER_S)

    async def handle(self, hass: HomeAssistant, webhook_id: str, request: Request) -> Response:
        """Answer one request."""
        del hass, webhook_id
        try:
            return await self._answer(request)
        except Exception:
            # One of the three named borders: a bug in here must not look like a signal taken.
            _LOGGER.exception("A webhook request failed unexpectedly")
            return refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error")

    async def _answer(self, request: Request) -> Response:
        if not await self._turns.take(self):
            return respond(FULL)
        body = await read_body(request)
        if isinstance(body, Response):
            return body
        account = self._books.of(self._strategy)
        now_ns = account.now_ns()
        now_s = now_ns // 1_000_000_000
        believed = _believed(request, body, self._secrets_valid(now_s), now_s)
        if believed is None:
            return refusal(HTTPStatus.UNAUTHORIZED, "unauthorized")
        document, source = believed
        if wait_s := (self._way_out if _is_exit(document) else self._bucket).take():
            return refusal(HTTPStatus.TOO_MANY_REQUESTS, "rate_limited", retry_after_s=wait_s)
        self._books.heard(self._strategy)
        if document is None:
            # A sender that has nothing to say, but is there.
            return Response(status=HTTPStatus.NO_CONTENT)
        if isinstance(document, Unreadable):
            return refusal(HTTPStatus.BAD_REQUEST, document.key)
        match self._intake.take(document, Origin(account.terms.mode, self._strategy, source, now_ns)):
            case Malformed(path=path, key=key, placeholders=placeholders):
                return refusal(HTTPStatus.UNPROCESSABLE_ENTITY, key, {"path": path, **placeholders})
            case taken:
                return respond(await self._books.submit(taken.signal, taken.digest))


class StrategyWebhooks:
    """The doors of one account's strategies, registered with Home Assistant."""

    def __init__(self, hass: HomeAssistant, books: Books, intake: Intake) -> None:
        """Start without doors."""
        self._hass = hass
        self._books = books
        self._intake = intake
        self._turns = Turns()
        self._open: dict[str, StrategyId] = {}

    @callback
    def async_sync(
        self, wanted: Mapping[str, tuple[StrategyId, str]], secrets_valid: Callable[[StrategyId, int], Sequence[str]]
    ) -> None:
        """Open and close doors so that exactly those in ``wanted`` (webhook id to strategy and name) are open."""
        for webhook_id in self._open.keys() - wanted.keys():
            self._async_close(webhook_id)
        for webhook_id in wanted.keys() - self._open.keys():
            strategy, name = wanted[webhook_id]
            door = StrategyDoor(
                books=self._books,
                intake=self._intake,
                strategy=strategy,
                secrets_valid=partial(secrets_valid, strategy),
                turns=self._turns,
            )
            webhook.async_register(
                self._hass, DOMAIN, name, webhook_id, door.handle, local_only=False, allowed_methods=[METH_POST]
            )
            self._open[webhook_id] = strategy

    @callback
    def async_close_all(self) -> None:
        """Close every door."""
        for webhook_id in tuple(self._open):
            self._async_close(webhook_id)

    @callback
    def _async_close(self, webhook_id: str) -> None:
        webhook.async_unregister(self._hass, webhook_id)
        del self._open[webhook_id]


class _Believed(NamedTuple):
    """What a believed sender has to say (None: that it is there), and how it is believed."""

    document: Document | Unreadable | None
    source: Source


def _believed(request: Request, body: bytes, secrets_valid: Sequence[str], now_s: int) -> _Believed | None:
    """Believe a sender by its signature or, where it has a token, by that. None: not believed, for whatever reason."""
    if is_token(secrets_valid[0]):
        parsed = opened(body)
        said = None if isinstance(parsed, Unreadable) else take_token(parsed, secrets_valid)
        return None if said is None else _Believed(said or None, Source.UNSIGNED_WEBHOOK)
    checked = verify(request.headers, body, secrets_valid=secrets_valid, now_s=now_s)
    if isinstance(checked, Unverified):
        _LOGGER.debug("Refused a webhook request: %s", checked)
        return None
    return _Believed(opened(body) if body else None, Source.WEBHOOK)


def _is_exit(document: Document | Unreadable | None) -> bool:
    """Whether a believed sender wishes to leave. What is wrong with the wish is told later."""
    return isinstance(document, dict) and document.get("action") == Action.EXIT


async def read_body(request: Request) -> bytes | Response:
    """Read the body up to its bound, within its time."""
    if request.headers.get(CONTENT_ENCODING, "identity") != "identity":
        return refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "encoding_unsupported")
    declared = request.headers.get(CONTENT_LENGTH, "0")
    if not declared.isdecimal() or int(declared[:9]) > BODY_BYTES_MAX:
        return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large")
    body = bytearray()
    # Taken once: a request that comes through the cloud begins anew each time its content is asked for.
    content = request.content
    try:
        async with asyncio.timeout(BODY_WAIT_S):
            while chunk := await content.read(BODY_BYTES_MAX + 1 - len(body)):
                body += chunk
    except TimeoutError:
        return refusal(HTTPStatus.REQUEST_TIMEOUT, "body_too_slow")
    if len(body) > BODY_BYTES_MAX:
        return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large")
    return bytes(body)


def respond(answer: Answer) -> Response:
    """Put the account's answer into HTTP. What was decided is durable by now, whatever the verdict."""
    match answer:
        case Decided():
            return json_response(decided_document(answer))
        case Conflict(decision=decision):
            return refusal(HTTPStatus.CONFLICT, "idempotency_conflict", {"decision_id": decision.decision_id})
        case Busy(cause=cause, retry_after_s=retry_after_s):
            return refusal(HTTPStatus.SERVICE_UNAVAILABLE, "busy", {"cause": cause}, retry_after_s=retry_after_s)
        case _:
            raise TypeError(f"a signal is not answered with {type(answer).__name__}")


def refusal(
    status: HTTPStatus, key: str, details: Mapping[str, str] | None = None, *, retry_after_s: int | None = None
) -> Response:
    """Refuse with a code and a key that names the reason."""
    headers = {} if retry_after_s is None else {RETRY_AFTER: str(retry_after_s)}
    return json_response({"error": key, **(details or {})}, status=status, headers=headers)
