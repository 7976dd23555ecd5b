"""From a config entry to the terms of an account: the one place that knows how the entry is laid out."""

from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, assert_never

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant

from .bridge.credentials.source import KeyPair
from .bridge.kill_webhook import kill_webhook_secret
from .bridge.standard_webhooks import SECRET_PREFIX
from .bridge.terms import AccountTerms
from .bridge.tokens import is_token
from .const import (
    CONF_API_KEY,
    CONF_API_SECRET,
    CONF_BREAK_EVEN,
    CONF_CLAMP,
    CONF_CREDENTIALS,
    CONF_ENTRY,
    CONF_EXIT,
    CONF_FORMER_SECRET,
    CONF_FORMER_UNTIL,
    CONF_HEARTBEAT_S,
    CONF_INSTALL_SECRET,
    CONF_INTERVAL,
    CONF_KILL_FORMER_UNTIL,
    CONF_KILL_SECRETS,
    CONF_MODE,
    CONF_NAME,
    CONF_PAPER_BALANCE,
    CONF_REST_URL,
    CONF_RULES_SINCE,
    CONF_SECRET,
    CONF_SIZE,
    CONF_SIZE_BASIS,
    CONF_STAGE,
    CONF_STOP_LOSS_PERCENT,
    CONF_STREAM_URL,
    CONF_SYMBOLS,
    CONF_TAKE_PROFIT,
    CONF_TIME_EXIT_S,
    CONF_TRAILING_PERCENT,
    DAYS,
    DOMAIN,
    MODE_LIVE,
    MODE_PAPER,
    OPTIONS_PAPER,
    QUOTE_DEFAULT,
    SECTION_LIMITS,
    SECTION_PROTECTION,
    SUBENTRY_RULE_STRATEGY,
    SUBENTRY_STRATEGY,
)
from .exchange.mexc.klines import Interval
from .exchange.paper.terms import FeeAsset, PaperTerms
from .exchange.secret import Secret
from .model.ids import Asset, BookName, StrategyId, Symbol
from .model.money import HUNDRED
from .model.signal import Level, LevelBasis, Protect, Size, SizeBasis, Target
from .research.rule_plan import RulePlan
from .risk.limit_table import LIMIT_ROWS, Kind, LimitRow
from .risk.limits import Group, Limits, LossScope, StopAction, SymbolQuantity
from .risk.schedule import MINUTES_A_DAY, Window
from .risk.strategy import StrategyTerms
from .risk.unsigned import without_signature

_CHOICES: Final = {"kill_action": StopAction, "loss_action": StopAction, "loss_scope": LossScope}
_MINUTES_AN_HOUR: Final = 60

CONNECTION_KEYS: Final = (CONF_REST_URL, CONF_STREAM_URL, CONF_API_KEY, CONF_API_SECRET, CONF_CREDENTIALS)
"""What an account is opened with: a change of any of these opens it anew."""


def account_folder(hass: HomeAssistant, entry: ConfigEntry) -> Path:
    """Say where an account keeps its journal and its kill file."""
    return Path(hass.config.path(DOMAIN, entry.entry_id))


def account_terms(hass: HomeAssistant, entry: ConfigEntry, pair: KeyPair | None) -> AccountTerms:
    """Read an account's terms; its key has been read before, from wherever it is kept."""
    return AccountTerms(
        entry_id=entry.entry_id,
        name=entry.title,
        mode=BookName(entry.data[CONF_MODE]),
        rest_url=entry.data[CONF_REST_URL],
        stream_url=entry.data[CONF_STREAM_URL],
        api_key=pair.api_key if pair else None,
        api_secret=pair.api_secret if pair else None,
        install_secret=bytes.fromhex(entry.data[CONF_INSTALL_SECRET]),
        quote=Asset(QUOTE_DEFAULT),
        limits=limits_of(entry.options),
        folder=account_folder(hass, entry),
        paper_balance=Decimal(entry.data[CONF_PAPER_BALANCE]),
        paper=paper_terms_of(entry.options),
    )


def paper_terms_of(options: Mapping[str, Any]) -> PaperTerms:
    """Read how the paper venue behaves. What is not there is as kind as it can be."""
    own = options.get(OPTIONS_PAPER, {})

    def share(name: str, usual: str) -> Decimal:
        return Decimal(own.get(name, usual)) / HUNDRED

    return PaperTerms(
        share=share("share_percent", "100"),
        slippage=share("slippage_percent", "0"),
        latency_ms=own.get("latency_ms", 0),
        taker_fee=share("taker_fee_percent", "") if "taker_fee_percent" in own else None,
        maker_fee=share("maker_fee_percent", "") if "maker_fee_percent" in own else None,
        fee_asset=FeeAsset(own.get("fee_asset", FeeAsset.QUOTE)),
        mx_discount=share("mx_discount_percent", "0"),
        visible_after_ms=own.get("visible_after_ms", 0),
        refuse_every=own.get("refuse_every") or None,
    )


def limits_of(options: Mapping[str, Any]) -> Limits:
    """Read the limits. A field that is not there has its loosest value."""
    return Limits(**{row.name: _limit(row, options[row.name]) for row in LIMIT_ROWS if row.name in options})


def _limit(row: LimitRow, value: Any) -> Any:  # noqa: ANN401  # From JSON to the type of one of thirty-odd fields.
    match row.kind:
        case Kind.AMOUNT | Kind.PERCENT | Kind.RATIO:
            return Decimal(value)
        case Kind.CHOICE:
            return _CHOICES[row.name](value)
        case Kind.SYMBOLS:
            return frozenset(Symbol(name) for name in value)
        case Kind.QUANTITIES:
            return tuple(SymbolQuantity(Symbol(one["symbol"]), Decimal(one["quantity"])) for one in value)
        case Kind.GROUPS:
            return tuple(
                Group(one["name"], tuple(Symbol(name) for name in one["symbols"]), Decimal(one["max_exposure"]))
                for one in value
            )
        case Kind.WINDOWS:
            return tuple(window for one in value for window in _windows(one))
        case Kind.ENTITIES:
            return tuple(value)
        case Kind.COUNT | Kind.SECONDS | Kind.SWITCH:
            return value
        case other:
            assert_never(other)


def _windows(table: Mapping[str, Any]) -> tuple[Window, ...]:
    """Read one window. One that runs past midnight is two, the second on the days after."""
    days = tuple(DAYS.index(day) for day in table["days"])
    start, end = _minute(table["start"]), _minute(table["end"]) or MINUTES_A_DAY
    if start < end:
        return (Window(days, start, end),)
    after = tuple(sorted((day + 1) % len(DAYS) for day in days))
    return (Window(days, start, MINUTES_A_DAY), Window(after, 0, end))


def _minute(text: str) -> int:
    moment = time.fromisoformat(text)
    return moment.hour * _MINUTES_AN_HOUR + moment.minute


def strategy_subentries(entry: ConfigEntry) -> tuple[ConfigSubentry, ...]:
    """List an account's strategies of both kinds."""
    kinds = (SUBENTRY_STRATEGY, SUBENTRY_RULE_STRATEGY)
    return tuple(subentry for subentry in entry.subentries.values() if subentry.subentry_type in kinds)


def strategies_of(entry: ConfigEntry) -> tuple[StrategyTerms, ...]:
    """Read the strategies. One without symbols of its own may trade all of the account's.

    The stage is what the strategy has reached: on a paper account, paper. The rules of one that has some are its
    version here.
    """
    live = entry.data[CONF_MODE] == MODE_LIVE
    rules = {plan.strategy_id: plan.text for plan in rule_plans_of(entry)}
    return tuple(
        StrategyTerms(
            strategy_id=StrategyId(subentry.subentry_id),
            name=subentry.data[CONF_NAME],
            symbols=frozenset(_symbols(entry, subentry)),
            stage=BookName(subentry.data.get(CONF_STAGE, MODE_PAPER) if live else MODE_PAPER),
            version=rules.get(StrategyId(subentry.subentry_id), ""),
            limits=_own_limits(own := subentry.data.get(SECTION_LIMITS, {}), subentry.data.get(CONF_SECRET, "")),
            clamp=own.get(CONF_CLAMP, False),
            protect=_protect(subentry.data.get(SECTION_PROTECTION, {})),
            heartbeat_s=own.get(CONF_HEARTBEAT_S),
        )
        for subentry in strategy_subentries(entry)
    )


def rule_plans_of(entry: ConfigEntry) -> tuple[RulePlan, ...]:
    """Read the rules of the strategies that have some."""
    return tuple(
        RulePlan(
            strategy_id=StrategyId(subentry.subentry_id),
            symbols=_symbols(entry, subentry),
            interval=Interval(subentry.data[CONF_INTERVAL]),
            entry=subentry.data[CONF_ENTRY],
            exit=subentry.data[CONF_EXIT],
            size=Size(basis=SizeBasis(subentry.data[CONF_SIZE_BASIS]), value=Decimal(subentry.data[CONF_SIZE])),
            protect=_protect(subentry.data[SECTION_PROTECTION]),
            since_s=subentry.data[CONF_RULES_SINCE],
        )
        for subentry in entry.get_subentries_of_type(SUBENTRY_RULE_STRATEGY)
    )


def _symbols(entry: ConfigEntry, subentry: ConfigSubentry) -> tuple[Symbol, ...]:
    return tuple(Symbol(name) for name in subentry.data[CONF_SYMBOLS] or entry.options[CONF_SYMBOLS])


def _own_limits(own: Mapping[str, Any], secret: str) -> Limits | None:
    """Read the limits of a strategy's own; one that cannot sign has some in any case."""
    limits = limits_of(own) if own else None
    return without_signature(limits) if is_token(secret) else limits


def _protect(own: Mapping[str, Any]) -> Protect | None:
    """Read the exits of entries whose signal names none; None: the strategy has none either."""
    if not own:
        return None
    stop, trailing = own.get(CONF_STOP_LOSS_PERCENT), own.get(CONF_TRAILING_PERCENT)
    return Protect(
        stop_loss=_distance(stop) if stop else None,
        take_profit=tuple(
            Target(level=_distance(step["percent"]), share=Decimal(step["share"]) / HUNDRED)
            for step in own.get(CONF_TAKE_PROFIT, ())
        ),
        trailing_percent=Decimal(trailing) if trailing else None,
        break_even=own.get(CONF_BREAK_EVEN, False),
        time_exit_s=own.get(CONF_TIME_EXIT_S),
    )


def _distance(percent: str) -> Level:
    return Level(basis=LevelBasis.PERCENT, value=Decimal(percent))


def entry_secrets(entry: ConfigEntry) -> tuple[Secret, ...]:
    """List what nobody may read, apart from the key: the strategies' secrets, the install's and the kill switch's.

    What signs is listed with and without the beginning that all have in common: a library may log what it decodes.
    """
    install = entry.data[CONF_INSTALL_SECRET]
    signing = list(_kill_secrets(entry, both=True))
    for subentry in entry.get_subentries_of_type(SUBENTRY_STRATEGY):
        signing += [subentry.data[key] for key in (CONF_SECRET, CONF_FORMER_SECRET) if key in subentry.data]
    found = [text for secret in signing for text in (secret, secret.removeprefix(SECRET_PREFIX))]
    return tuple(Secret(text) for text in (install, *found))


def kill_secrets(entry: ConfigEntry, now_s: int) -> tuple[str, ...]:
    """Give the secrets that engage the kill switch now, the present one first. None was made yet: nobody can."""
    return _kill_secrets(entry, both=entry.data.get(CONF_KILL_FORMER_UNTIL, 0) > now_s)


def _kill_secrets(entry: ConfigEntry, *, both: bool) -> tuple[str, ...]:
    install = bytes.fromhex(entry.data[CONF_INSTALL_SECRET])
    made = entry.data.get(CONF_KILL_SECRETS, 0)
    return tuple(kill_webhook_secret(install, number) for number in range(made, max(0, made - 1 - both), -1))


def webhook_secrets(strategy: Mapping[str, Any], now_s: int) -> tuple[str, ...]:
    """Give the secrets that a strategy's sender may sign with now: the present one, and for a while the former."""
    if strategy.get(CONF_FORMER_UNTIL, 0) > now_s:
        return strategy[CONF_SECRET], strategy[CONF_FORMER_SECRET]
    return (strategy[CONF_SECRET],)
