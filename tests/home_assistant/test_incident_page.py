"""The page about incidents, followed on the incident that it describes: every action and every command on it."""

from collections.abc import Iterator
from decimal import Decimal
import json
from pathlib import Path
import re
import subprocess
from typing import Any

import pytest

from custom_components.mexc_trading.entry_terms import account_folder
from homeassistant.core import Context, HomeAssistant
from homeassistant.util.yaml import parse_yaml
from tests.double import MexcDouble

from .entries import trading, until
from .phcc import MockConfigEntry, MockUser

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "incident.md").read_text(encoding="utf-8")
JOURNAL = "/config/mexc_trading/ENTRY/live.db"
HOLD = "unresolved_order:BTCUSDT"
STEPS = ("2 story", "3 verify", "5 replay", "5 what if", "7 export")


def blocks(language: str) -> list[str]:
    """Take the examples of one language out of the page."""
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return found


@pytest.fixture
async def incident(hass: HomeAssistant, double: MexcDouble, live: MockConfigEntry) -> MockConfigEntry:
    """Make the incident with the faults that the page gives."""
    await trading(live)
    double.settings.level_quote, double.settings.level_count = Decimal(300), 2
    (schedule,) = blocks("json")
    for fault in json.loads(schedule):
        double.faults.add(**fault)
    order = {"symbol": "BTCUSDT", "side": "buy", "notional": 1000, "signal_id": "thin-market"}
    await hass.services.async_call("mexc_trading", "place_order", order, blocking=True)
    await until(live, lambda model: any(hold.hold_id == HOLD for hold in model.holds))
    await until(live, lambda model: len(model.positions) == 1 and not model.orders)
    await live.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done()
    return live


async def act(hass: HomeAssistant, text: str, person: MockUser) -> dict[str, Any]:
    """Call an action as it stands on the page."""
    step = parse_yaml(text)
    assert isinstance(step, dict)
    domain, name = str(step["action"]).split(".")
    response = await hass.services.async_call(
        domain, name, step.get("data", {}), blocking=True, return_response=True, context=Context(user_id=person.id)
    )
    assert response is not None
    return dict(response)


async def test_the_page_leads_from_the_alarm_to_the_answer(
    hass: HomeAssistant, double: MexcDouble, incident: MockConfigEntry, hass_admin_user: MockUser, tmp_path: Path
) -> None:
    """Given the incident of the page, when somebody follows it, then each step tells what the page says it does."""
    holding, mode = hass.states.get("binary_sensor.mexc_holding"), hass.states.get("sensor.mexc_trading_mode")
    assert holding is not None
    assert mode is not None
    (hold,) = mode.attributes["holds"]
    assert (holding.state, hold["hold_id"], hold["release"]) == ("on", HOLD, "person")
    assert hold["hold_id"] in PAGE
    story, verify, reconcile, release = blocks("yaml")

    for name, block in (("2 story", story), ("3 verify", verify), ("4 reconcile", reconcile)):
        answer = await act(hass, block, hass_admin_user)
        _as_the_page_says(name, answer)
    commands = _commands(account_folder(hass, incident))
    for name, (command, code) in zip(STEPS, commands, strict=True):
        done = await hass.async_add_executor_job(_run, command, tmp_path)
        assert done.returncode == code, (name, done.stderr)
        _as_the_page_says(f"{name}, command", done.stdout)
    released = await act(hass, release, hass_admin_user)
    assert released == {"hold_id": HOLD, "released": True}
    told = await act(hass, story, hass_admin_user)
    assert told["holds"][-1]["released_by"] == hass_admin_user.name
    assert double.violations == []


def _commands(folder: Path) -> Iterator[tuple[str, int]]:
    """Give the commands of the page with the journal's real place, and the exit code that each must have."""
    for text in blocks("sh"):
        yield text.replace(JOURNAL, str(folder / "live.db")), 1 if "--limits" in text else 0


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command where somebody would type it, with what it writes elsewhere."""
    text = command.replace("scripts/journal", str(ROOT / "scripts" / "journal"))
    program = ["bash", "-uo", "pipefail", "-c", text]
    return subprocess.run(program, cwd=folder, capture_output=True, encoding="utf-8", check=False)


def _as_the_page_says(step: str, answer: Any) -> None:  # noqa: ANN401  # An action's fields or a command's text.
    """Look for what the page promises of a step."""
    if step.startswith("2 story"):
        text = answer["text"] if isinstance(answer, dict) else answer
        for words in (f"STILL ON HOLD: {HOLD}", "no answer -> unknown", "POST /api/v3/order", "HTTP 503", "fill"):
            assert words in text
    elif step == "3 verify":
        assert answer["valid"] is True
    elif step == "4 reconcile":
        assert answer["findings"] == []
    elif step == "5 replay, command":
        assert "0 of them different" in answer
    elif step == "5 what if, command":
        assert "max_notional_per_order: 1" in answer
    elif step == "7 export, command":
        assert json.loads(answer)["live-fills.csv"] > 1
    else:
        assert step == "3 verify, command"
        assert json.loads(answer)["valid"] is True
