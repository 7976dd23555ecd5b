"""Heads of the journals, kept where the journals are not: what tells a journal that was put back, cut or rebuilt.

A chain that is rebuilt as a whole is without fault in itself. Only a head that was seen before can contradict it.
This file is there at boot, before anything else. Home Assistant's recorder keeps them too, as states of the sensor:
see :mod:`.recorded_heads`.
"""

from datetime import UTC, datetime
from typing import Final, NotRequired, Protocol, TypedDict

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from ..engine.ports import Head
from ..model.ids import BookName

_VERSION: Final = 1

DAYS_KEPT: Final = 31
"""One head a day, the last of it: a month of them."""


class Witnesses(Protocol):
    """Remembers heads of an account's books."""

    async def heads(self, book: BookName) -> tuple[Head, ...]:
        """Give the heads that were seen, oldest first."""
        ...

    async def note(self, book: BookName, head: Head, *, afresh: bool = False) -> None:
        """Remember a durable head; ``afresh`` forgets those before it, which contradict it and have been reported."""
        ...

    async def since_s(self, book: BookName) -> int:
        """Say since when what was seen counts, in s since the epoch: when :meth:`note` last began afresh; 0: never."""
        ...

    async def move(self, book: BookName, former: str) -> None:
        """Keep what was seen of a book under another name: its journal is put away there. Twice is like once."""
        ...

    async def verified_s(self, book: BookName) -> int:
        """Say when the book was last verified as a whole, in s since the epoch; 0: never."""
        ...

    async def verified(self, book: BookName, at_s: int) -> None:
        """Remember when the book was verified."""
        ...


class _Seen(TypedDict):
    """One head on disk."""

    day: str
    seq: int
    hash: str


class _Book(TypedDict):
    """What is kept of one book."""

    heads: list[_Seen]
    verified_s: NotRequired[int]
    since_s: NotRequired[int]


class StoredWitnesses:
    """Heads in Home Assistant's storage, one file an account. It stays when the account goes, as its journals do."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file. Nothing is read yet."""
        self._store: Store[dict[str, _Book]] = Store(hass, _VERSION, f"{DOMAIN}.{entry_id}.witnesses", private=True)
        self._books: dict[str, _Book] | None = None

    async def heads(self, book: BookName) -> tuple[Head, ...]:
        """Give the heads that were seen, oldest first."""
        kept = await self._kept(book)
        return tuple(Head(seen["seq"], seen["hash"]) for seen in kept["heads"])

    async def note(self, book: BookName, head: Head, *, afresh: bool = False) -> None:
        """Remember a durable head, the last one of each day."""
        kept = await self._kept(book)
        now = datetime.now(UTC)
        day = f"{now:%Y-%m-%d}"
        if not afresh and kept["heads"] and kept["heads"][-1]["seq"] == head.seq:
            return
        if afresh:
            kept["since_s"] = int(now.timestamp()) + 1
        former = [] if afresh else [seen for seen in kept["heads"] if seen["day"] != day]
        kept["heads"] = [*former, _Seen(day=day, seq=head.seq, hash=head.hash)][-DAYS_KEPT:]
        await self._save()

    async def since_s(self, book: BookName) -> int:
        """Say since when what was seen counts."""
        return (await self._kept(book)).get("since_s", 0)

    async def move(self, book: BookName, former: str) -> None:
        """Keep what was seen of a book under another name; what is kept there already stays."""
        kept = await self._kept(book)
        if self._books is not None:
            self._books.setdefault(former, kept)
            self._books[book] = _Book(heads=[])
            await self._save()

    async def verified_s(self, book: BookName) -> int:
        """Say when the book was last verified as a whole."""
        return (await self._kept(book)).get("verified_s", 0)

    async def verified(self, book: BookName, at_s: int) -> None:
        """Remember when the book was verified."""
        (await self._kept(book))["verified_s"] = at_s
        await self._save()

    async def _kept(self, book: BookName) -> _Book:
        if self._books is None:
            self._books = dict(await self._store.async_load() or {})
        return self._books.setdefault(book, _Book(heads=[]))

    async def _save(self) -> None:
        if self._books is not None:
            await self._store.async_save(self._books)
