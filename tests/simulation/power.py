"""A machine whose power can be cut: from then on its disk takes nothing and its sockets are closed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import override

from tests.journal.media import FAULTS, Medium


class Machine(Medium):
    """The disk of a machine; everything works until the power is gone."""

    def __init__(self) -> None:
        """Switch it on."""
        super().__init__()
        self.dead = False

    @contextmanager
    @override
    def around(self, call: str) -> Iterator[None]:
        if self.dead:
            raise FAULTS[0].at(call)
        yield
