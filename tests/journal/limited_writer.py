"""A process whose files the kernel refuses to let grow: ``python -m tests.journal.limited_writer PATH``."""

import asyncio
from pathlib import Path
import resource
import sys

from custom_components.mexc_trading.engine.ports import Head

from .books import drafts, opened

_LIMIT_BYTES = 64 * 1024


async def main(path: Path) -> None:
    """Append before, under and after the limit, and say what was answered."""
    journal = (await opened(path)).journal
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for first, count, limit in ((1, 20, hard), (21, 2000, _LIMIT_BYTES), (21, 2000, _LIMIT_BYTES), (21, 20, hard)):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        answer = await journal.append(drafts(first, count))
        sys.stdout.write("confirmed\n" if isinstance(answer, Head) else "refused\n")
    await journal.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
