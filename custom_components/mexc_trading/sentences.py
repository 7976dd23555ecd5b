"""What a strategy lacks, why it was sent back and what holds it, in the language of Home Assistant."""

from collections.abc import Mapping, Sequence

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations, async_get_translations

from .const import DOMAIN
from .research.demotion import Reason
from .research.promotion import Missing


async def async_tell_missing(hass: HomeAssistant, lacks: Sequence[Missing]) -> str:
    """Tell what is missing before a promotion: "3.5 paper days of 14; 2 closed positions on paper of 20"."""
    texts = await _async_texts(hass)
    told = (_text(texts, f"lacks.{one.lack}").format(found=one.found, wanted=one.wanted) for one in lacks)
    return "; ".join(told)


async def async_tell_reasons(hass: HomeAssistant, reasons: Sequence[Reason]) -> str:
    """Tell why a strategy may not trade with money any more."""
    texts = await _async_texts(hass)
    told = (_text(texts, f"faults.{one.fault}").format(found=one.found, allowed=one.allowed) for one in reasons)
    return "; ".join(told)


@callback
def tell_word(hass: HomeAssistant, place: str, key: str) -> str:
    """Give one of our words in the language of Home Assistant; the key itself while its texts are not loaded."""
    texts = async_get_cached_translations(hass, hass.config.language, "common", DOMAIN)
    return texts.get(f"component.{DOMAIN}.common.words.{place}.{key}", key)


async def _async_texts(hass: HomeAssistant) -> Mapping[str, str]:
    """Load our texts. Home Assistant gives the English ones where it has no others."""
    return await async_get_translations(hass, hass.config.language, "common", [DOMAIN])


def _text(texts: Mapping[str, str], place: str) -> str:
    return texts[f"component.{DOMAIN}.common.{place}"]
