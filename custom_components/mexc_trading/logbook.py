"""Sentences for the activity log, in the language that Home Assistant itself is set to."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.components.logbook.models import LazyEventPartialState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import LOCALE_EN, async_get_cached_translations

from .const import DOMAIN, EVENT_NEWS, QUOTE_DEFAULT
from .model.decision import RuleName
from .model.money import NotAnAmount, amount

type Describe = Callable[[LazyEventPartialState], dict[str, str]]

WORDS: Final = ("action", "hold", "leg", "purpose", "rule", "side")
"""What stands in news as one of our own words, and is translated."""

FIGURES: Final = ("amount", "fill_price", "fill_quantity", "quantity")
"""What stands in news as a number, and is written as the language writes numbers."""

SAID: Final = ("who", "why")
"""What people write freely."""

OURS: Final[Mapping[str, str]] = {
    "administrator": "administrator",
    "drill": "drill",
    "emergency stop": "emergency_stop",
    "engine": "engine",
    "file": "file",
    "healthy again": "healthy_again",
    "kill file found": "kill_file_found",
    "next trading day": "next_trading_day",
    "reads agree again": "reads_agree_again",
    "start": "start",
    "switch": "switch",
    "the key is fit again": "the_key_is_fit_again",
    "webhook": "webhook",
}
"""What we ourselves write there, and the name of its translation."""

CENTS: Final = Decimal("0.01")
_MINUS: Final = "\N{MINUS SIGN}"


@callback
def async_describe_events(hass: HomeAssistant, async_describe_event: Callable[[str, str, Describe], None]) -> None:
    """Say how news is told."""

    @callback
    def describe(event: LazyEventPartialState) -> dict[str, str]:
        # A language that is not loaded yet, or that we do not have, is told in English.
        texts = async_get_cached_translations(hass, hass.config.language, "common", DOMAIN)
        texts = texts or async_get_cached_translations(hass, LOCALE_EN, "common", DOMAIN)
        news = {str(key): str(value) for key, value in event.data.items()}
        return {
            LOGBOOK_ENTRY_NAME: news["account"],
            LOGBOOK_ENTRY_MESSAGE: sentence(texts, news),
            LOGBOOK_ENTRY_ENTITY_ID: news["entity_id"],
        }

    async_describe_event(DOMAIN, EVENT_NEWS, describe)


def sentence(texts: Mapping[str, str], news: Mapping[str, str]) -> str:
    """Tell one piece of news: "Entry BTCUSDT denied: max open positions 4 of 3"."""

    def text(place: str) -> str:
        return texts[f"component.{DOMAIN}.common.{place}"]

    point = text("measure.point")
    filled = dict(news)
    for field in WORDS:
        if field in news:
            filled[field] = text(f"words.{field}.{news[field]}")
    for field in SAID:
        if field in news:
            filled[field] = _said(texts, news[field])
    for field in FIGURES:
        if field in news:
            filled[field] = news[field].replace(".", point)
    if "rule" in news:
        value = _named(text, news["value"]) if news["rule"] == RuleName.HOLDS else news["value"]
        filled["measure"] = text(f"measure.{_measure(news)}").format(
            value=_shown(value, news["unit"], point, with_unit=not news["limit"]),
            limit=_shown(news["limit"], news["unit"], point, with_unit=True),
        )
    if "scope" in news:
        filled["scope"] = news["scope"] or text("words.scope.book")
    return text(f"news.{news['stream']}.{news['type']}").format(**filled)


def _measure(news: Mapping[str, str]) -> str:
    """Say which sentence fits: not every rule has a limit, or a value."""
    if news["limit"]:
        return "of_limit"
    return "value" if news["value"] else "nothing"


def _said(texts: Mapping[str, str], words: str) -> str:
    """Write who or why, or both as "who: why"; what is not ours stays as it was written."""
    parts = words.split(": ", 1)
    places = (f"component.{DOMAIN}.common.words.said.{OURS.get(part, '')}" for part in parts)
    return ": ".join(texts.get(place, part) for place, part in zip(places, parts, strict=True))


def _named(text: Callable[[str], str], holds: str) -> str:
    """Write the holds that a rule names, in words."""
    return ", ".join(text(f"words.hold.{hold}") for hold in holds.split(", ") if hold)


def _shown(value: str, unit: str, point: str, *, with_unit: bool) -> str:
    """Write a figure for people: money to the cent, with a true minus sign. What is no number stays as it is."""
    tail = f" {unit}" if with_unit and unit else ""
    try:
        number = amount(value)
    except NotAnAmount:
        return value + tail
    figure = f"{number.quantize(CENTS) if unit == QUOTE_DEFAULT else value}"
    return figure.replace("-", _MINUS).replace(".", point) + tail
