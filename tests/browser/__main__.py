"""Runs the visits: ``python -m tests.browser BROWSER [LANGUAGE …]``; English and French unless told otherwise."""

import asyncio
from pathlib import Path
import shutil
import sys
import tempfile
import time
from typing import Final

from . import live, paper
from .house import open_house
from .paper import Visit
from .person import Missed

PICTURES: Final = Path(__file__).resolve().parents[2] / "reports" / "browser"
LANGUAGES: Final = ("en", "fr")

VISIT_S: Final = 900
"""When a visit is given up: several times what it takes on a small machine."""

SCENES: Final = (
    paper.moves_in,
    paper.adds_account,
    paper.adds_strategy,
    paper.replaces_secret,
    paper.writes_rules,
    paper.sees_an_order,
    paper.is_refused,
    paper.releases_a_hold,
    paper.freezes,
    paper.tries_the_past,
    live.adds_account,
    live.changes_limits,
    live.looks_at_sources,
    live.renews_key,
    live.reads_advice,
)


async def _visit(browser: str, language: str) -> str:
    """Play every scene in one language; give what went wrong, empty if nothing did."""
    pictures = PICTURES / language
    shutil.rmtree(pictures, ignore_errors=True)
    pictures.mkdir(parents=True)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="mexc-browser-", ignore_cleanup_errors=True) as folder:
        async with open_house(folder=Path(folder), browser=browser, language=language, pictures=pictures) as house:
            visit = Visit(house)
            try:
                async with asyncio.timeout(VISIT_S):
                    for scene in SCENES:
                        await scene(visit)
            except (Missed, TimeoutError) as missed:
                wrong = str(missed) or f"not done after {VISIT_S} s\n  pictures: {pictures}"
                log = house.home.log.read_text(errors="replace")[-4000:]
                return f"{log}\n{language}: {wrong}"
    for name, seconds in house.person.steps:
        sys.stdout.write(f"  {language}  {seconds:6.1f} s  {name}\n")
    seconds = time.perf_counter() - started
    sys.stdout.write(f"{language}: {len(house.person.steps)} steps in {seconds:.0f} s, pictures in {pictures}\n")
    return ""


async def _main(browser: str, *languages: str) -> int:
    """Visit in one language after the other."""
    failed = [wrong for language in languages or LANGUAGES if (wrong := await _visit(browser, language))]
    for wrong in failed:
        sys.stderr.write(f"browser: {wrong}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_main(*sys.argv[1:])))
