"""The event entities: ``orders``, all that happens to orders; ``risk``, all that guards them. For automations."""

from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bridge.news import News, NewsKind
from .bridge.risk_news import RiskKind
from .const import EVENT_NEWS
from .coordinator import AccountCoordinator, MexcConfigEntry
from .entity import AccountEntity, book_name, scope_name
from .sentences import sentence
from .wording import wording

PARALLEL_UPDATES = 0


ORDERS: Final = EventEntityDescription(
    key="orders", translation_key="orders", event_types=[kind.value for kind in NewsKind]
)
RISK: Final = EventEntityDescription(key="risk", translation_key="risk", event_types=[kind.value for kind in RiskKind])


async def async_setup_entry(
    hass: HomeAssistant, entry: MexcConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the event entities of each book."""
    async_add_entities(
        NewsEvents(book, description, kinds)
        for book in entry.runtime_data.coordinators.values()
        for description, kinds in ((ORDERS, NewsKind), (RISK, RiskKind))
    )


class NewsEvents(AccountEntity, EventEntity):
    """Tells each piece of news of one stream once, in the order in which it happened, and to the activity log."""

    _unrecorded_attributes = frozenset({"told"})
    """The sentence is for whoever is told now; the activity log makes its own from what is recorded."""

    def __init__(
        self,
        coordinator: AccountCoordinator,
        description: EventEntityDescription,
        kinds: type[NewsKind | RiskKind],
    ) -> None:
        """Tell news of these kinds."""
        super().__init__(coordinator, description)
        self._kinds = kinds

    @override
    async def async_added_to_hass(self) -> None:
        """Listen for news while the entity exists."""
        await super().async_added_to_hass()
        self.async_on_remove(self.account.telling.listen_news(self._async_tell))

    @callback
    def async_entity_id_changed(self, old_entity_id: str) -> None:
        """Go on under the new name; the listener does not depend on it."""

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Keep the last event as it is: snapshots are no news."""

    @callback
    def _async_tell(self, news: News) -> None:
        if not isinstance(news.kind, self._kinds):
            return
        told = {"stream": self.entity_description.key, "type": news.kind.value, **news.attributes}
        if scope := news.attributes.get("scope"):
            told["scope_name"] = scope_name(self.coordinator.config_entry, scope)
        self._trigger_event(news.kind.value, {**news.attributes, "told": sentence(wording(self.hass), told)})
        self.async_write_ha_state()
        place = {"entity_id": self.entity_id, "account": book_name(self.coordinator)}
        self.hass.bus.async_fire(EVENT_NEWS, place | told)
