"""The examples of the page about using it are run as they stand there."""

from pathlib import Path
import re
from typing import Any

import pytest
import yaml

from custom_components.mexc_trading.const import DOMAIN
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
from tests.demo.dashboard import dashboard
from tests.double import MexcDouble

from .entries import trading, until
from .phcc import MockConfigEntry, MockUser

PAGE = Path(__file__).resolve().parents[2] / "docs" / "using.md"
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
EXAMPLES: list[dict[str, Any]] = [yaml.safe_load(text) for text in BLOCKS]
CALLS = {example["action"]: example.get("data", {}) for example in EXAMPLES if "action" in example}
(AUTOMATION,) = (example for example in EXAMPLES if "triggers" in example)
(DASHBOARD,) = (example for example in EXAMPLES if "views" in example)


async def test_the_examples_work(
    hass: HomeAssistant, double: MexcDouble, live: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """Given a live account, when every example is run in turn, then each does what is said of it."""
    await trading(live)
    assert await async_setup_component(hass, "persistent_notification", {})
    assert await async_setup_component(hass, "automation", {"automation": [{"alias": "filled", **AUTOMATION}]})

    async def run(name: str, context: Context | None = None) -> dict[str, Any]:
        data = CALLS.pop(f"{DOMAIN}.{name}")
        answer = await hass.services.async_call(
            DOMAIN, name, data, blocking=True, return_response=True, context=context
        )
        return answer or {}

    assert (await run("preview_order"))["verdict"] == "allow"
    assert double.requests.of("POST", "/api/v3/order") == []
    assert (await run("place_order"))["verdict"] == "allow"
    await until(live, lambda model: len(model.positions) == 1)
    await run("close_position")
    await until(live, lambda model: not model.positions)
    await run("heartbeat")
    await run("flatten")
    person = Context(user_id=hass_admin_user.id)
    assert (await run("release_hold", person))["released"]
    await hass.async_block_till_done()
    state = hass.states.get("automation.filled")
    assert state is not None
    assert state.attributes["last_triggered"] is not None
    assert (await run("run_backtest"))["candles"] == 90 * 24
    assert "time_to_flat_ms" in await run("run_kill_drill", person)
    with pytest.raises(ServiceValidationError) as refused:
        await run("promote_strategy", person)
    assert refused.value.translation_key == "promotion_refused"
    assert (await run("reset_paper", person))["balance"] == "5000"
    assert CALLS == {}


async def test_the_dashboard_shows_what_there_is(hass: HomeAssistant, live: MockConfigEntry) -> None:
    """Given the page's dashboard, then it is the demonstration's, and each entity on it is one of the account's."""
    await trading(live)
    shown = set(re.findall(r"\w+\.mexc_\w+", str(DASHBOARD)))

    assert dashboard({entity_id.partition(".mexc_")[2]: entity_id for entity_id in shown}) == DASHBOARD
    assert [entity_id for entity_id in shown if hass.states.get(entity_id) is None] == []
