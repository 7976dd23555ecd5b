"""A 1Password Connect server: bearer tokens, vaults and items by id, lists with a filter by name."""

import re
from typing import Any, Final, override

from aiohttp import web

from .store import Store

TOKEN = "fake.connect.token"  # Visibly fake.

_FILTER: Final = re.compile(r'(name|title) eq "(.*)"')


class ConnectStore(Store):
    """Vaults by id, each with its name and its items."""

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._vaults: dict[str, str] = {}
        self._items: dict[str, dict[str, dict[str, Any]]] = {}

    def add_vault(self, vault_id: str, name: str) -> None:
        """Add a vault."""
        self._vaults[vault_id] = name
        self._items[vault_id] = {}

    def add_item(self, vault_id: str, item_id: str, title: str, **fields: str) -> None:
        """Add an item with fields by label, and the notes field without one that every item has."""
        listed: list[dict[str, str]] = [{"id": "notesPlain", "type": "STRING", "purpose": "NOTES"}]
        listed += [
            {"id": f"field{n}", "type": "CONCEALED", "label": label, "value": value}
            for n, (label, value) in enumerate(fields.items())
        ]
        self._items[vault_id][item_id] = {
            "id": item_id,
            "title": title,
            "vault": {"id": vault_id},
            "category": "API_CREDENTIAL",
            "fields": listed,
        }

    @override
    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _error(401, "Invalid token signature")
        match request.path.removeprefix("/v1/").split("/"):
            case ["vaults"]:
                vaults = [{"id": vault_id, "name": name} for vault_id, name in self._vaults.items()]
                return web.json_response(_among(request, vaults))
            case ["vaults", vault_id, "items"] if vault_id in self._items:
                items = [{"id": item["id"], "title": item["title"]} for item in self._items[vault_id].values()]
                return web.json_response(_among(request, items))
            case ["vaults", vault_id, "items", item_id] if item_id in self._items.get(vault_id, {}):
                return web.json_response(self._items[vault_id][item_id])
        return _error(404, "not found")


def _among(request: web.Request, listed: list[dict[str, str]]) -> list[dict[str, str]]:
    """Apply the filter that a request carries."""
    found = _FILTER.fullmatch(request.query.get("filter", ""))
    return [one for one in listed if one.get(found[1]) == found[2]] if found else listed


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"status": status, "message": message}, status=status)
