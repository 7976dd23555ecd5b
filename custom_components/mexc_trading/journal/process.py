"""Running a Python program of ours as a process of its own: what takes long must not take the engine's time."""

import asyncio
from collections.abc import Mapping, Sequence
import sys
from typing import Final, NamedTuple

RUN_S_MAX: Final = 600
"""How long a program may run: ten minutes are more than a journal of ten million records takes."""


class Ran(NamedTuple):
    """How a program ended: its exit code, what it wrote, and what it complained of."""

    code: int | None
    output: str
    complaint: str


async def run_python(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Ran:
    """Run a Python program to its end; if nobody waits for it any more, or for too long, end it.

    Raises TimeoutError after :data:`RUN_S_MAX`.
    """
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=pipe, stderr=pipe, env=None if environment is None else dict(environment)
    )
    try:
        async with asyncio.timeout(RUN_S_MAX):
            output, complaint = await process.communicate()
    except BaseException:
        if process.returncode is None:
            process.kill()
            await process.wait()
        raise
    return Ran(process.returncode, output.decode(), complaint.decode(errors="replace"))
