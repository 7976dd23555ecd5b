"""A power cut at the Nth sync: what was not synced by then is gone, and nothing that was comes back otherwise."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, override

from tests.journal.media import FAULTS, FILE_CALLS
from tests.simulation.power import Machine

SYNCS: Final = FILE_CALLS | {"COMMIT"}
"""Calls that end with a sync. Everything else only writes to the system's cache."""

NOT_KEPT: Final = (".lock", "-shm")
"""Files that mean nothing to the next process."""


class PowerCut:
    """Keeps what the medium would have, and gives machines on which the power goes at a sync.

    ``after``: the sync was done, but nobody hears of it any more. ``lying``: the medium only said that the
    one before it was done, which no software can bear.
    """

    def __init__(self, folder: Path, nth: int, *, after: bool, lying: bool = False) -> None:
        """Count syncs from 1. ``on_cut`` is called once in the event loop that runs now."""
        self.happened = False
        self.on_cut: Callable[[], object] = lambda: None
        self._folder = folder
        self._nth = nth
        self._after = after
        self._lying = lying
        self._syncs = 0
        self._medium: dict[Path, bytes] = {}
        self._machine: SyncedMachine | None = None
        self._loop = asyncio.get_running_loop()

    def machine(self) -> Machine:
        """Start anew: after a cut with what the medium has."""
        if self._machine is not None and self._machine.dead:
            for path in self._folder.iterdir():
                path.unlink()
            for path, content in self._medium.items():
                path.write_bytes(content)
        self._machine = SyncedMachine(self)
        return self._machine

    def before_sync(self, machine: Machine) -> None:
        """Count, and cut if this is the one."""
        self._syncs += 1
        if self._syncs == self._nth and not self._after:
            self._cut(machine)

    def synced(self, machine: Machine) -> None:
        """Take over what is on the medium now, and cut if this is the one."""
        due = self._syncs == self._nth and self._after
        if not (self._lying and self._syncs == self._nth - 1):
            files = [path for path in self._folder.iterdir() if not path.name.endswith(NOT_KEPT)]
            self._medium = {path: path.read_bytes() for path in files}
        if due:
            self._cut(machine)

    def _cut(self, machine: Machine) -> None:
        self.happened = machine.dead = True
        self._loop.call_soon_threadsafe(self.on_cut)


class SyncedMachine(Machine):
    """A machine whose syncs are counted."""

    def __init__(self, power: PowerCut) -> None:
        """Hang it on a power line."""
        super().__init__()
        self._power = power

    @contextmanager
    @override
    def around(self, call: str) -> Iterator[None]:
        if call in SYNCS and not self.dead:
            self._power.before_sync(self)
        with super().around(call):
            yield
        if call in SYNCS:
            self._power.synced(self)
            if self.dead:
                raise FAULTS[0].at(call)
