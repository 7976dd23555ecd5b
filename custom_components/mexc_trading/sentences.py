"""Whole sentences in the language of Home Assistant: news, what a strategy lacks, and why it was sent back."""

from collections.abc import Mapping, Sequence
from typing import Final

from homeassistant.core import HomeAssistant

from .bridge.risk_news import RiskKind
from .bridge.stages import ENGINE
from .const import QUOTE_DEFAULT
from .model.decision import RuleName
from .reasons import tell_reason
from .research.demotion import Reason
from .research.promotion import Missing
from .wording import Wording, async_wording

WORDS: Final = ("action", "hold", "leg", "purpose", "rule", "side")
"""What stands in news as one of our own words, and is translated."""

FIGURES: Final[Mapping[str, str]] = {"amount": QUOTE_DEFAULT, "fill_price": "", "fill_quantity": "", "quantity": ""}
"""What stands in news as a number, and what it is rounded as."""

MEASURES: Final[Mapping[str, str]] = {
    RuleName.DUPLICATE_INTENT: "too_soon",
    RuleName.HOME_CONDITION: "value",
    RuleName.INSTRUMENT_TRADABLE: "allowed",
    RuleName.STAGE: "allowed",
    RuleName.SYMBOL_ALLOWED: "allowed",
    RuleName.TICK_LOT_MINIMUM: "at_least",
    RuleName.TRADING_WINDOW: "allowed",
}
"""How what a rule was given stands to what it allows, where the limit is not the most that it may be."""

REASONS: Final = ("cause", "who", "why")
"""What stands in news as a reason: ours are translated, those of people stay as they are."""


async def async_tell_missing(hass: HomeAssistant, lacks: Sequence[Missing]) -> str:
    """Tell what is missing before a promotion: "3.5 paper days of 14; 2 closed positions on paper of 20"."""
    words = await async_wording(hass)
    return "; ".join(
        words.text(f"lacks.{one.lack}", found=_written(words, one.found), wanted=_written(words, one.wanted))
        for one in lacks
    )


async def async_tell_reasons(hass: HomeAssistant, reasons: Sequence[Reason]) -> str:
    """Tell why a strategy may not trade with money any more."""
    words = await async_wording(hass)
    return "; ".join(
        words.text(f"faults.{one.fault}", found=_written(words, one.found), allowed=_written(words, one.allowed))
        for one in reasons
    )


def _written(words: Wording, found: str) -> str:
    """Write a figure with decimals, and "%" after it or not, as the language does; counts and versions have none."""
    number, space, unit = found.partition(" ")
    return f"{words.figure(number, unit)}{space}{unit}" if "." in number else found


def sentence(words: Wording, news: Mapping[str, str]) -> str:
    """Tell one piece of news: "Entry BTCUSDT denied: max open positions 4 of 3"."""
    filled = dict(news)
    for field in WORDS:
        if field in news:
            filled[field] = words.word(field, news[field])
    for field in REASONS:
        if field in news:
            filled[field] = tell_reason(words, news[field])
    for field, unit in FIGURES.items():
        if field in news:
            filled[field] = words.figure(news[field], unit)
    if "rule" in news:
        filled["measure"] = _measured(words, news)
    if "scope" in news:
        filled["scope"] = news.get("scope_name") or news["scope"] or words.word("scope", "book")
    unanswered = news["type"] == RiskKind.DECLINED and news["who"] == ENGINE
    place = f"news.{news['stream']}.{'unanswered' if unanswered else news['type']}"
    because = words.text("measure.because", cause=filled["cause"]) if news.get("cause") else ""
    return words.text(place, **(filled | {"because": because}))


def _measured(words: Wording, news: Mapping[str, str]) -> str:
    """Write what the rule was given, and what it allows: not every rule has a limit, or a value."""
    unit = news["unit"]
    value = words.value(news["rule"], news["value"], unit)
    limit = words.value(news["rule"], news["limit"], unit)
    tail = f" {words.word('unit', unit)}" if unit else ""
    if news["limit"]:
        how = MEASURES.get(news["rule"], "of_limit")
        return words.text(f"measure.{how}", value=value, limit=limit + tail)
    return words.text("measure.value", value=value + tail) if news["value"] else words.text("measure.nothing")
