"""Keys and tokens on this machine: environment variables, and files as containers and agents mount them."""

import asyncio
from dataclasses import dataclass
import os
from pathlib import Path
from typing import Final

from ...exchange.secret import Secret
from .source import KeyPair, SourceTrouble, denied, missing, pair_of

FILE_MAX: Final = 4096
"""Bytes of a file that holds one secret; anything longer is something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentReference:
    """The names of two environment variables of Home Assistant's process."""

    key_variable: str
    secret_variable: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReference:
    """The absolute paths of two files, each with one text: Docker and Kubernetes secrets, or an agent's output."""

    key_file: str
    secret_file: str


async def read_environment(reference: EnvironmentReference) -> KeyPair | SourceTrouble:
    """Read both variables."""
    return pair_of(os.environ, reference.key_variable, reference.secret_variable)


async def read_files(reference: FileReference) -> KeyPair | SourceTrouble:
    """Read both files off the event loop."""
    texts: dict[str, object] = {}
    for path in (reference.key_file, reference.secret_file):
        text = await asyncio.to_thread(_content, path)
        if isinstance(text, SourceTrouble):
            return text
        texts[path] = text
    return pair_of(texts, reference.key_file, reference.secret_file)


async def read_token(token_file: str, variable: str) -> Secret | SourceTrouble:
    """Read what lets us in at a source: from a file if one is named, else from the source's usual variable."""
    if not token_file:
        text: str | SourceTrouble = os.environ.get(variable, "")
    else:
        text = await asyncio.to_thread(_content, token_file)
    if isinstance(text, SourceTrouble):
        return text
    return Secret(text.strip()) if text.strip() else missing(token_file or variable)


def _content(path: str) -> str | SourceTrouble:
    """Read a small text file whole."""
    if not Path(path).is_absolute():
        return missing(path)
    try:
        with Path(path).open("rb") as file:
            content = file.read(FILE_MAX + 1)
    except PermissionError:
        return denied(path)
    except OSError:
        return missing(path)
    try:
        return content.decode() if len(content) <= FILE_MAX else missing(path)
    except UnicodeDecodeError:
        return missing(path)
