"""The event entity ``orders``: everything that happens to an account's orders, for automations."""

from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bridge.news import NewsKind, OrderNews
from .coordinator import MexcConfigEntry
from .entity import AccountEntity

PARALLEL_UPDATES = 0

ORDERS: Final = EventEntityDescription(
    key="orders", translation_key="orders", event_types=[kind.value for kind in NewsKind]
)


async def async_setup_entry(
    hass: HomeAssistant, entry: MexcConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the event entity of an account."""
    async_add_entities([OrderEvents(entry, ORDERS)])


class OrderEvents(AccountEntity, EventEntity):
    """Tells each piece of news once, in the order in which it happened."""

    @override
    async def async_added_to_hass(self) -> None:
        """Listen for news while the entity exists."""
        await super().async_added_to_hass()
        self.async_on_remove(self.account.listen_orders(self._async_tell))

    @callback
    def async_entity_id_changed(self, old_entity_id: str) -> None:
        """Go on under the new name; the listener does not depend on it."""

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Keep the last event as it is: snapshots are no news."""

    @callback
    def _async_tell(self, news: OrderNews) -> None:
        self._trigger_event(news.kind.value, dict(news.attributes))
        self.async_write_ha_state()
