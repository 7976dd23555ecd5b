"""The kill switch in Home Assistant: anything may engage it, only a person lets go, and it outlives everything."""

from pathlib import Path

import pytest

from custom_components.mexc_trading.entry_terms import account_folder
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, HoldKind, Release
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from tests.double import MexcDouble

from .entries import trading, until
from .holds import raise_hold
from .phcc import MockConfigEntry, MockUser

SWITCH = {"entity_id": "switch.mexc_kill_switch"}


async def turn(hass: HomeAssistant, how: str, context: Context | None = None) -> None:
    """Turn the switch."""
    await hass.services.async_call("switch", f"turn_{how}", SWITCH, blocking=True, context=context)
    await hass.async_block_till_done()


async def state(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Say what the switch shows."""
    await entry.runtime_data.coordinator.async_refresh()
    shown = hass.states.get("switch.mexc_kill_switch")
    assert shown is not None
    return shown.state


async def test_an_automation_engages_and_a_person_releases(
    hass: HomeAssistant, live: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """Given an account that trades, when the switch goes on, then it is on disk; only a person turns it off."""
    await trading(live)
    await turn(hass, "on")

    assert await state(hass, live) == "on"
    assert (account_folder(hass, live) / "KILL").read_text(encoding="utf-8") == "automation: switch\n"
    with pytest.raises(ServiceValidationError) as caught:
        await turn(hass, "off")
    assert caught.value.translation_key == "release_needs_person"
    assert await state(hass, live) == "on"

    await turn(hass, "off", Context(user_id=hass_admin_user.id))

    assert await state(hass, live) == "off"
    assert not (account_folder(hass, live) / "KILL").exists()
    await trading(live)


async def test_other_holds_outlive_its_release(
    hass: HomeAssistant, live: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """Given an engaged switch and a hold of another kind, when the switch goes off, then the other hold stays."""
    await trading(live)
    await raise_hold(live, HoldKind.UNRESOLVED_ORDER, WHOLE_BOOK, Release.PERSON)
    await turn(hass, "on")

    await turn(hass, "off", Context(user_id=hass_admin_user.id))

    model = live.runtime_data.account.read_model()
    assert not model.kill_switch
    assert [hold.hold_id for hold in model.holds] == ["unresolved_order"]


async def test_the_journal_names_who_engaged(
    hass: HomeAssistant, live: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """Given a person who turns the switch on, then the hold bears the person's name."""
    await turn(hass, "on", Context(user_id=hass_admin_user.id))

    model = await until(live, lambda model: model.kill_switch and bool(model.holds))

    assert [hold.why for hold in model.holds if hold.hold_id == "kill_switch"] == [f"{hass_admin_user.name}: switch"]


async def test_a_machine_is_no_person(hass: HomeAssistant, live: MockConfigEntry) -> None:
    """Given a call in the name of a user that Home Assistant made for a program, then it cannot release."""
    machine = await hass.auth.async_create_system_user("Machine", group_ids=["system-admin"])
    await turn(hass, "on")

    with pytest.raises(ServiceValidationError) as caught:
        await turn(hass, "off", Context(user_id=machine.id))

    assert caught.value.translation_key == "release_needs_person"
    assert await state(hass, live) == "on"


async def test_it_survives_a_reload(hass: HomeAssistant, live: MockConfigEntry) -> None:
    """Given an engaged switch, when the account is opened anew, then it is engaged from the first moment."""
    await turn(hass, "on")

    assert await hass.config_entries.async_reload(live.entry_id)

    assert await state(hass, live) == "on"


async def test_it_survives_removal(hass: HomeAssistant, live: MockConfigEntry) -> None:
    """Given an engaged switch, when the account is removed, then its file and journal stay."""
    await turn(hass, "on")
    folder = account_folder(hass, live)

    await hass.config_entries.async_remove(live.entry_id)

    assert {path.name for path in folder.iterdir()} >= {"KILL", "live.db"}


async def test_a_file_engages_it_and_keeps_it(
    hass: HomeAssistant, live: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """Given a KILL file for every account, then the switch goes on and does not stay off while the file is there."""
    everyone = Path(hass.config.path("mexc_trading", "KILL"))
    everyone.touch()

    await until(live, lambda model: any(hold.hold_id == "kill_switch" for hold in model.holds))
    with pytest.raises(ServiceValidationError) as caught:
        await turn(hass, "off", Context(user_id=hass_admin_user.id))

    assert caught.value.translation_key == "kill_switch_stays"
    assert await state(hass, live) == "on"


async def test_a_release_that_does_not_take_says_so(
    hass: HomeAssistant, live: MockConfigEntry, hass_admin_user: MockUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a kill switch whose release does not take, then the person learns that it is still engaged."""

    async def refused(*args: object, **kwargs: object) -> bool:
        return False

    await turn(hass, "on")
    monkeypatch.setattr(type(live.runtime_data.account), "release_hold", refused)

    with pytest.raises(ServiceValidationError) as caught:
        await turn(hass, "off", Context(user_id=hass_admin_user.id))

    assert caught.value.translation_key == "kill_switch_stays"


async def test_it_takes_hold_while_the_venue_is_away(
    hass: HomeAssistant, double: MexcDouble, live: MockConfigEntry
) -> None:
    """Given a venue that is away, when the switch or the emergency stop is used, then it is there and takes hold."""
    double.faults.add(action="reset_before")
    live.runtime_data.account.reconcile()
    await until(live, lambda model: not model.connected)
    assert await state(hass, live) == "off"

    await hass.services.async_call("button", "press", {"entity_id": "button.mexc_emergency_stop"}, blocking=True)

    assert await state(hass, live) == "on"
    await hass.services.async_call("button", "press", {"entity_id": "button.mexc_emergency_stop"}, blocking=True)
    assert await state(hass, live) == "on"
