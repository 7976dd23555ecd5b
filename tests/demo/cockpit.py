"""What a person does in Home Assistant, over its own interfaces: sign in, add an account, look, act."""

import asyncio
from collections.abc import Mapping
import itertools
import time
from typing import Any, Final

from aiohttp import ClientError, ClientSession

DOMAIN: Final = "mexc_trading"
NAME: Final = "demo"
PASSWORD: Final = "demo"

_READY_S: Final = 180
"""The first start of a new instance on a slow machine."""

_POLL_S: Final = 0.1

type Json = dict[str, Any]  # What Home Assistant answers.


class Timeout(Exception):
    """Something that had to happen did not happen in time."""


class Cockpit:
    """A signed-in user of one Home Assistant."""

    def __init__(self, *, session: ClientSession, url: str) -> None:
        """Talk to the instance at ``url``."""
        self._session = session
        self._url = url
        self._client_id = f"{url}/"
        self._tokens: Json = {}
        self._ids = itertools.count(1)

    @property
    def tokens(self) -> Json:
        """The answer of the token endpoint, for a browser to be signed in with."""
        return self._tokens

    def beside(self, session: ClientSession) -> Cockpit:
        """Give the same user at another device: signed in already, with connections of their own."""
        other = Cockpit(session=session, url=self._url)
        other._tokens = self._tokens
        return other

    async def onboard(self) -> None:
        """Make the first user and sign in."""
        await self.until_answering()
        user = {
            "client_id": self._client_id,
            "name": "Demo",
            "username": NAME,
            "password": PASSWORD,
            "language": "en",
        }
        code = (await self._post("/api/onboarding/users", user))["auth_code"]
        form = {"grant_type": "authorization_code", "code": code, "client_id": self._client_id}
        async with self._session.post(f"{self._url}/auth/token", data=form) as answer:
            self._tokens = await answer.json()

    async def sign_in_again(self) -> None:
        """Get a new access token after a restart."""
        await self.until_answering()
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self._tokens["refresh_token"],
            "client_id": self._client_id,
        }
        async with self._session.post(f"{self._url}/auth/token", data=form) as answer:
            self._tokens |= await answer.json()

    async def until_running(self) -> None:
        """Wait until Home Assistant has finished its start."""

        async def running() -> bool:
            return (await self._get("/api/config")).get("state") == "RUNNING"

        await self.until("Home Assistant runs", running, _READY_S)

    async def flow(self, start: Json, *steps: Json, subentry: bool = False) -> tuple[Json, Json]:
        """Walk a config flow; give the last form that was shown and the result."""
        return await self._walk("subentries/flow" if subentry else "flow", start, *steps)

    async def set_limits(self, entry_id: str, answers: Json) -> None:
        """Fill the form of an account's limits; what is not answered stays as it is, and None empties a field."""
        await self._walk("options/flow", {"handler": entry_id}, answers)

    async def _walk(self, kind: str, start: Json, *steps: Json) -> tuple[Json, Json]:
        path = f"/api/config/config_entries/{kind}"
        shown: Json = {}
        answer = await self._post(path, start)
        for step in steps:
            shown = answer
            filled = _filled(answer["data_schema"], step)
            answer = await self._post(f"{path}/{answer['flow_id']}", filled)
            if answer.get("errors"):
                raise Timeout(f"the form refused: {answer['errors']}")
        return shown, answer

    async def act(self, service: str, fields: Json) -> tuple[int, Json]:
        """Run one of our actions with a response; give the HTTP status and the answer."""
        path = f"{self._url}/api/services/{DOMAIN}/{service}?return_response"
        async with self._session.post(path, json=fields, headers=self._headers()) as answer:
            body: Json = await answer.json(content_type=None) if answer.content_length else {}
            return answer.status, body.get("service_response", body)

    async def switch(self, entity_id: str, *, on: bool) -> int:
        """Turn a switch; give the HTTP status."""
        path = f"{self._url}/api/services/switch/turn_{'on' if on else 'off'}"
        async with self._session.post(path, json={"entity_id": entity_id}, headers=self._headers()) as answer:
            return answer.status

    async def state(self, entity_id: str) -> Json:
        """Read an entity."""
        return await self._get(f"/api/states/{entity_id}")

    async def entities(self, book: str = "") -> Mapping[str, str]:
        """Give a book's entities by translation key, strategies aside; without a name those of the account's own."""
        rows = await self.ask({"type": "config/entity_registry/list"})
        return {
            row["translation_key"]: row["entity_id"]
            for row in rows
            if row["platform"] == DOMAIN and _book_of(row) == book and row.get("config_subentry_id") is None
        }

    async def call(self, service: str, fields: Json) -> Json:
        """Run one of our actions as the frontend does; give its response, or the error that a person would read."""
        message = {
            "type": "call_service",
            "domain": DOMAIN,
            "service": service,
            "service_data": fields,
            "return_response": True,
        }
        answer = await self._exchange(message)
        result: Json = answer["result"]["response"] if answer["success"] else {"error": answer["error"]}
        return result

    async def ask(self, message: Json) -> Any:  # noqa: ANN401 - every command has an answer of its own shape
        """Send one command over the WebSocket interface and give its result."""
        answer = await self._exchange(message)
        if not answer["success"]:
            raise Timeout(f"{message['type']}: {answer['error']}")
        return answer["result"]

    async def _exchange(self, message: Json) -> Json:
        """Send one command and give the whole answer."""
        async with self._session.ws_connect(f"{self._url}/api/websocket") as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self._tokens["access_token"]})
            await socket.receive_json()
            await socket.send_json({"id": next(self._ids), **message})
            answer: Json = await socket.receive_json()
            return answer

    async def until(self, what: str, holds: Any, within_s: float) -> None:  # noqa: ANN401 - an async predicate
        """Wait until a predicate holds; raise :class:`Timeout` naming what did not happen."""
        deadline = time.monotonic() + within_s
        while not await holds():
            if time.monotonic() > deadline:
                raise Timeout(what)
            await asyncio.sleep(_POLL_S)

    async def until_answering(self) -> None:
        """Wait until the instance serves requests; a new one then waits for its first user."""

        async def answering() -> bool:
            try:
                async with self._session.get(f"{self._url}/api/onboarding") as answer:
                    return answer.status in {200, 404}
            except ClientError:
                return False

        await self.until("Home Assistant answers", answering, _READY_S)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens['access_token']}"} if self._tokens else {}

    async def _get(self, path: str) -> Json:
        async with self._session.get(f"{self._url}{path}", headers=self._headers()) as answer:
            return await answer.json() if answer.status == 200 else {}

    async def _post(self, path: str, body: Json) -> Json:
        async with self._session.post(f"{self._url}{path}", json=body, headers=self._headers()) as answer:
            answer.raise_for_status()
            result: Json = await answer.json()
            return result


def _filled(schema: list[Json], answers: Json) -> Json:
    """Leave what a person would leave: fields that were not answered keep what the form shows in them."""
    filled = {}
    for field in schema:
        name = field["name"]
        shown = field.get("default", (field.get("description") or {}).get("suggested_value"))
        if field.get("type") == "expandable":
            filled[name] = _filled(field["schema"], answers.get(name, {}))
        elif (value := answers.get(name, shown)) is not None:
            filled[name] = value
    return filled


def _book_of(row: Json) -> str:
    """Name the book of an entity that is not the account's own: it stands in the unique id, after the account's."""
    rest = str(row["unique_id"]).removeprefix(f"{row['config_entry_id']}_")
    return "paper" if rest.startswith("paper_") else ""
