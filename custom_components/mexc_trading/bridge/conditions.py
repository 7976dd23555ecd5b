"""Entities of the home that entries depend on: power, internet, presence. What is not known to be on, is not on."""

from collections.abc import Collection, Iterable
from typing import Final

from homeassistant.const import STATE_HOME, STATE_ON
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event

from .account import Account

MET: Final = frozenset({STATE_ON, STATE_HOME})
"""States that let entries pass. Any other does not: off, away, unavailable, unknown, and an entity that is gone."""


class HomeConditions:
    """Follows the entities that the limits name, and tells an account's books whether each is on."""

    def __init__(self, hass: HomeAssistant, books: Collection[Account]) -> None:
        """Follow nothing yet."""
        self._hass = hass
        self._books = books
        self._followed: frozenset[str] = frozenset()
        self._stop: CALLBACK_TYPE | None = None

    @callback
    def async_sync(self, wanted: Iterable[str]) -> None:
        """Follow exactly these entities, and tell how they are now."""
        followed = frozenset(wanted)
        if followed == self._followed:
            return
        self.async_close()
        self._followed = followed
        if followed:
            self._stop = async_track_state_change_event(self._hass, followed, self._async_changed)
        for name in sorted(followed):
            self._tell(name)

    @callback
    def async_close(self) -> None:
        """Follow nothing any more."""
        if self._stop is not None:
            self._stop()
            self._stop = None
        self._followed = frozenset()

    @callback
    def _async_changed(self, event: Event[EventStateChangedData]) -> None:
        self._tell(event.data["entity_id"])

    def _tell(self, name: str) -> None:
        state = self._hass.states.get(name)
        for book in self._books:
            book.guard.set_condition(name, met=state is not None and state.state in MET)
