"""The kill switch over HTTP: a signed request engages it. Nothing that comes this way can release it.

Address and secrets follow from the account's install secret and a running number, so they outlive every change of it
and none is kept anywhere. Whoever has them can stop entries and do nothing else.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from http import HTTPStatus
import logging
from typing import Final

from aiohttp.hdrs import METH_POST
from aiohttp.web import Request, Response, json_response

from homeassistant.components import webhook
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..const import DOMAIN
from ..model.mac import mac
from .account import Account
from .rate import TokenBucket
from .standard_webhooks import SECRET_PREFIX, Unverified, Verified, verify
from .webhook import read_body, refusal

_LOGGER = logging.getLogger(__name__)

BURST: Final = 10
PER_S: Final = 1
"""Requests that are looked at; engaging again changes nothing."""

_NS_PER_S: Final = 1_000_000_000
_ID_CHARS: Final = 48


def kill_webhook_id(install_secret: bytes) -> str:
    """Give the webhook's id: not guessable, and the same after every restart."""
    return mac(install_secret, b"kill switch webhook id").hex()[:_ID_CHARS]


def kill_webhook_secret(install_secret: bytes, number: int) -> str:
    """Give the secret that was made as the ``number``-th, counted from 1; none tells anything of another."""
    message = b"kill switch webhook secret %d" % number
    return SECRET_PREFIX + b64encode(mac(install_secret, message)).decode()


class KillDoor:
    """One account's webhook of the kill switch."""

    def __init__(self, account: Account, title: str, secrets_valid: Callable[[int], Sequence[str]]) -> None:
        """Open the door of this account with :meth:`async_open`.

        ``secrets_valid`` gives the secrets that are valid at a moment, in s since the epoch; none before one was made.
        """
        self._account = account
        self._secrets_valid = secrets_valid
        self._title = title
        self._bucket = TokenBucket(burst=BURST, per_s=PER_S)

    @callback
    def async_open(self, hass: HomeAssistant) -> CALLBACK_TYPE:
        """Register the webhook; the returned function takes it away."""
        webhook_id = kill_webhook_id(self._account.terms.install_secret)
        webhook.async_register(
            hass,
            DOMAIN,
            f"{self._title} kill switch",
            webhook_id,
            self.handle,
            local_only=False,
            allowed_methods=[METH_POST],
        )
        return lambda: webhook.async_unregister(hass, webhook_id)

    async def handle(self, hass: HomeAssistant, webhook_id: str, request: Request) -> Response:
        """Answer one request."""
        del hass, webhook_id
        try:
            return await self._answer(request)
        except Exception:
            # Part of the intake's border: a bug in here must not look like a switch engaged.
            _LOGGER.exception("A kill switch request failed unexpectedly")
            return refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error")

    async def _answer(self, request: Request) -> Response:
        body = await read_body(request)
        if isinstance(body, Response):
            return body
        now_s = self._account.now_ns() // _NS_PER_S
        match verify(request.headers, body, secrets_valid=self._secrets_valid(now_s), now_s=now_s):
            case Unverified():
                return refusal(HTTPStatus.UNAUTHORIZED, "unauthorized")
            case Verified(message_id=message_id):
                if wait_s := self._bucket.take():
                    return refusal(HTTPStatus.TOO_MANY_REQUESTS, "rate_limited", retry_after_s=wait_s)
                await self._account.engage_kill_switch(who="webhook", reason=f"message {message_id[:40]}")
                return json_response({"kill_switch": True})
