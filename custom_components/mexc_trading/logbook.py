"""Sentences for the activity log, in the language that Home Assistant itself is set to."""

from collections.abc import Callable

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.components.logbook.models import LazyEventPartialState
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN, EVENT_NEWS
from .sentences import sentence
from .wording import wording

type Describe = Callable[[LazyEventPartialState], dict[str, str]]


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
