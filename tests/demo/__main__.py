"""Plays the demonstration, or leaves it open for a visitor."""

import argparse
import asyncio
import json
from pathlib import Path
import signal
import sys
import tempfile
import time

from aiohttp import ClientSession

from .browser import chromium, open_page
from .cockpit import NAME, PASSWORD, Timeout
from .dashboard import URL_PATH
from .stage import Stage, set_up
from .story import play


def _options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="play the story, print a JSON summary, end")
    parser.add_argument("--pictures", type=Path, help="save screenshots of the dashboard here (needs Chromium)")
    return parser.parse_args()


async def _pictures(session: ClientSession, stage: Stage, folder: Path) -> list[str]:
    """Take the dashboard's picture in both languages; none without a browser."""
    program = chromium()
    if program is None:
        return []
    saved = []
    for language in ("en", "fr"):
        async with open_page(session, program) as page:
            await page.sign_in(stage.home.url, stage.cockpit.tokens, language)
            await page.show(f"{stage.home.url}/{URL_PATH}", "hui-gauge-card")
            path = folder / f"dashboard-{language}.png"
            await page.picture(path)
            saved.append(path.name)
    return saved


async def _once(stage: Stage, options: argparse.Namespace, started: float) -> int:
    """Play the story; the summary is the last line."""
    summary = await play(stage)
    if options.pictures is not None:
        summary["pictures"] = await _pictures(stage.session, stage, options.pictures)
    if not summary["ok"]:
        sys.stderr.write(stage.home.log.read_text(errors="replace")[-8000:])
    summary["total_seconds"] = round(time.monotonic() - started, 1)
    sys.stdout.write(json.dumps(summary) + "\n")
    return 0 if summary["ok"] else 1


async def _visit(stage: Stage) -> int:
    """Say where everything is, and stay until told to go."""
    sys.stdout.write(
        f"Home Assistant  {stage.home.url}/{URL_PATH}\n"
        f"login           {NAME} / {PASSWORD}\n"
        f"MEXC double     {stage.double.rest_url}/double/orders\n"
        f"webhook         {stage.sender.url}\n"
        f"secret          {stage.sender.secret}\n"
        "\n"
        "Send a signal with the README's examples, this address and this secret, and watch it here. Turn the kill\n"
        "switch on, and send another. The account's money and its key are the double's; the repairs under Settings\n"
        "are about that key. Ctrl+C ends it and leaves nothing behind.\n"
    )
    sys.stdout.flush()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    return 0


async def _main() -> int:
    options = _options()
    started = time.monotonic()
    sys.stdout.write("Home Assistant and an exchange double are starting; that takes a minute.\n")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory(prefix="mexc-demo-", ignore_cleanup_errors=True) as folder:
        try:
            async with set_up(Path(folder)) as stage:
                if options.once:
                    return await _once(stage, options, started)
                await stage.ask_for_no_evidence()
                await stage.promote()
                return await _visit(stage)
        except Timeout as missed:
            log = Path(folder) / "demo.log"
            sys.stderr.write(log.read_text(errors="replace")[-8000:] if log.exists() else "")
            sys.stdout.write(json.dumps({"ok": False, "failed": [f"in time: {missed}"]}) + "\n")
            return 1


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
