"""One person at the browser: looks for what is on the page by its words, clicks it, types, and takes pictures."""

import asyncio
from collections.abc import AsyncIterator
import contextlib
from pathlib import Path
import re
import time
from typing import Final

from playwright.async_api import Error, Locator, Page, expect

from .words import Words

PATIENCE_S: Final = 120
"""How long a person looks at a page before something is missing."""

_BROKEN: Final = ("component.mexc_trading", "MISSING_VALUE", "Translation error")
"""What pages show in place of a text that is not there, or that lacks what it is filled in with."""

_LOOK_EVERY_S: Final = 0.1

_LABELS: Final = "fields => fields.map(field => field.label ?? '')"
_NAMES: Final = "fields => fields.map(field => field.key)"


class Missed(Exception):
    """A page did not show what it had to; says what, and where its picture is."""


class Person:
    """Somebody who reads one language, with one page open."""

    def __init__(self, *, page: Page, url: str, words: Words, pictures: Path) -> None:
        """Sit down in front of ``page``; pictures of each step go to a folder."""
        self.page = page
        self.words = words
        self.steps: list[tuple[str, float]] = []
        self._url = url
        self._pictures = pictures
        page.set_default_timeout(PATIENCE_S * 1000)

    @contextlib.asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[None]:
        """Take a picture at the end of a step, however it ends; raise :class:`Missed` with it if it failed."""
        picture = self._pictures / f"{len(self.steps) + 1:02}-{re.sub(r'\W+', '-', name)}.png"
        start = time.perf_counter()
        try:
            yield
            await self._sees_texts_only()
        except (Error, AssertionError) as missing:
            raise Missed(f"{name}: {missing}\n  picture: {picture}") from missing
        finally:
            await self.page.screenshot(path=picture)
            self.steps.append((name, time.perf_counter() - start))

    async def _sees_texts_only(self) -> None:
        """Expect no name of a text, and no word about a text that could not be filled in, where the text should be."""
        for sign in _BROKEN:
            await self.sees_not(sign)

    async def open(self, path: str) -> None:
        """Go to a page, as through a bookmark."""
        await self.page.goto(f"{self._url}{path}")

    def text(self, text: str, *, within: str = "body", exact: bool = True) -> Locator:
        """Find words on the page, through all shadow roots."""
        return self.page.locator(within).get_by_text(text, exact=exact)

    async def sees(self, text: str, *, within: str = "body", exact: bool = False) -> None:
        """Wait until words are to be seen."""
        found = self.text(text, within=within, exact=exact).locator("visible=true").first
        await expect(found).to_be_visible(timeout=PATIENCE_S * 1000)

    async def sees_not(self, text: str, *, within: str = "body") -> None:
        """Wait until no words like these are to be seen."""
        found = self.text(text, within=within, exact=False).locator("visible=true")
        await expect(found).to_have_count(0, timeout=PATIENCE_S * 1000)

    async def click(self, text: str, *, within: str = "body", exact: bool = True) -> None:
        """Click the first visible thing with these words."""
        await self.text(text, within=within, exact=exact).locator("visible=true").first.click()

    async def press(self, place: str, *, within: str = "body") -> None:
        """Click what carries one of the frontend's own words."""
        await self.click(self.words.frontend(place), within=within)

    async def field(self, label: str, *, within: str = "dialog-data-entry-flow") -> Locator:
        """Find a field of a form by its label."""
        fields = self.page.locator(within).locator("ha-selector")
        return fields.nth(await _place(label, fields, _LABELS))

    async def fill(self, label: str, value: str) -> None:
        """Type into a field of a form, in place of what stands there."""
        field = await self.field(label)
        await field.locator("input, textarea").first.fill(value)

    async def switch(self, label: str) -> None:
        """Turn a switch of a form."""
        field = await self.field(label)
        await field.locator("ha-switch").click()

    async def icon(self, label: str, row: Locator) -> None:
        """Click a button that has its words as a label only."""
        await row.get_by_label(label).or_(row.get_by_title(label)).first.click()

    async def submit(self) -> None:
        """Send the form of a dialog."""
        await self.press("ui.panel.config.integrations.config_flow.submit", within="dialog-data-entry-flow")

    async def fill_action(self, name: str, value: str) -> None:
        """Tick and fill one field of the page of actions."""
        fields = self.page.locator("ha-service-control ha-selector")
        rows = self.page.locator("ha-service-control ha-settings-row").filter(has=self.page.locator("ha-selector"))
        row = rows.nth(await _place(name, fields, _NAMES))
        if await row.locator("ha-checkbox").count():
            await row.locator("ha-checkbox").click()
        await row.locator("ha-selector input").first.fill(value)

    def row(self, entity: str) -> Locator:
        """Find the row of an entity on its device's page."""
        return self.page.locator("hui-generic-entity-row").filter(has_text=entity).first

    async def reads(self, entity: str, state: str) -> None:
        """Wait until an entity's row shows a state."""
        await expect(self.row(entity)).to_contain_text(state, timeout=PATIENCE_S * 1000)

    async def toggle(self, entity: str) -> None:
        """Click the switch in an entity's row."""
        await self.row(entity).locator("ha-switch").click()


async def _place(name: str, fields: Locator, script: str) -> int:
    """Wait until a field is among those on the page, which may still be those of the step before; tell its place."""
    deadline = time.monotonic() + PATIENCE_S
    names: list[str] = await fields.evaluate_all(script)
    while name not in names:
        assert time.monotonic() < deadline, f"no field {name!r} among {names}"
        await asyncio.sleep(_LOOK_EVERY_S)
        names = await fields.evaluate_all(script)
    return names.index(name)
