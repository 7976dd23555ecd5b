"""Senders that cannot sign: a token in the body, tighter limits, and a mark on everything they caused."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
import re
from typing import Any

import pytest

from custom_components.mexc_trading.entry_terms import strategies_of
from custom_components.mexc_trading.model.signal import Source
from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant

from .entries import STRATEGY_ID, trading, until
from .phcc import Client, Connect, MockConfigEntry
from .test_strategy_flow import begin, send

type Document = dict[str, Any]


@pytest.fixture
async def shown(hass: HomeAssistant, paper: MockConfigEntry) -> Mapping[str, str]:
    """Add a strategy whose sender cannot sign, and give what the form shows once."""
    await trading(paper)
    form = await send(hass, await begin(hass, paper), {"name": "Charts", "symbols": ["BTCUSDT"], "unsigned": True})
    assert form["step_id"] == "token"
    await send(hass, form, {})
    placeholders: Mapping[str, str] = form["description_placeholders"]
    return placeholders


@pytest.fixture
async def client(hass_client_no_auth: Connect) -> Client:
    """Give a sender's HTTP client."""
    return await hass_client_no_auth()


def address(shown: Mapping[str, str]) -> str:
    """Give the path of the address that was shown."""
    return "/api/webhook/" + shown["url"].rpartition("/")[2]


def entry(**changes: Any) -> Document:  # noqa: ANN401  # Fields of any kind.
    """Write a small entry."""
    return {
        "schema_version": 1,
        "signal_id": "s-1",
        "issued_at": datetime.now(UTC).isoformat(),
        "symbol": "BTCUSDT",
        "action": "enter",
        "side": "buy",
        "size": {"notional": "50"},
        **changes,
    }


def denials(answer: Document) -> dict[str, str]:
    """Name the rules that deny, each with its limit."""
    return {rule["rule"]: rule.get("limit", "") for rule in answer["rules"] if rule["finding"] == "deny"}


async def test_a_token_is_believed_and_marked(shown: Mapping[str, str], client: Client, paper: MockConfigEntry) -> None:
    """Given a token in the body, then the signal is decided, is marked as unsigned, and the token is kept nowhere."""
    assert re.fullmatch(r"mxtok_[\w-]{43}", shown["secret"])
    assert shown["secret"] in shown["example"]

    answer = await client.post(address(shown), json=entry(token=shown["secret"]))

    assert answer.status == HTTPStatus.OK
    assert (await answer.json())["verdict"] == "allow"
    await until(paper, lambda model: len(model.positions) == 1)
    book = paper.runtime_data.account._book
    (order,) = book.state.orders.values()
    assert order.order.decision.strategy != STRATEGY_ID
    stored = [record.body for record in book.journal.records()]
    assert any(Source.UNSIGNED_WEBHOOK in body for body in stored)
    assert not any(shown["secret"] in body for body in stored)


@pytest.mark.parametrize("token", ["mxtok_wrong", "", 1, None, "\ud800", {"deep": []}])
async def test_without_the_token_nobody_is_believed(shown: Mapping[str, str], client: Client, token: object) -> None:
    """Given a wrong token, none, or something else in its place, then all get the same 401."""
    answers = [
        await client.post(address(shown), json=entry(token=token)),
        await client.post(address(shown), json=entry()),
        await client.post(address(shown), data=b"{"),
        await client.post(address(shown), data=b"[]"),
        await client.post(address(shown), data=b""),
    ]

    assert [answer.status for answer in answers] == [HTTPStatus.UNAUTHORIZED] * 5
    assert [await answer.json() for answer in answers] == [{"error": "unauthorized"}] * 5


async def test_what_is_wrong_besides_is_named(shown: Mapping[str, str], client: Client) -> None:
    """Given a valid token, then a malformed signal is named, and a body of the token alone is a sign of life."""
    wrong = await client.post(address(shown), json=entry(token=shown["secret"], symbol="btc"))
    alive = await client.post(address(shown), json={"token": shown["secret"]})

    assert (wrong.status, (await wrong.json())["path"]) == (HTTPStatus.UNPROCESSABLE_ENTITY, "$.symbol")
    assert alive.status == HTTPStatus.NO_CONTENT


async def test_its_limits_are_tighter_than_the_accounts(
    shown: Mapping[str, str], client: Client, paper: MockConfigEntry
) -> None:
    """Given an account that allows 1,000 USDT, then a sender without signature gets 100, six times a minute."""
    assert paper.options["max_notional_per_order"] == "1000"
    large = await client.post(address(shown), json=entry(token=shown["secret"], size={"notional": "150"}))
    denied = await large.json()
    assert denied["verdict"] == "deny"
    assert denials(denied) == {"max_notional_per_order": "100"}

    rules: list[set[str]] = []
    for number in range(7):
        answer = await client.post(address(shown), json=entry(token=shown["secret"], signal_id=f"n-{number}"))
        rules.append(set(denials(await answer.json())))

    assert "source_rate" not in rules[4]
    assert "source_rate" in rules[6]


async def test_a_replaced_token_is_a_token(
    hass: HomeAssistant, shown: Mapping[str, str], paper: MockConfigEntry
) -> None:
    """Given such a strategy, when its token is replaced, then the new one is a token and the limits stay tight."""
    added = next(name for name in paper.subentries if name != STRATEGY_ID)
    form: Mapping[str, Any] = await hass.config_entries.subentries.async_init(
        (paper.entry_id, "strategy"), context={"source": SOURCE_RECONFIGURE, "subentry_id": added}
    )
    form = await send(hass, form, {"name": "Charts", "symbols": ["BTCUSDT"], "rotate_secret": True})
    await send(hass, form, {})

    fresh = paper.subentries[added].data["secret"]
    assert fresh.startswith("mxtok_")
    assert fresh != shown["secret"]
    (terms,) = (terms for terms in strategies_of(paper) if terms.strategy_id == added)
    assert terms.limits is not None
    assert terms.limits.max_signals_per_minute == 6


async def test_the_alert_of_the_readme_is_taken(shown: Mapping[str, str], client: Client) -> None:
    """Given the README's message as TradingView fills it in, when it comes as plain text, then it is an entry."""
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
    (message,) = re.findall(r"```json\n(.*?)```", readme, re.DOTALL)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for word, value in (("mxtok_…", shown["secret"]), ("{{interval}}", "60"), ("{{time}}", now), ("{{timenow}}", now)):
        assert word in message
        message = message.replace(word, value)

    answer = await client.post(address(shown), data=message.encode(), headers={"content-type": "text/plain"})

    assert answer.status == HTTPStatus.OK
    assert (await answer.json())["verdict"] == "allow"
