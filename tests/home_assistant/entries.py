"""Config entries as the flows make them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from weakref import WeakValueDictionary

from custom_components.mexc_trading.bridge.account import Account
from custom_components.mexc_trading.bridge.read_model import ReadModel
from custom_components.mexc_trading.bridge.terms import LIVE
from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.engine.stage_events import StageSet
from custom_components.mexc_trading.entry_terms import strategies_of
from custom_components.mexc_trading.model.hold import TradingMode
from custom_components.mexc_trading.model.ids import BookName
from homeassistant.config_entries import ConfigEntryState, ConfigSubentry, ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from tests import waiting
from tests.double import MexcDouble

from .phcc import MockConfigEntry

DOUBLES: WeakValueDictionary[str, MexcDouble] = WeakValueDictionary()
"""Those that entries were made for, by the address that is in the entry."""

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WEBHOOK_ID = "fake-webhook-id"
STRATEGY_ID = "01KAHSTRATEGYFAKE000000000"

LIMITS = MappingProxyType(
    {
        "symbols": ["BTCUSDT", "ETHUSDT"],
        "max_notional_per_order": "1000",
        "max_open_positions": 3,
        "max_daily_loss": "500",
        "cooldown_after_loss_s": 0,
        "price_collar_percent": "1",
        "max_price_age_s": 30,
    }
)

STRATEGY = MappingProxyType({"name": "Crossover", "symbols": ["BTCUSDT"], "webhook_id": WEBHOOK_ID, "secret": SECRET})


def paper_entry(double: MexcDouble, **changes: str) -> MockConfigEntry:
    """Make a paper account."""
    return _entry(double, {"mode": "paper"}, {"unique_id": "paper:mexc", "title": "MEXC", **changes})


def bare_entry(double: MexcDouble, title: str) -> MockConfigEntry:
    """Make a paper account without strategies, to stand beside another account."""
    entry = paper_entry(double, unique_id=f"paper:{title}", title=title)
    data = entry.data | {"install_secret": "cd" * 32}
    return MockConfigEntry(domain=DOMAIN, data=data, options=entry.options, title=title, unique_id=entry.unique_id)


def live_entry(double: MexcDouble, *, stage: str = "live", **changes: str) -> MockConfigEntry:
    """Make a live account with the double's key, and a strategy at this stage."""
    key = {"api_key": double.api_key, "api_secret": double.api_secret}
    changes = {"unique_id": "uid:1", "title": "MEXC", **changes}
    return _entry(double, {"mode": "live", **key}, changes, STRATEGY | {"stage": stage})


def _entry(
    double: MexcDouble,
    data: dict[str, Any],
    changes: dict[str, Any],
    terms: Mapping[str, Any] = STRATEGY,
) -> MockConfigEntry:
    DOUBLES[double.rest_url] = double
    strategy = ConfigSubentryDataWithId(
        data=terms,
        subentry_id=STRATEGY_ID,
        subentry_type="strategy",
        title="Crossover",
        unique_id="crossover",
    )
    return MockConfigEntry(
        domain=DOMAIN,
        data={
            "rest_url": double.rest_url,
            "stream_url": double.stream_url,
            "paper_balance": "10000",
            "install_secret": "ab" * 32,
            **data,
        },
        options=dict(LIMITS),
        subentries_data=[strategy],
        **changes,
    )


def rule_subentry() -> ConfigSubentry:
    """Make a strategy of rules that want nothing."""
    return ConfigSubentry(
        data=MappingProxyType(
            {
                "name": "Two means",
                "symbols": ["BTCUSDT"],
                "interval": "60m",
                "entry": "close < 0",
                "exit": "close < 0",
                "size_basis": "notional",
                "size": "100",
                "rules_since": 1,
                "protection": {},
                "limits": {},
            }
        ),
        subentry_id="01KAHRULESTRATEGYFAKE00000",
        subentry_type="rule_strategy",
        title="Two means",
        unique_id="two means",
    )


def state_of(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigEntryState:
    """Say how an entry stands now."""
    known = hass.config_entries.async_get_known_entry(entry.entry_id)
    return known.state


async def until(entry: MockConfigEntry, holds: Callable[[ReadModel], bool], book: BookName | None = None) -> ReadModel:
    """Wait for the snapshot of a running account's book to say something; fails with what it says, if it never does."""
    runtime = entry.runtime_data
    account: Account = runtime.account if book is None else runtime.books[book]
    double = DOUBLES.get(entry.data["rest_url"])
    return await waiting.until(account, holds, double.requests if double else ())


async def trading(entry: MockConfigEntry) -> ReadModel:
    """Wait until a running account may trade."""
    return await until(entry, lambda model: model.mode is TradingMode.ACTIVE and model.connected)


async def promoted(entry: MockConfigEntry) -> None:
    """Promote the strategies that an entry has as live, in the journal, as a person did once."""
    books = entry.runtime_data.books
    wanted = [terms for terms in strategies_of(entry) if terms.stage == LIVE]
    for terms in wanted:
        version = books.terms_of(terms.strategy_id).version
        fact = StageSet(strategy_id=terms.strategy_id, stage=LIVE, version=version, who="test", why="given")
        await books[LIVE].record(fact)
    if wanted:
        await books.set_strategies(strategies_of(entry))
