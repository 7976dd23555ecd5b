"""From a stored reference to a key: the one place that knows all sources."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Final

from aiohttp import ClientSession

from .aws import AwsReference, read_aws
from .connect import ConnectReference, read_connect
from .local import EnvironmentReference, FileReference, read_environment, read_files
from .source import KeyPair, Source, SourceTrouble
from .vault import VaultReference, read_vault

type Reference = EnvironmentReference | FileReference | VaultReference | ConnectReference | AwsReference

KINDS: Final[Mapping[Source, type[Reference]]] = {
    Source.ENVIRONMENT: EnvironmentReference,
    Source.FILE: FileReference,
    Source.VAULT: VaultReference,
    Source.ONEPASSWORD: ConnectReference,
    Source.AWS: AwsReference,
}


def reference_of(stored: Mapping[str, str]) -> Reference:
    """Read what the config entry keeps: ``source`` and that source's fields."""
    kind = KINDS[Source(stored["source"])]
    return kind(**{one.name: stored[one.name] for one in fields(kind) if one.name in stored})


async def read_pair(reference: Reference, session: ClientSession) -> KeyPair | SourceTrouble:
    """Read the key from where it is kept. Never raises for what a source does."""
    match reference:
        case EnvironmentReference():
            return await read_environment(reference)
        case FileReference():
            return await read_files(reference)
        case VaultReference():
            return await read_vault(reference, session)
        case ConnectReference():
            return await read_connect(reference, session)
        case AwsReference():
            return await read_aws(reference)
