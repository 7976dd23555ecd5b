"""What a visit needs: an empty Home Assistant, the MEXC double, and a browser in one language, on loopback only."""

from collections.abc import AsyncIterator
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import ClientSession
from playwright.async_api import Page, async_playwright

from tests.demo.cockpit import Cockpit
from tests.demo.home import Home
from tests.demo.stage import free_port
from tests.double import MexcDouble

from .person import Person
from .words import Words

VIEWPORT: Final = {"width": 1280, "height": 1400}

# Whatever the pages ask of other hosts finds none: fonts, tiles, brands.
_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One Home Assistant with nothing in it, the exchange it may trade at, and somebody at the door."""

    home: Home
    double: MexcDouble
    session: ClientSession
    person: Person


@contextlib.asynccontextmanager
async def open_house(*, folder: Path, browser: str, language: str, pictures: Path) -> AsyncIterator[House]:
    """Start everything, and end it at the end. ``browser`` is the program's path."""
    double = MexcDouble(seed=7, port=0)
    double.venue.prices.moving = True
    home = Home(folder=folder, port=free_port(), language=language)
    async with double, ClientSession() as session:
        try:
            await home.start()
            await Cockpit(session=session, url=home.url).until_answering()
            async with _page(browser, language) as page:
                person = Person(page=page, url=home.url, words=Words(language), pictures=pictures)
                yield House(home=home, double=double, session=session, person=person)
        finally:
            await home.stop()


@contextlib.asynccontextmanager
async def _page(browser: str, language: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=browser, args=list(_FLAGS))
        try:
            context = await chromium.new_context(locale=language, viewport=VIEWPORT, reduced_motion="reduce")
            yield await context.new_page()
        finally:
            await chromium.close()
