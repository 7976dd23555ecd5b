"""A real Home Assistant and the MEXC double on real sockets."""

from collections.abc import AsyncIterator, Iterator
import logging
from pathlib import Path

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.double import MexcDouble
from tests.slow_machine import slow_machine

from .entries import live_entry, paper_entry, promoted
from .phcc import MockConfigEntry


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let Home Assistant's own web server keep a habit that its web library warns of."""
    for item in items:
        if "home_assistant" in item.path.parts:
            item.add_marker(pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning"))


@pytest.fixture(autouse=True)
def _home(hass: HomeAssistant, enable_custom_integrations: None, tmp_path: Path) -> None:
    """Let Home Assistant see the integration, and give it a configuration folder of its own."""
    hass.config.config_dir = str(tmp_path)


@pytest.fixture(autouse=True, scope="package")
def _slow_machine() -> Iterator[None]:
    """Do not take a busy test machine for a sick home."""
    with slow_machine():
        yield


@pytest.fixture(autouse=True, scope="package")
def _quiet_database() -> None:
    """Take back that the test package prints each statement of the recorder: its thread talks between tests as well."""
    logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


@pytest.fixture
async def double(socket_enabled: None) -> AsyncIterator[MexcDouble]:
    """Run the double."""
    async with MexcDouble() as running:
        yield running


@pytest.fixture
async def web(hass: HomeAssistant) -> None:
    """Set up what the integration depends on."""
    assert await async_setup_component(hass, "http", {})
    assert await async_setup_component(hass, "webhook", {})


@pytest.fixture
async def paper(hass: HomeAssistant, double: MexcDouble) -> MockConfigEntry:
    """Run a paper account with one strategy."""
    return await running(hass, paper_entry(double))


@pytest.fixture
async def live(hass: HomeAssistant, double: MexcDouble) -> MockConfigEntry:
    """Run a live account with one strategy."""
    return await running(hass, live_entry(double))


async def running(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Set an entry up and wait until its book may trade. Strategies that it has as live are promoted."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await promoted(entry)
    await hass.async_block_till_done()
    return entry
