"""Heads of a journal that Home Assistant's recorder kept, as states of a sensor: compared once, soon after a start.

The recorder's database is only read, in its own threads, and nothing waits for it: a home without a recorder, or with
one that is away, starts and trades as any other. What is found ends as what a boot finds by itself does.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
import logging
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.recorder import DATA_INSTANCE

from ..engine.ports import Head
from .care import Care

if TYPE_CHECKING:
    from homeassistant.components.recorder.core import Recorder

_LOGGER = logging.getLogger(__name__)

DAYS_READ: Final = 31
"""The last head of each day, as far back as witnesses are kept. By default the recorder keeps ten days."""

STATES_READ: Final = 16
"""The last states of each day that are read: among them is one with a head, unless the sensor was away all day."""


async def async_weigh_recorded(hass: HomeAssistant, care: Care, entity_id: str) -> None:
    """Compare a book's journal with the heads that the recorder kept of its sensor."""
    recorder = hass.data.get(DATA_INSTANCE)
    if recorder is None:
        return
    await care.weigh(await _async_heads(hass, recorder, entity_id, since_s=await care.since_s()))


async def _async_heads(hass: HomeAssistant, recorder: Recorder, entity_id: str, *, since_s: int) -> tuple[Head, ...]:
    """Read the heads that were recorded since a moment, the last of each day; none if they cannot be read."""
    # Imported here: a home without the recorder may lack the recorder's own requirements.
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    now = datetime.now(UTC)
    since = max(now - timedelta(days=DAYS_READ), datetime.fromtimestamp(since_s, UTC))
    try:
        return await recorder.async_add_executor_job(lambda: tuple(_heads(hass, entity_id, since, now)))
    except (SQLAlchemyError, RuntimeError) as error:  # RuntimeError: the recorder is being shut down.
        _LOGGER.info("What the recorder has of %s could not be read: %s", entity_id, type(error).__name__)
        return ()


def _heads(hass: HomeAssistant, entity_id: str, since: datetime, now: datetime) -> Iterator[Head]:
    """Read day by day. Blocking, in the recorder's threads."""
    from homeassistant.components.recorder.history import state_changes_during_period  # noqa: PLC0415

    while since < now:
        until = min(now, since + timedelta(days=1))
        found = state_changes_during_period(
            hass, since, until, entity_id, descending=True, limit=STATES_READ, include_start_time_state=False
        )
        heads = (head_in(state) for state in found.get(entity_id, ()))
        if (last := next((head for head in heads if head is not None), None)) is not None:
            yield last
        since = until


def head_in(state: State) -> Head | None:
    """Read a head from a state of the sensor; None where it was away, or where somebody else wrote."""
    digest = state.attributes.get("hash")
    if not state.state.isdecimal() or not isinstance(digest, str):
        return None
    return Head(int(state.state), digest)
