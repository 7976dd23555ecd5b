"""What a strategy lacks, and why it was sent back, in the language of Home Assistant."""

from collections.abc import Sequence

from homeassistant.core import HomeAssistant

from .research.demotion import Reason
from .research.promotion import Missing
from .wording import async_wording


async def async_tell_missing(hass: HomeAssistant, lacks: Sequence[Missing]) -> str:
    """Tell what is missing before a promotion: "3.5 paper days of 14; 2 closed positions on paper of 20"."""
    words = await async_wording(hass)
    return "; ".join(words.text(f"lacks.{one.lack}", found=one.found, wanted=one.wanted) for one in lacks)


async def async_tell_reasons(hass: HomeAssistant, reasons: Sequence[Reason]) -> str:
    """Tell why a strategy may not trade with money any more."""
    words = await async_wording(hass)
    return "; ".join(words.text(f"faults.{one.fault}", found=one.found, allowed=one.allowed) for one in reasons)
