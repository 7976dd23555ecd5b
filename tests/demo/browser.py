"""Headless Chromium over its own debugging protocol: open a page as the demo's user, wait for it, take a picture."""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
import contextlib
import itertools
import json
from pathlib import Path
import re
import shutil
import tempfile
from typing import Any, Final

from aiohttp import ClientSession, ClientWebSocketResponse

_FLAGS: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--window-size=1280,900",
    "--remote-debugging-port=0",
)

_WAIT_S: Final = 30

# The frontend keeps its cards in nested shadow roots; this looks through all of them.
_DEEP: Final = """
(selector) => {
  const found = [];
  const visit = (root) => {
    found.push(...root.querySelectorAll(selector));
    for (const node of root.querySelectorAll('*')) if (node.shadowRoot) visit(node.shadowRoot);
  };
  visit(document);
  return found;
}
"""


def chromium() -> str | None:
    """Find the browser; None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Page:
    """One open page."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        """Talk to the page behind ``socket``."""
        self._socket = socket
        self._ids = itertools.count(1)

    async def command(self, method: str, **params: Any) -> Any:  # noqa: ANN401 - the protocol's own shapes
        """Send one command and give its result; events in between are passed over."""
        number = next(self._ids)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        while True:
            answer = await self._socket.receive_json()
            if answer.get("id") == number:
                return answer.get("result", {})

    async def evaluate(self, script: str) -> Any:  # noqa: ANN401 - any JSON value
        """Run a script in the page."""
        result = await self.command("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        return result.get("result", {}).get("value")

    async def sign_in(self, url: str, tokens: Mapping[str, Any], language: str) -> None:
        """Put the user's tokens and language where the frontend looks for them."""
        await self.command("Page.navigate", url=f"{url}/manifest.json")
        await self.until("document.readyState === 'complete' && location.origin !== 'null'")
        kept = {**tokens, "hassUrl": url, "clientId": f"{url}/", "expires": 4_000_000_000_000}
        await self.evaluate(f"localStorage.hassTokens = {json.dumps(json.dumps(kept))}")
        await self.evaluate(f"localStorage.selectedLanguage = {json.dumps(json.dumps(language))}")

    async def show(self, url: str, selector: str) -> None:
        """Open a page and wait until an element is there, through all shadow roots, and still a moment."""
        await self.command("Page.navigate", url=url)
        await self.until(f"({_DEEP})({json.dumps(selector)}).length > 0")
        await asyncio.sleep(2)

    async def click(self, selector: str, text: str = "") -> None:
        """Click the first element that matches and contains a text."""
        wanted = f"({_DEEP})({json.dumps(selector)}).find((node) => node.textContent.includes({json.dumps(text)}))"
        await self.until(f"!!{wanted}")
        await self.evaluate(f"{wanted}.click()")

    async def until(self, condition: str) -> None:
        """Wait until a script gives true."""
        async with asyncio.timeout(_WAIT_S):
            held = await self.evaluate(
                "new Promise((done) => {"
                f" const look = () => ({condition}) ? done(true) : setTimeout(look, 100); look(); }})"
            )
        if held is not True:
            raise RuntimeError(f"the page went away before {condition}")

    async def picture(self, path: Path) -> None:
        """Save what is to be seen as PNG."""
        result = await self.command("Page.captureScreenshot", format="png")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(result["data"]))


@contextlib.asynccontextmanager
async def open_page(session: ClientSession, program: str) -> AsyncIterator[Page]:
    """Start a browser with a profile of its own, give its page, and end it."""
    with tempfile.TemporaryDirectory(prefix="mexc-demo-browser-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            program,
            *_FLAGS,
            f"--user-data-dir={profile}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            address = await _address(process)
            async with session.get(f"{address}/json/list") as answer:
                pages = await answer.json(content_type=None)
            target = next(page for page in pages if page["type"] == "page")
            async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                await page.command("Page.enable")
                yield page
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    """Read from the browser's own words where it listens."""
    if process.stderr is None:
        raise RuntimeError("the browser has no output")
    async with asyncio.timeout(_WAIT_S):
        async for line in process.stderr:
            found = re.search(r"ws://(127\.0\.0\.1:\d+)/", line.decode(errors="replace"))
            if found:
                return f"http://{found[1]}"
    raise RuntimeError("the browser did not start")
