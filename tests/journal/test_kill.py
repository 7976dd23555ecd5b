"""``kill -9`` at any moment: what was confirmed is there, the chain holds, the next run goes on."""

import asyncio
from contextlib import suppress
from pathlib import Path
import random
import subprocess
import sys

from custom_components.mexc_trading.engine.ports import Head
from custom_components.mexc_trading.journal.seal import LastRun
from custom_components.mexc_trading.journal.verify import Witness, verify

from .books import appended, opened

KILLS = 20
_SEED = 4


def _killed_run(book: Path, dice: random.Random) -> list[Head]:
    """Start a writer, kill it after some confirmed batches and a moment more, and give what it confirmed."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.journal.crash_writer", str(book)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(dice.randrange(12))]
        with suppress(subprocess.TimeoutExpired):
            writer.wait(timeout=dice.random() / 200)
        writer.kill()
        lines += writer.stdout.readlines()
    return [Head(int(seq), digest) for seq, _, digest in (line.decode().strip().partition(":") for line in lines)]


async def test_nothing_confirmed_is_lost_and_nothing_is_torn(book: Path) -> None:
    """Twenty runs on one book, each killed: heads, records, chain, snapshot and lock survive every time."""
    dice = random.Random(_SEED)
    witnessed: list[Head] = []
    for _ in range(KILLS):
        witnessed += await asyncio.to_thread(_killed_run, book, dice)
        found = await opened(book, witnesses=witnessed)
        assert found.quarantined is None
        assert (found.behind, found.contradicted) == ((), ())
        assert found.last_run is not LastRun.ALTERED
        keys = [record.key for record in found.journal.records()]
        assert keys == [f"key-{number}" for number in range(1, len(keys) + 1)]
        if found.snapshot is not None:
            assert found.snapshot.state == f'{{"records":{found.snapshot.head.seq}}}'
        witnessed.append(await appended(found.journal, len(keys) + 1, 1))
        await found.journal.close()
    files = sorted(book.parent.glob("live*.db"))
    report = verify(files, witnesses=[Witness(*head) for head in witnessed], head=Witness(*witnessed[-1]))
    assert report.valid
    assert len(files) > 1
    assert report.records > KILLS


async def test_a_killed_run_is_called_crashed(book: Path) -> None:
    """The boot after a kill says so; the boot after that one's clean end says clean."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.journal.crash_writer", str(book)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        writer.kill()
    found = await opened(book)
    assert found.last_run is LastRun.CRASHED
    await found.journal.close()
    found = await opened(book)
    assert found.last_run is LastRun.CLEAN
    await found.journal.close()
