"""Trying rules, or what a strategy wanted, on the past; and ending such a run."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, Final, cast

import probatio as vol

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..bridge.action_intake import ATTR_STRATEGY
from ..bridge.backtests import LATENCY_MS, SLIPPAGE, Failed, Finished, Wish
from ..bridge.curve import async_show_curve
from ..const import DOMAIN
from ..coordinator import MexcConfigEntry
from ..exchange.mexc.klines import Interval
from ..model.ids import StrategyId, Symbol
from ..model.money import HUNDRED, NotAnAmount, amount, exact, plain
from ..model.signal import Level, LevelBasis, Protect, Size, SizeBasis
from ..reasons import tell_reason
from ..research.page_texts import PageTexts
from ..research.places import ExpressionError
from ..research.rule_plan import RulePlan
from ..research.rule_strategy import NEVER, RuleStrategy, RuleTerms
from ..wording import async_wording
from .calling import Action, entry_of, strategy_of

EVENT_PROGRESS: Final = f"{DOMAIN}_backtest"
"""Fired while a run goes on, with what is done of how much."""

_RULES: Final = StrategyId("rules")
_INTERVAL_DEFAULT: Final = Interval.MIN15
_DAYS_MAX: Final = 3_650

_LATENCY_MS_MAX: Final = 60_000
"""A minute: nobody waits longer for an order to arrive."""

_SIZE: Final = Decimal(1_000)
_SHARE: Final = Decimal("0.9")
"""What an entry costs if nobody says: so much, or so much of the account's largest order."""


def _money(value: object) -> str:
    """Keep an amount as the text that was written."""
    text = str(value)
    try:
        with exact():
            if amount(text) > 0:
                return text
    except NotAnAmount as error:
        raise vol.Invalid(str(error)) from error
    raise vol.Invalid("must be above zero")


def _percent(value: object) -> Decimal:
    """Read a share in percent, as a fraction."""
    try:
        with exact():
            fraction = amount(str(value)) / HUNDRED
    except NotAnAmount as error:
        raise vol.Invalid(str(error)) from error
    if not 0 <= fraction < 1:
        raise vol.Invalid("must be 0 to 100")
    return fraction


_FIELDS: Final[dict[vol.Marker, object]] = {
    vol.Required("symbol"): cv.string,
    vol.Exclusive(ATTR_STRATEGY, "wishes"): cv.string,
    vol.Exclusive("entry", "wishes"): cv.string,
    vol.Optional("exit", default=NEVER): cv.string,
    vol.Optional("interval"): vol.In([interval.value for interval in Interval]),
    vol.Optional("days", default=90): vol.All(vol.Coerce(int), vol.Range(min=1, max=_DAYS_MAX)),
    vol.Optional("notional"): _money,
    vol.Optional("stop_loss_percent"): _money,
    vol.Optional("latency_ms", default=LATENCY_MS): vol.All(vol.Coerce(int), vol.Range(min=0, max=_LATENCY_MS_MAX)),
    vol.Optional("slippage_percent", default=plain(SLIPPAGE * HUNDRED)): _percent,
}


def backtest_actions() -> tuple[Action, ...]:
    """List the actions on backtests."""
    return (
        Action(
            name="run_backtest",
            handler=_async_run,
            fields=_FIELDS,
            admin=True,
            whole_account=True,
            response=SupportsResponse.ONLY,
        ),
        Action(name="cancel_backtest", handler=_async_cancel, fields={}, admin=True, whole_account=True),
    )


async def _async_run(call: ServiceCall) -> ServiceResponse:
    """Run, tell progress by events, and answer with the figures and where the page lies."""
    entry = entry_of(call)
    words = await async_wording(call.hass)
    texts = PageTexts(words.places)
    wish = _wish(entry, call, texts)
    done = await entry.runtime_data.backtests.run(wish, partial(_async_tell, call.hass, entry))
    if isinstance(done, Failed):
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=done.key,
            translation_placeholders={"cause": tell_reason(words, done.cause)},
        )
    statistic = async_show_curve(call.hass, entry, done.result)
    return cast("ServiceResponse", _figures(done, texts) | {"statistic_id": statistic})


async def _async_cancel(call: ServiceCall) -> ServiceResponse:
    """End the run that is under way."""
    return {"canceled": entry_of(call).runtime_data.backtests.cancel()}


def _wish(entry: MexcConfigEntry, call: ServiceCall, texts: PageTexts) -> Wish:
    """Read what is to be tried: a strategy of the account, or a rule that was written into the call."""
    given = call.data
    symbol, interval = Symbol(given["symbol"].upper()), Interval(given.get("interval", _INTERVAL_DEFAULT))
    wish = Wish(
        symbol=symbol,
        interval=interval,
        days=given["days"],
        latency_ms=given["latency_ms"],
        slippage=given["slippage_percent"],
        texts=texts,
    )
    if ATTR_STRATEGY in given:
        strategy = strategy_of(entry, given[ATTR_STRATEGY])
        plan, title = entry.runtime_data.rules.plan(strategy), entry.subentries[strategy].title
        if plan is not None:
            return _wish_of(plan, replace(wish, name=title), given)
        return replace(wish, strategy=strategy, name=title)
    if "entry" not in given:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="backtest_of_nothing")
    return replace(wish, rules=_rules(entry, symbol, given), name=texts.text("rules"))


def _rules(entry: MexcConfigEntry, symbol: Symbol, given: Mapping[str, str]) -> RuleTerms:
    """Read a rule that was written into the call; one that cannot be read is refused with its place."""
    stop = given.get("stop_loss_percent")
    rules = RuleTerms(
        strategy_id=_RULES,
        symbol=symbol,
        entry=given["entry"],
        exit=given["exit"],
        size=Size(basis=SizeBasis.NOTIONAL, value=_size(entry, given)),
        protect=None if stop is None else Protect(stop_loss=Level(basis=LevelBasis.PERCENT, value=amount(stop))),
    )
    try:
        RuleStrategy(rules)
    except ExpressionError as error:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="expression_invalid",
            translation_placeholders={
                "line": str(error.line),
                "column": str(error.column),
                "message": error.message,
            },
        ) from error
    return rules


def _size(entry: MexcConfigEntry, given: Mapping[str, str]) -> Decimal:
    """Give what an entry costs: as asked, else a size that the account's limit allows at the worst price too."""
    if "notional" in given:
        return amount(given["notional"])
    largest = entry.options.get("max_notional_per_order")
    with exact():
        return _SIZE if largest is None else amount(largest) * _SHARE


def _wish_of(plan: RulePlan, wish: Wish, given: Mapping[str, Any]) -> Wish:
    """Try a strategy's own rules, on its own symbols and candles: what comes of it is evidence about just that."""
    if wish.symbol not in plan.symbols or given.get("interval", plan.interval) != plan.interval:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="backtest_not_its_own",
            translation_placeholders={
                "strategy": wish.name,
                "interval": plan.interval.value,
                "symbols": ", ".join(plan.symbols),
            },
        )
    return replace(
        wish,
        interval=plan.interval,
        rules=plan.terms(wish.symbol),
        strategy=plan.strategy_id,
        rules_text=plan.text,
    )


@callback
def _async_tell(hass: HomeAssistant, entry: MexcConfigEntry, phase: str, done: int, total: int) -> None:
    told = {"config_entry_id": entry.entry_id, "phase": phase, "done": done, "total": total}
    hass.bus.async_fire(EVENT_PROGRESS, told)


def _rounded(figure: float | None) -> float | None:
    """Write a figure as precisely as it means something: hundredths of the currency, of a percent, of a ratio."""
    return None if figure is None else round(figure, 2) + 0.0


def _figures(done: Finished, texts: PageTexts) -> dict[str, object]:
    """Write the result for people and templates; the page has the rest."""
    result, measures = done.result, done.result.measures
    figures = {
        "trades": measures.trades,
        "result": _rounded(measures.result),
        "fees": _rounded(measures.fees),
        "return_percent": _rounded(measures.return_percent),
        "hold_percent": _rounded(measures.hold_percent),
        "win_percent": _rounded(measures.win_percent),
        "profit_factor": _rounded(measures.profit_factor),
        "max_drawdown_percent": _rounded(measures.max_drawdown_percent),
        "sharpe": _rounded(measures.sharpe),
        "sortino": _rounded(measures.sortino),
        "exposure_percent": _rounded(measures.exposure_percent),
    }
    return {
        **figures,
        "candles": result.candles,
        "gaps": result.gaps,
        "signals": result.decided,
        "allowed": result.allowed,
        "denials": dict(result.denials),
        "assumptions": [texts.assumption(taken) for taken in result.assumptions],
        "report": str(done.page),
    }
