"""A machine whose disk fails at the Nth call."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import override

from tests.journal.media import FAULTS, Fault, FaultyMedium
from tests.simulation.power import Machine


class FaultyMachine(Machine, FaultyMedium):
    """Fails the Nth call of its storage, and those behind it while ``lasting``, until it is healed."""

    def __init__(
        self, fault: Fault = FAULTS[0], nth: int | None = None, *, lasting: bool = False, late: bool = False
    ) -> None:
        """Count calls from 1; None: no call fails."""
        FaultyMedium.__init__(self, fault, nth, lasting=lasting, late=late)
        self.dead = False

    @contextmanager
    @override
    def around(self, call: str) -> Iterator[None]:
        with Machine.around(self, call), FaultyMedium.around(self, call):
            yield
