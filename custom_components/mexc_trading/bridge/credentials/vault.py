"""HashiCorp Vault, key-value store version 2: ``GET /v1/<mount>/data/<path>``."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from aiohttp import ClientSession

from .fetch import get_json
from .local import read_token
from .source import KeyPair, SourceTrouble, away, missing, pair_of

TOKEN_VARIABLE: Final = "VAULT_TOKEN"  # noqa: S105  # The name of a variable.


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultReference:
    """One secret of one Vault. The token comes from ``token_file``, as an agent writes it, or from ``VAULT_TOKEN``."""

    url: str
    mount: str
    path: str
    key_field: str
    secret_field: str
    namespace: str = ""
    token_file: str = ""


async def read_vault(reference: VaultReference, session: ClientSession) -> KeyPair | SourceTrouble:
    """Read the newest version of the secret; a deleted one counts as missing."""
    token = await read_token(reference.token_file, TOKEN_VARIABLE)
    if isinstance(token, SourceTrouble):
        return token
    headers = {"X-Vault-Token": token.reveal(), "X-Vault-Request": "true"}
    if reference.namespace:
        headers["X-Vault-Namespace"] = reference.namespace
    url = f"{reference.url}/v1/{quote(reference.mount.strip('/'))}/data/{quote(reference.path.strip('/'))}"
    answer = await get_json(session, url, headers)
    if isinstance(answer, SourceTrouble):
        return answer
    outer = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(outer, dict) or "data" not in outer:
        return away(url)
    inner = outer["data"]
    if inner is None:
        return missing(url)
    return pair_of(inner, reference.key_field, reference.secret_field) if isinstance(inner, dict) else away(url)
