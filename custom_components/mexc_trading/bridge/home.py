"""Whether Home Assistant itself is there: started, not stopping, and with a database that takes what it is given."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from homeassistant.const import EVENT_HOMEASSISTANT_STARTED, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, CoreState, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.recorder import DATA_INSTANCE

from .account import Account

LOOK_EVERY: Final = timedelta(seconds=5)
"""How often the database is looked at."""

BACKLOG_MAX: Final = 5_000
"""Changes that wait to be written: several minutes of a busy home, so nothing is written any more."""


@callback
def async_follow_home(hass: HomeAssistant, books: Collection[Account]) -> CALLBACK_TYPE:
    """Tell an account's books how Home Assistant is, until the returned function is called."""

    @callback
    def tell(_: Event | datetime | None = None) -> None:
        for book in books:
            book.monitor.home(running=hass.state is CoreState.running, database_works=database_works(hass))

    @callback
    def stopping(_: Event) -> None:
        for book in books:
            book.monitor.home(running=False, database_works=database_works(hass))

    undo = (
        hass.bus.async_listen(EVENT_HOMEASSISTANT_STARTED, tell),
        hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, stopping),
        async_track_time_interval(hass, tell, LOOK_EVERY, cancel_on_shutdown=True),
    )
    tell()

    @callback
    def stop() -> None:
        for each in undo:
            each()

    return stop


def database_works(hass: HomeAssistant) -> bool | None:
    """Say whether the recorder writes; None where there is none."""
    recorder = hass.data.get(DATA_INSTANCE)
    if recorder is None:
        return None
    return recorder.is_alive() and recorder.recording and recorder.backlog <= BACKLOG_MAX
