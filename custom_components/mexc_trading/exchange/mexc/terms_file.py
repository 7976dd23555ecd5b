"""Instruments' terms on disk, with their age: what was learned once survives a restart and a venue that is away."""

import asyncio
from dataclasses import dataclass
import json
import os
from pathlib import Path
from typing import Final

from ...model.codec import Unreadable, from_plain, to_plain
from ...model.ids import Symbol
from ...model.market import Instrument

VERSION: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTerms:
    """Terms as they were at ``read_at_ns``, for everything that was ``asked`` of ``rest_url``.

    A symbol that was asked for and is not among the instruments is one that the venue does not know.
    """

    rest_url: str
    read_at_ns: int
    asked: tuple[Symbol, ...]
    instruments: tuple[Instrument, ...]
    oddities: tuple[str, ...]
    version: int = VERSION


class TermsFile:
    """One file, replaced as a whole. Blocking work is done in a thread."""

    def __init__(self, path: Path) -> None:
        """Name the file; its folder is made when it is first written."""
        self._path = path

    async def load(self, rest_url: str) -> KnownTerms | None:
        """Read what is known of this venue; None if there is nothing, or nothing readable."""
        return await asyncio.to_thread(self._load, rest_url)

    async def save(self, terms: KnownTerms) -> bool:
        """Replace the file; False if the disk refused. Nothing depends on it but the next start's first question."""
        return await asyncio.to_thread(self._save, terms)

    def _load(self, rest_url: str) -> KnownTerms | None:
        """Read the file."""
        try:
            terms = from_plain(KnownTerms, json.loads(self._path.read_text(encoding="utf-8")))
        except OSError, ValueError, RecursionError, Unreadable:
            return None
        return terms if terms.version == VERSION and terms.rest_url == rest_url else None

    def _save(self, terms: KnownTerms) -> bool:
        """Write beside the file, sync, and put it in the file's place."""
        beside = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("w", encoding="utf-8") as file:
                json.dump(to_plain(terms), file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError:
            return False
        return True
