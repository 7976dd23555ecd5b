"""Backtests by action: the figures, the page, the progress, the evidence; wrong rules with their place; cancelled."""

import asyncio
from pathlib import Path
from typing import Any, NoReturn

import pytest

from custom_components.mexc_trading.bridge import backtests
from custom_components.mexc_trading.const import DOMAIN
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.double import MexcDouble

from .conftest import running
from .entries import STRATEGY_ID, paper_entry, trading, until
from .phcc import Connect, MockConfigEntry
from .test_webhook import entry_signal, post

RULES = {
    "symbol": "BTCUSDT",
    "entry": "cross_above(ema(3), ema(8))",
    "exit": "cross_below(ema(3), ema(8))",
    "interval": "60m",
    "days": 5,
    "notional": 100,
}


async def backtest(hass: HomeAssistant, **fields: object) -> dict[str, Any]:
    """Run one and give its answer."""
    answer = await hass.services.async_call(DOMAIN, "run_backtest", fields, blocking=True, return_response=True)
    assert isinstance(answer, dict)
    return dict(answer)


@pytest.fixture
def progress(hass: HomeAssistant) -> list[Event[dict[str, Any]]]:
    """Listen to what runs tell of their progress."""
    told: list[Event[dict[str, Any]]] = []

    @callback
    def note(event: Event[dict[str, Any]]) -> None:
        told.append(event)

    hass.bus.async_listen(f"{DOMAIN}_backtest", note)
    return told


async def test_rules_are_tried_on_the_past(
    hass: HomeAssistant, double: MexcDouble, paper: MockConfigEntry, progress: list[Event[dict[str, Any]]]
) -> None:
    """Given two rules, when they are tried, then figures and page come back, and the candles are read once only."""
    await trading(paper)
    first = await backtest(hass, **RULES)
    read = len(double.requests.of("GET", "/api/v3/klines"))
    again = await backtest(hass, **RULES)

    assert first["candles"] == 120
    assert first["trades"] > 0
    assert first["signals"] >= first["allowed"] > 0
    assert {key: first[key] for key in ("trades", "result")} == {key: again[key] for key in ("trades", "result")}
    assert len(double.requests.of("GET", "/api/v3/klines")) == read
    assert first["statistic_id"] is None
    page = Path(first["report"]).read_text(encoding="utf-8")
    assert "BTCUSDT" in page
    assert {event.data["phase"] for event in progress} == {"candles", "run"}
    assert all(event.data["done"] <= event.data["total"] for event in progress)


async def test_what_a_run_takes_for_true_can_be_said(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a slower and dearer way to the venue, then the result is worse, and the assumptions say it in words."""
    await trading(paper)
    usual = await backtest(hass, **RULES)
    harder = await backtest(hass, **RULES, latency_ms=5_000, slippage_percent="0.2")

    assert harder["result"] < usual["result"]
    assert any("250 ms later" in said for said in usual["assumptions"])
    assert any("slippage of 0.05" in said for said in usual["assumptions"])
    assert any("5,000 ms later" in said for said in harder["assumptions"])
    assert any("slippage of 0.2" in said for said in harder["assumptions"])


async def test_the_page_is_in_the_language_of_the_home(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a French home, then the page and what was taken for true are in French, with its figures."""
    hass.config.language = "fr"
    await trading(paper)
    told = await backtest(hass, **RULES)

    page = Path(told["report"]).read_text(encoding="utf-8")
    assert '<html lang="fr">' in page
    assert "Ce qui a été supposé" in page
    assert any("glissement de 0,05 %" in said for said in told["assumptions"])


async def test_a_rule_that_cannot_be_read_is_shown_with_its_place(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a rule with a name that means nothing, then line and column are told and no run begins."""
    with pytest.raises(ServiceValidationError) as caught:
        await backtest(hass, **RULES | {"entry": "rsi(14) < nonsense"})

    assert caught.value.translation_key == "expression_invalid"
    assert caught.value.translation_placeholders is not None
    assert (caught.value.translation_placeholders["line"], caught.value.translation_placeholders["column"]) == (
        "1",
        "11",
    )


async def test_a_run_can_be_ended(hass: HomeAssistant, paper: MockConfigEntry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a run that goes on, then no other begins; when it is cancelled, then whoever waits for it is told."""
    begun = asyncio.Event()

    async def endless(*args: object) -> NoReturn:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(backtests, "run", endless)
    await trading(paper)
    waiting = hass.async_create_task(backtest(hass, **RULES))
    await begun.wait()
    with pytest.raises(HomeAssistantError) as second:
        await backtest(hass, **RULES)

    await hass.services.async_call(DOMAIN, "cancel_backtest", {}, blocking=True)

    with pytest.raises(HomeAssistantError) as caught:
        await waiting
    assert (second.value.translation_key, caught.value.translation_key) == ("backtest_running", "backtest_cancelled")


async def test_a_strategy_gets_its_evidence(
    hass: HomeAssistant, double: MexcDouble, web: None, hass_client_no_auth: Connect
) -> None:
    """Given what a strategy wanted on paper, when that is tried, then it is evidence, unless it was tried kindly."""
    entry = await running(hass, paper_entry(double))
    await trading(entry)
    await post(await hass_client_no_auth(), entry_signal())
    await until(entry, lambda model: bool(model.positions))

    account = entry.runtime_data.account
    history = account.past.history()
    kind = {"symbol": "BTCUSDT", "strategy": "Crossover", "interval": "1m", "days": 1}
    await backtest(hass, **kind, slippage_percent=0)
    await backtest(hass, **kind, latency_ms=0)
    await account.past.read_on(history)
    assert history.of(STRATEGY_ID).backtest is None

    await backtest(hass, **kind)

    await account.past.read_on(history)
    tested = history.of(STRATEGY_ID).backtest
    assert tested is not None
    assert tested.version == entry.runtime_data.books.terms_of(STRATEGY_ID).version
    assert tested.days == pytest.approx(1, abs=0.01)
