"""The listen key: what opens the private stream, and dies after an hour unless it is renewed (fact sheet 3.2)."""

import asyncio
from typing import Final

from ....model.outcome import Unavailable
from ...resilience.classify import Readable
from ...secret import Secret
from .. import endpoints
from ..rest import MexcRest, unavailable
from ..shape import Fields, Malformed, unwrapped

RENEW_EVERY_S: Final = 25 * 60.0
"""The venue recommends half an hour; its hour leaves room for a try that fails."""

RENEW_AGAIN_S: Final = 60.0
"""After a renewal that nobody answered."""

LIFE_S: Final = 60 * 60.0
CLOSE_S_MAX: Final = 2.0


class ListenKeys:
    """Makes, renews and ends listen keys."""

    def __init__(self, rest: MexcRest) -> None:
        """Use this account's client."""
        self._rest = rest

    async def create(self) -> Secret | Unavailable:
        """Make a key."""
        result = await self._rest.once(endpoints.LISTEN_KEY_CREATE)
        if not isinstance(result, Readable):
            return unavailable(result)
        try:
            return Secret(Fields(unwrapped(result.payload)).identity("listenKey"))
        except Malformed as error:
            return Unavailable(cause=f"malformed answer: {error}", trace=result.trace)

    async def keep(self, key: Secret) -> None:
        """Renew a key for as long as that works; return when it is gone. Cancel to stop.

        Any refusal counts as gone, and so does an hour without an answer.
        """
        loop = asyncio.get_running_loop()
        renewed_s = loop.time()
        wait_s = RENEW_EVERY_S
        while loop.time() - renewed_s < LIFE_S:
            await asyncio.sleep(wait_s)
            result = await self._rest.persistently(endpoints.LISTEN_KEY_RENEW, (("listenKey", key.reveal()),))
            if isinstance(result, Readable):
                renewed_s, wait_s = loop.time(), RENEW_EVERY_S
            elif unavailable(result).code is not None:
                return
            else:
                wait_s = RENEW_AGAIN_S

    async def close(self, key: Secret) -> None:
        """End a key, if that works soon; otherwise it ends by itself within the hour."""
        try:
            async with asyncio.timeout(CLOSE_S_MAX):
                await self._rest.once(endpoints.LISTEN_KEY_CLOSE, (("listenKey", key.reveal()),))
        except TimeoutError:
            return
