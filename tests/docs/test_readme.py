"""The signing examples of the README, run as they stand there."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
import re
import shutil
import sys
import time
from typing import NamedTuple

from aiohttp import web
import pytest

from custom_components.mexc_trading.bridge.intake import Intake, Origin, Taken
from custom_components.mexc_trading.bridge.standard_webhooks import Verified, generate_secret, verify
from custom_components.mexc_trading.model.ids import BookName, StrategyId
from custom_components.mexc_trading.model.signal import Action, Source

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
URL = "http://homeassistant.local:8123/api/webhook/…"
SECRET = "whsec_…"


class Received(NamedTuple):
    """What the examples are sent to: an address, a secret, and what came in."""

    url: str
    secret: str
    requests: list[tuple[dict[str, str], bytes]]


@pytest.fixture
async def receiver(socket_enabled: None) -> AsyncIterator[Received]:
    """Listen on loopback as a webhook would."""
    requests: list[tuple[dict[str, str], bytes]] = []

    async def take(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        requests.append((headers, await request.read()))
        return web.json_response({"verdict": "allow"})

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield Received(url=f"http://127.0.0.1:{port}/hook", secret=generate_secret(), requests=requests)
    await runner.cleanup()


def example(language: str, holds: str, receiver: Received) -> str:
    """Take an example out of the README and put in the receiver's address and secret."""
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    (block,) = [text for text in blocks if holds in text]
    return block.replace(URL, receiver.url).replace(SECRET, receiver.secret)


@pytest.mark.parametrize(
    ("language", "holds", "program"),
    [
        ("sh", "openssl", ("bash", "-euo", "pipefail", "-c")),
        ("python", "urllib", (sys.executable, "-I", "-c")),
    ],
)
async def test_readme_example_signs_a_signal_that_is_taken(
    language: str, holds: str, program: tuple[str, ...], receiver: Received
) -> None:
    """Given an example with address and secret put in, when it runs, then its signal is believed and well-formed."""
    assert shutil.which(program[0])
    process = await asyncio.create_subprocess_exec(
        *program, example(language, holds, receiver), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()

    assert process.returncode == 0
    assert b"allow" in output
    ((headers, body),) = receiver.requests
    now_s = int(time.time())
    assert isinstance(verify(headers, body, secrets_valid=(receiver.secret,), now_s=now_s), Verified)
    origin = Origin(BookName("paper"), StrategyId("any"), Source.WEBHOOK, time.time_ns())
    taken = Intake().read(body, origin)
    assert isinstance(taken, Taken)
    assert taken.signal.action is Action.ENTER


def test_readme_opens_with_the_two_commands() -> None:
    """Given somebody new, when they open the README, then its first code block is the two commands."""
    first = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)[0]
    assert [line.split("#")[0].strip() for line in first.strip().splitlines()] == ["scripts/demo", "scripts/test"]
