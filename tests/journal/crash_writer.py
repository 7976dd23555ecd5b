"""A process that appends until it is killed: ``python -m tests.journal.crash_writer PATH``.

Every confirmed head goes to standard output as one line ``SEQ:HASH``, after the journal has confirmed it.
"""

import asyncio
from itertools import count
import os
from pathlib import Path
import sys

from custom_components.mexc_trading.journal.snapshot import Snapshot

from . import plain as plain  # noqa: PLC0414  comes first: what follows must not load Home Assistant
from .books import appended, opened

_SNAPSHOT_EVERY = 7
_ARCHIVE_EVERY = 5


async def main(path: Path) -> None:
    """Append batches of 1 to 9 records forever, with a snapshot and an archive now and then."""
    journal = (await opened(path)).journal
    for number in count(1):
        head = await appended(journal, journal.head.seq + 1, number % 9 + 1)
        os.write(sys.stdout.fileno(), f"{head.seq}:{head.hash}\n".encode())
        if number % _SNAPSHOT_EVERY == 0:
            await journal.save_snapshot(Snapshot(head=head, state=f'{{"records":{head.seq}}}'))
        if number % _ARCHIVE_EVERY == 0:
            await journal.archive()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
