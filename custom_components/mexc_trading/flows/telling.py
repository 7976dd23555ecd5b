"""What is wrong with a form, for its texts: where it is shown, the field's name, what was typed, and the limit."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN
from ..reasons import tell_reason
from ..wording import async_wording
from .reading import Concern

NO_PLACEHOLDERS: Final[Mapping[str, str]] = dict.fromkeys(
    ("symbols", "quote", "cause", "subject", "field", "typed", "bound"), ""
)
"""Texts of errors name these; a form without that error still has to give them."""


class Told(NamedTuple):
    """The keys of the texts by where they are shown, and what stands in their placeholders."""

    errors: dict[str, str]
    placeholders: dict[str, str]


async def async_filled(hass: HomeAssistant, concern: Concern | None) -> dict[str, str]:
    """Give every placeholder that texts of errors name, filled in as far as a concern says, with its cause in words.

    The first form comes before anything of ours was set up: its texts may have to be loaded.
    """
    said = {**NO_PLACEHOLDERS, **(concern.placeholders if concern else {})}
    return said | {"cause": tell_reason(await async_wording(hass), said["cause"])}


async def async_told(hass: HomeAssistant, category: str, wrong: Mapping[str, Concern]) -> Told:
    """Tell what is wrong. ``category`` is where the texts of the form stand, as ``config``.

    A form has one set of placeholders. So of the concerns that need them the first is told, and the next once that one
    is mended; the others are told all at once.
    """
    told = Told({}, dict(NO_PLACEHOLDERS))
    full = False
    for place, concern in wrong.items():
        if concern.placeholders:
            if full:
                continue
            full = True
            told.placeholders.update(await async_filled(hass, concern))
            told.placeholders["field"] = await _async_name(hass, category, concern.about)
        told.errors[place] = concern.key
    return told


async def _async_name(hass: HomeAssistant, category: str, field: str) -> str:
    """Give a field's name in the language of Home Assistant; the flow does not know that of the person."""
    texts = await async_get_translations(hass, hass.config.language, category, [DOMAIN])
    end = f".{field}" if ".data." in field else f".data.{field}"
    return next((text for place, text in texts.items() if place.endswith(end)), field)
