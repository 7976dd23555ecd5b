"""Sentences for the activity log, in the language that Home Assistant itself is set to."""

from collections.abc import Callable, Mapping
from typing import Final

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.components.logbook.models import LazyEventPartialState
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN, EVENT_NEWS, QUOTE_DEFAULT
from .reasons import tell_reason
from .wording import Wording, wording

type Describe = Callable[[LazyEventPartialState], dict[str, str]]

WORDS: Final = ("action", "hold", "leg", "purpose", "rule", "side")
"""What stands in news as one of our own words, and is translated."""

FIGURES: Final[Mapping[str, str]] = {"amount": QUOTE_DEFAULT, "fill_price": "", "fill_quantity": "", "quantity": ""}
"""What stands in news as a number, and what it is rounded as."""

REASONS: Final = ("cause", "who", "why")
"""What stands in news as a reason: ours are translated, those of people stay as they are."""


@callback
def async_describe_events(hass: HomeAssistant, async_describe_event: Callable[[str, str, Describe], None]) -> None:
    """Say how news is told."""

    @callback
    def describe(event: LazyEventPartialState) -> dict[str, str]:
        news = {str(key): str(value) for key, value in event.data.items()}
        return {
            LOGBOOK_ENTRY_NAME: news["account"],
            LOGBOOK_ENTRY_MESSAGE: sentence(wording(hass), news),
            LOGBOOK_ENTRY_ENTITY_ID: news["entity_id"],
        }

    async_describe_event(DOMAIN, EVENT_NEWS, describe)


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
    place = f"news.{news['stream']}.{news['type']}"
    because = words.text("measure.because", cause=filled["cause"]) if news.get("cause") else ""
    return words.text(place, **(filled | {"because": because}))


def _measured(words: Wording, news: Mapping[str, str]) -> str:
    """Write what the rule was given, and what it allows: not every rule has a limit, or a value."""
    unit = news["unit"]
    value = words.value(news["rule"], news["value"], unit)
    limit = words.value(news["rule"], news["limit"], unit)
    tail = f" {words.word('unit', unit)}" if unit else ""
    if news["limit"]:
        return words.text("measure.of_limit", value=value, limit=limit + tail)
    return words.text("measure.value", value=value + tail) if news["value"] else words.text("measure.nothing")
