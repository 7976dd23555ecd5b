"""The kill switch while other things go wrong: it stops what it can reach, and what was begun is carried through."""

import asyncio
from pathlib import Path
import threading

import pytest

from custom_components.mexc_trading.bridge.kill_file import KillFile
from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.model.hold import HoldKind
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.double import MexcDouble

from .acting import call
from .conftest import running
from .entries import bare_entry, live_entry, trading, until
from .phcc import MockConfigEntry, MockUser


async def test_an_account_that_cannot_be_stopped_keeps_no_other_from_it(
    hass: HomeAssistant, double: MexcDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an account that is not open, on a disk that takes nothing, then the others are stopped, and it is said."""
    bare_entry(double, "Away").add_to_hass(hass)
    live = await running(hass, live_entry(double))
    await trading(live)
    assert await hass.config_entries.async_unload(hass.config_entries.async_entries(DOMAIN)[0].entry_id)

    def full(self: KillFile, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(KillFile, "write", full)

    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "engage_kill_switch", {})

    assert caught.value.translation_key == "accounts_not_stopped"
    assert caught.value.translation_placeholders is not None
    assert caught.value.translation_placeholders["accounts"] == "Away"
    model = await until(live, lambda model: bool(model.holds))
    assert [hold.kind for hold in model.holds] == [HoldKind.KILL_SWITCH]


async def test_what_was_begun_is_carried_through(
    hass: HomeAssistant, live: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an automation that is ended while it engages the switch, then the journal and the cancels follow anyway."""
    await trading(live)
    writing, go_on = asyncio.Event(), threading.Event()
    write = KillFile.write

    def slow(self: KillFile, text: str) -> None:
        hass.loop.call_soon_threadsafe(writing.set)
        go_on.wait(5)
        write(self, text)

    monkeypatch.setattr(KillFile, "write", slow)
    engaging = asyncio.create_task(call(hass, "engage_kill_switch", {}))
    await writing.wait()

    engaging.cancel()
    await asyncio.gather(engaging, return_exceptions=True)
    go_on.set()

    model = await until(live, lambda model: bool(model.holds))
    assert [hold.kind for hold in model.holds] == [HoldKind.KILL_SWITCH]


async def test_no_reason_is_in_its_way(hass: HomeAssistant, live: MockConfigEntry) -> None:
    """Given a reason with half a character, as a template can make it, then the switch is engaged all the same."""
    await trading(live)

    await call(hass, "engage_kill_switch", {"reason": "half \ud800"})

    model = await until(live, lambda model: bool(model.holds))
    assert [hold.why for hold in model.holds] == ["automation: half ?"]


async def test_a_release_beside_a_kill_file_lets_nothing_pass(
    hass: HomeAssistant, live: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """Given a KILL file that stays, when a person releases the switch, then it is engaged at once, and that is said."""
    await trading(live)
    Path(hass.config.path("mexc_trading", "KILL")).touch()
    await until(live, lambda model: any(hold.hold_id == "kill_switch" for hold in model.holds))

    with pytest.raises(ServiceValidationError) as caught:
        await hass.services.async_call(
            "switch",
            "turn_off",
            {"entity_id": "switch.mexc_kill_switch"},
            blocking=True,
            context=Context(user_id=hass_admin_user.id),
        )

    assert caught.value.translation_key == "kill_switch_stays"
    model = live.runtime_data.account.read_model()
    assert model.kill_switch
    assert [hold.hold_id for hold in model.holds] == ["kill_switch"]
