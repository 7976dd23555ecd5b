"""A process that has imported everything once and does nothing but fork: a life starts in milliseconds.

It must be started before this process has an event loop or a thread. Its children do the same: they fork first.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
import gc
import json
import os
import select
import signal
import socket
import sys
import traceback
from typing import Final, Self, cast

type Json = dict[str, object]
type Live = Callable[[Json, int, int], None]
"""Gets the spec, the file descriptor to tell on and the one to listen to, in the new process."""

_MESSAGE_BYTES_MAX: Final = 65_536
_TOLD_BYTES_MAX: Final = 16 * 1024 * 1024


class Nursery:
    """The parent of all lives."""

    def __init__(self, live: Live, speed: int) -> None:
        """Fork it, in a process whose clocks were hurried by ``speed``: its lives' clocks agree with ours."""
        self._speed = speed
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if os.fork() == 0:
            ours.close()
            _serve(theirs, live)
        theirs.close()
        self._control = ours

    async def start(self, spec: Json) -> Life:
        """Begin a life."""
        ours, theirs = socket.socketpair()
        heard, word = os.pipe()
        socket.send_fds(self._control, [json.dumps({**spec, "speed": self._speed}).encode()], [theirs.fileno(), heard])
        theirs.close()
        os.close(heard)
        reader, writer = await asyncio.open_connection(sock=ours, limit=_TOLD_BYTES_MAX)
        pid = cast("int", json.loads(await reader.readline())["pid"])
        return Life(reader, writer, word, os.pidfd_open(pid))

    def close(self) -> None:
        """Let it end."""
        self._control.close()


class Life:
    """One process: what it tells, and its end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, word: int, pidfd: int) -> None:
        """Take the channel that it tells on, the pipe that it listens to, and the process."""
        self._reader = reader
        self._writer = writer
        self._word = word
        self._pidfd = pidfd

    def __aiter__(self) -> Self:
        """Listen to what it tells until it is gone."""
        return self

    async def __anext__(self) -> Json:
        """Give the next thing that it tells."""
        line = await self._reader.readline()
        if not line.endswith(b"\n"):
            raise StopAsyncIteration
        told: Json = json.loads(line)
        return told

    def go(self) -> None:
        """Give it the word that it waits for. Harmless if it is gone already."""
        with suppress(BrokenPipeError):
            os.write(self._word, b"!")

    def kill(self) -> None:
        """``kill -9``. Harmless if it is gone already."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    async def gone(self) -> None:
        """Wait until nothing is left of it: no open file, no lock."""
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        if not select.select([self._pidfd], [], [], 0)[0]:
            loop.add_reader(self._pidfd, ended.set)
            await ended.wait()
            loop.remove_reader(self._pidfd)
        os.close(self._pidfd)
        os.close(self._word)
        self._writer.close()


def _serve(control: socket.socket, live: Live) -> None:
    """Fork a child for each message until the director is gone, and end with all of them. Does not come back."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, _MESSAGE_BYTES_MAX, 2)
        if not message:
            os.killpg(0, signal.SIGKILL)
        if os.fork() == 0:
            control.close()
            _be_born(json.loads(message), descriptors, live)
        for descriptor in descriptors:
            os.close(descriptor)


def _be_born(spec: Json, descriptors: list[int], live: Live) -> None:
    """Live, then end without any of the parent's clean-up."""
    channel, heard = descriptors
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.write(channel, f'{{"pid":{os.getpid()}}}\n'.encode())
    try:
        live(spec, channel, heard)
    except BaseException:  # noqa: BLE001 - whatever it was, the one who waits must see it
        os.write(channel, f"{json.dumps({'died': traceback.format_exc()})}\n".encode())
    sys.stderr.flush()
    os._exit(0)
