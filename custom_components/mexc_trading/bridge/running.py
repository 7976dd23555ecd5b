"""The background tasks of one book: they live as long as it, and a bug in one of them stops it."""

import asyncio
from collections.abc import Coroutine

from ..engine.book import Book
from ..engine.worker import Spawn


class Running:
    """Everything of one book that goes on by itself."""

    def __init__(self, *, book: Book, spawn: Spawn) -> None:
        """Name the book that stops when a task of it ends on a bug, and who starts tasks."""
        self._book = book
        self._spawn = spawn
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, work: Coroutine[object, object, None], name: str) -> None:
        """Start something that goes on until :meth:`stop`."""
        task = self._spawn(work, f"mexc_trading {name}")
        task.add_done_callback(self._on_end)
        self._tasks.append(task)

    async def stop(self) -> None:
        """End everything and wait for it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _on_end(self, task: asyncio.Task[None]) -> None:
        """Stop the book when one of its tasks ends on a bug: without it, it would only seem to work."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._book.fail(f"{task.get_name()}: {type(error).__name__}")
