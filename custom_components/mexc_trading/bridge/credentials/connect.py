"""1Password Connect: an item of a vault, each given by its id or by its name."""

from dataclasses import dataclass
import re
from typing import Final
from urllib.parse import quote

from aiohttp import ClientSession

from .fetch import get_json
from .local import read_token
from .source import KeyPair, SourceTrouble, away, missing, pair_of

TOKEN_VARIABLE: Final = "OP_CONNECT_TOKEN"  # noqa: S105  # The name of a variable.

_ID: Final = re.compile(r"[a-z0-9]{26}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectReference:
    """One item on one Connect server. The token comes from ``token_file`` or from ``OP_CONNECT_TOKEN``."""

    url: str
    vault: str
    item: str
    key_field: str
    secret_field: str
    token_file: str = ""


async def read_connect(reference: ConnectReference, session: ClientSession) -> KeyPair | SourceTrouble:
    """Read the item's fields by their labels."""
    token = await read_token(reference.token_file, TOKEN_VARIABLE)
    if isinstance(token, SourceTrouble):
        return token
    headers = {"Authorization": f"Bearer {token.reveal()}"}
    place = f"{reference.url}/v1/vaults"
    for name, collection, attribute in ((reference.vault, "items", "name"), (reference.item, "", "title")):
        found = await _id_of(session, place, headers, name=name, attribute=attribute)
        if isinstance(found, SourceTrouble):
            return found
        place = f"{place}/{quote(found)}" + (f"/{collection}" if collection else "")
    item = await get_json(session, place, headers)
    if isinstance(item, SourceTrouble):
        return item
    fields = item.get("fields") if isinstance(item, dict) else None
    if not isinstance(fields, list):
        return away(place)
    by_label = {str(one.get("label")): one.get("value") for one in fields if isinstance(one, dict)}
    return pair_of(by_label, reference.key_field, reference.secret_field)


async def _id_of(
    session: ClientSession, place: str, headers: dict[str, str], *, name: str, attribute: str
) -> str | SourceTrouble:
    """Give the id of what has this name; two of one name are none, for nobody can say which was meant."""
    if _ID.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    listed = await get_json(session, place, headers, query={"filter": f'{attribute} eq "{escaped}"'})
    if isinstance(listed, SourceTrouble):
        return listed
    if not isinstance(listed, list):
        return away(place)
    ids = [one["id"] for one in listed if isinstance(one, dict) and one.get(attribute) == name and "id" in one]
    return str(ids[0]) if len(ids) == 1 else missing(name)
