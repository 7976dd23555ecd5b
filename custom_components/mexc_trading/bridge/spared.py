"""Long work in threads that leaves the interpreter to the event loop.

A thread that computes lets go of the interpreter only every 5 ms; the event loop lets go of it with each packet that it
sends, and would wait those 5 ms each time. A thread that lets go by itself, often, makes it wait for a fraction of one.
"""

from collections.abc import Iterable, Iterator
import time
from typing import Final

WORK_S: Final = 0.0003
"""How long the thread works at a stretch: what a packet may wait for."""

REST_S: Final = 0.0001
"""How long it lets go then. Who waits for the interpreter gets it at once, however short this is."""


def spared[T](items: Iterable[T]) -> Iterator[T]:
    """Give items on, with rests while the work that is made of them becomes long. For threads: it sleeps."""
    since_s = time.monotonic()
    for item in items:
        yield item
        if time.monotonic() - since_s >= WORK_S:
            time.sleep(REST_S)
            since_s = time.monotonic()
