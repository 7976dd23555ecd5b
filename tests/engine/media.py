"""Disks that refuse, wait or are slow for as long as a test wants."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import override

from tests.journal.media import FAULTS, GatedMedium, Medium


class StubbornMedium(Medium):
    """Refuses every call that begins with a word, until it is healed."""

    def __init__(self) -> None:
        """Start in order."""
        super().__init__()
        self._word: str | None = None

    def refuse(self, word: str) -> None:
        """Refuse statements that begin with this word from now on; an empty one refuses everything."""
        self._word = word

    def heal(self) -> None:
        """Let everything pass again."""
        self._word = None

    @contextmanager
    @override
    def around(self, call: str) -> Iterator[None]:
        if self._word is not None and call.startswith(self._word):
            raise FAULTS[0].at(call)
        yield


class WatchedGate(GatedMedium):
    """A gate before the commit that says when somebody stands before it."""

    def __init__(self) -> None:
        """Start open, with nobody there."""
        super().__init__()
        self.waiting = Event()

    @contextmanager
    @override
    def around(self, call: str) -> Iterator[None]:
        if call == "COMMIT" and not self.gate.is_set():
            self.waiting.set()
        with super().around(call):
            yield


class TiredMedium(Medium):
    """Takes as long for a commit as a test says, from one moment to the next."""

    def __init__(self) -> None:
        """Start quick."""
        super().__init__()
        self.sync_s = 0.0
        self._never = Event()

    @contextmanager
    @override
    def around(self, call: str) -> Iterator[None]:
        yield
        if call == "COMMIT":
            self._never.wait(self.sync_s)
