"""From a config entry to the terms of an account: the one place that knows how the entry is laid out."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .bridge.terms import AccountTerms
from .const import (
    CONF_API_KEY,
    CONF_API_SECRET,
    CONF_COOLDOWN_AFTER_LOSS,
    CONF_FORMER_SECRET,
    CONF_FORMER_UNTIL,
    CONF_INSTALL_SECRET,
    CONF_MAX_DAILY_LOSS,
    CONF_MAX_NOTIONAL_PER_ORDER,
    CONF_MAX_OPEN_POSITIONS,
    CONF_MAX_PRICE_AGE,
    CONF_MIN_LOSS,
    CONF_MODE,
    CONF_NAME,
    CONF_PAPER_BALANCE,
    CONF_PRICE_COLLAR_PERCENT,
    CONF_REST_URL,
    CONF_SECRET,
    CONF_STREAM_URL,
    CONF_SYMBOLS,
    DOMAIN,
    QUOTE_DEFAULT,
    SUBENTRY_STRATEGY,
)
from .exchange.secret import Secret
from .model.ids import Asset, BookName, StrategyId, Symbol
from .risk.limits import Limits
from .risk.strategy import StrategyTerms

CONNECTION_KEYS: Final = (CONF_REST_URL, CONF_STREAM_URL, CONF_API_KEY, CONF_API_SECRET)
"""What an account is opened with: a change of any of these opens it anew."""


def account_folder(hass: HomeAssistant, entry: ConfigEntry) -> Path:
    """Say where an account keeps its journal and its kill file."""
    return Path(hass.config.path(DOMAIN, entry.entry_id))


def account_terms(hass: HomeAssistant, entry: ConfigEntry) -> AccountTerms:
    """Read an account's terms."""
    return AccountTerms(
        entry_id=entry.entry_id,
        name=entry.title,
        mode=BookName(entry.data[CONF_MODE]),
        rest_url=entry.data[CONF_REST_URL],
        stream_url=entry.data[CONF_STREAM_URL],
        api_key=_secret(entry.data, CONF_API_KEY),
        api_secret=_secret(entry.data, CONF_API_SECRET),
        install_secret=bytes.fromhex(entry.data[CONF_INSTALL_SECRET]),
        quote=Asset(QUOTE_DEFAULT),
        limits=limits_of(entry.options),
        folder=account_folder(hass, entry),
        paper_balance=Decimal(entry.data[CONF_PAPER_BALANCE]),
    )


def limits_of(options: Mapping[str, Any]) -> Limits:
    """Read the limits. A field that is not there is not limited."""
    return Limits(
        symbols=frozenset(Symbol(symbol) for symbol in options[CONF_SYMBOLS]),
        max_notional_per_order=_amount(options, CONF_MAX_NOTIONAL_PER_ORDER),
        max_open_positions=options.get(CONF_MAX_OPEN_POSITIONS),
        max_daily_loss=_amount(options, CONF_MAX_DAILY_LOSS),
        cooldown_after_loss_s=options[CONF_COOLDOWN_AFTER_LOSS],
        min_loss=Decimal(options[CONF_MIN_LOSS]),
        price_collar_percent=Decimal(options[CONF_PRICE_COLLAR_PERCENT]),
        max_price_age_s=options[CONF_MAX_PRICE_AGE],
    )


def strategies_of(entry: ConfigEntry) -> tuple[StrategyTerms, ...]:
    """Read the strategies. One without symbols of its own may trade all of the account's."""
    return tuple(
        StrategyTerms(
            strategy_id=StrategyId(subentry.subentry_id),
            name=subentry.data[CONF_NAME],
            symbols=frozenset(Symbol(name) for name in subentry.data[CONF_SYMBOLS] or entry.options[CONF_SYMBOLS]),
        )
        for subentry in entry.get_subentries_of_type(SUBENTRY_STRATEGY)
    )


def webhook_secrets(strategy: Mapping[str, Any], now_s: int) -> tuple[str, ...]:
    """Give the secrets that a strategy's sender may sign with now: the present one, and for a while the former."""
    if strategy.get(CONF_FORMER_UNTIL, 0) > now_s:
        return strategy[CONF_SECRET], strategy[CONF_FORMER_SECRET]
    return (strategy[CONF_SECRET],)


def _secret(stored: Mapping[str, Any], key: str) -> Secret | None:
    return Secret(stored[key]) if key in stored else None


def _amount(options: Mapping[str, Any], key: str) -> Decimal | None:
    return Decimal(options[key]) if key in options else None
