"""Floods one or several webhooks; runs as a process of its own, with nothing but the standard library.

Reads one JSON line: ``host``, ``port``, ``connections``, ``requests`` (``[kind, path, secret, body]`` each). Says
``ready`` when all of them are signed; at the next line sends them all as fast as they are taken, and prints JSON with
the seconds it took, the answers by kind and code, and the times of the answers to signed requests (s).
"""

import asyncio
import base64
from collections import Counter
import hashlib
import hmac
import json
import sys
import time

SLOW_S = 0.5
"""How long a slow sender leaves its body unfinished."""

OVERSIZE = 64 * 1024
WAIT_S = 15
"""How long an answer is waited for."""

HEADERS = 60
"""Headers of a header flood; the server's bound is for their sum."""


def packed(kind: str, path: str, secret: str, body: str, number: int) -> tuple[bytes, bytes]:
    """Write one request: what is sent at once, and what a slow sender sends later."""
    text = body.encode()
    message_id, at = f"burst-{number}", str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_")) if secret else b""
    mac = base64.b64encode(hmac.digest(key, f"{message_id}.{at}.".encode() + text, hashlib.sha256)).decode()
    length = OVERSIZE if kind == "oversized" else len(text)
    head = [
        f"POST {path} HTTP/1.1",
        "host: localhost",
        f"content-length: {length}",
        "content-type: application/json",
        f"webhook-id: {message_id}",
        f"webhook-timestamp: {at}",
        f"webhook-signature: v1,{mac if kind != 'forged' else mac[::-1]}",
    ]
    if kind == "headers":
        head += [f"x-flood-{index}: {'y' * 100}" for index in range(HEADERS)]
    start = "\r\n".join(head).encode() + b"\r\n\r\n"
    if kind == "oversized":
        return start + b"x" * OVERSIZE, b""
    if kind == "slow":
        return start + text[:1], text[1:]
    return start + text, b""


class Flood:
    """All requests, taken one by one by the connections."""

    def __init__(self, plan: dict) -> None:
        """Sign everything before the clock starts."""
        self._address = plan["host"], plan["port"]
        self._queue = [
            (kind, *packed(kind, path, secret, body, number))
            for number, (kind, path, secret, body) in enumerate(plan["requests"])
        ][::-1]
        self._connections = plan["connections"]
        self.answers: Counter[str] = Counter()
        self.times: list[float] = []

    async def run(self) -> float:
        """Send everything; give the seconds."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for _ in range(self._connections):
                group.create_task(self._connection())
        return time.monotonic() - began

    async def _connection(self) -> None:
        streams = None
        while self._queue:
            kind, now, later = self._queue.pop()
            began = time.monotonic()
            try:
                if streams is None:
                    streams = await asyncio.open_connection(*self._address)
                async with asyncio.timeout(WAIT_S):
                    code, open_still = await self._exchange(streams, now, later)
            except OSError, EOFError, TimeoutError:
                code, open_still = "closed", False
            self.answers[f"{kind} {code}"] += 1
            if kind == "signed":
                self.times.append(time.monotonic() - began)
            if not open_still and streams is not None:
                streams[1].close()
                streams = None

    async def _exchange(self, streams: tuple, now: bytes, later: bytes) -> tuple[str, bool]:
        reader, writer = streams
        writer.write(now)
        await writer.drain()
        if later:
            await asyncio.sleep(SLOW_S)
            writer.write(later)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next((int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:")), 0)
        await reader.readexactly(length)
        return head[9:12], "connection: close" not in head


def main() -> None:
    """Prepare, wait, send, tell."""
    for line in sys.stdin:
        flood = Flood(json.loads(line))
        print("ready", flush=True)
        sys.stdin.readline()
        seconds = asyncio.run(flood.run())
        print(json.dumps({"seconds": seconds, "answers": flood.answers, "times": flood.times}), flush=True)


main()
