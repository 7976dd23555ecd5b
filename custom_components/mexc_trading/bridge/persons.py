"""Who did it, for the journal: the name of the Home Assistant user behind a call."""

from homeassistant.core import Context, HomeAssistant

AUTOMATION = "automation"
"""Stands for calls that no user made directly."""


async def async_person(hass: HomeAssistant, context: Context | None) -> str | None:
    """Name the user who made a call; None when it was no user."""
    if context is None or context.user_id is None:
        return None
    user = await hass.auth.async_get_user(context.user_id)
    return None if user is None or user.system_generated else user.name or user.id
