"""Sensors: what the tables in ``sensors`` list, two for each symbol that is held, as long as it is, and strategies'."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final, override

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bridge.terms import LIVE
from .const import SUBENTRY_RULE_STRATEGY
from .coordinator import AccountCoordinator, MexcConfigEntry
from .entity import PacedEntity, async_follow_strategies, book_id, strategy_device
from .model.ids import StrategyId, Symbol
from .model.money import ZERO
from .sensors.health import HEALTH
from .sensors.kpis import KPIS
from .sensors.money import MONEY
from .sensors.pace import Seen, position_gap_s
from .sensors.positions import LINGER_S, MARK_PRICE, POSITIONS, PREFIX, PositionSensorDescription, position_of
from .sensors.row import Attributes, BookSensorDescription, rounded, shown
from .sensors.rules import LAST_CANDLE, last_candle, rule_attributes
from .sensors.shadow import CONDUCT, ConductSensorDescription
from .sensors.trade import TRADE

PARALLEL_UPDATES = 0

_NS_PER_S: Final = 1_000_000_000

SENSORS: Final = (*MONEY, *TRADE, *KPIS, *HEALTH)


async def async_setup_entry(
    hass: HomeAssistant, entry: MexcConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of each book, and let those of its positions come and go."""
    for book in entry.runtime_data.coordinators.values():
        async_add_entities(BookSensor(book, description) for description in SENSORS)
        positions = _Positions(hass, book, async_add_entities)
        positions.async_look()
        entry.async_on_unload(book.async_add_listener(positions.async_look))

    def rule_sensors(strategy: StrategyId, title: str) -> list[Entity]:
        rules = entry.subentries[strategy].subentry_type == SUBENTRY_RULE_STRATEGY
        return [RuleSensor(entry, strategy, title)] if rules else []

    entry.async_on_unload(async_follow_strategies(entry, async_add_entities, rule_sensors))
    if LIVE in entry.runtime_data.books:
        entry.async_on_unload(
            async_follow_strategies(
                entry,
                async_add_entities,
                lambda strategy, title: [ConductSensor(entry, row, strategy, title) for row in CONDUCT],
            )
        )


class BookSensor(PacedEntity, SensorEntity):
    """One row of the tables, shown."""

    entity_description: BookSensorDescription
    _unrecorded_attributes = frozenset({"positions", "orders", "rules", "holds", "findings"})
    """Lists that change often. The journal keeps them for good; the recorder would only grow."""

    @property
    @override
    def available(self) -> bool:
        return super().available and (self.coordinator.data.connected or not self.entity_description.needs_venue)

    @property
    @override
    def native_value(self) -> Decimal | int | str | None:
        value = self.entity_description.value_fn(self.coordinator.data)
        return shown(value, self.suggested_display_precision) if isinstance(value, Decimal) else value

    @property
    @override
    def extra_state_attributes(self) -> Attributes | None:
        attributes_fn = self.entity_description.attributes_fn
        return None if attributes_fn is None else attributes_fn(self.coordinator.data)

    @property
    @override
    def last_reset(self) -> datetime | None:
        last_reset_fn = self.entity_description.last_reset_fn
        return None if last_reset_fn is None else last_reset_fn(self.coordinator.data)

    @override
    def _seen(self) -> Seen:
        row, value = self.entity_description, self.native_value
        told: tuple[object, ...] = (rounded(value, row.suggested_display_precision), self.extra_state_attributes)
        prompt: tuple[object, ...] = (self.available, value is None, self.last_reset)
        if not row.every_s:
            prompt, told = (*prompt, *told), ()
        elif row.state_at_once:
            prompt = (*prompt, value)
        return Seen(prompt=prompt, figure=told, trades=self.coordinator.trades)

    @override
    def _gap_s(self) -> float:
        return self.entity_description.every_s


class PositionSensor(PacedEntity, SensorEntity):
    """One figure of one open position, or of one that was closed a while ago."""

    entity_description: PositionSensorDescription
    _unrecorded_attributes = frozenset({MARK_PRICE})

    def __init__(
        self,
        coordinator: AccountCoordinator,
        description: PositionSensorDescription,
        symbol: Symbol,
        symbols: Callable[[], int],
    ) -> None:
        """Bind the sensor to a symbol; ``symbols`` says how many have sensors."""
        super().__init__(coordinator, description)
        self._symbols = symbols
        self._symbol = symbol
        self._attr_unique_id = f"{book_id(coordinator)}_{description.key_of(symbol)}"
        self._attr_translation_placeholders = {"symbol": symbol}

    @property
    @override
    def suggested_object_id(self) -> str:
        return f"{self._symbol}_{self.entity_description.key}"

    @property
    @override
    def available(self) -> bool:
        return super().available and self.coordinator.data.connected

    @property
    @override
    def native_value(self) -> Decimal | None:
        view = position_of(self.coordinator.data, self._symbol)
        value = ZERO if view is None else self.entity_description.value_fn(view)
        return None if value is None else shown(value, self.suggested_display_precision)

    @property
    @override
    def extra_state_attributes(self) -> Attributes | None:
        view, attributes_fn = position_of(self.coordinator.data, self._symbol), self.entity_description.attributes_fn
        return None if view is None or attributes_fn is None else attributes_fn(view)

    @override
    def _seen(self) -> Seen:
        value = self.native_value
        figure = rounded(value, self.entity_description.suggested_display_precision)
        attributes = {name: text for name, text in (self.extra_state_attributes or {}).items() if name != MARK_PRICE}
        return Seen(prompt=(self.available, value is None), figure=(figure, attributes), trades=self.coordinator.trades)

    @override
    def _gap_s(self) -> float:
        return position_gap_s(self._symbols())


class ConductSensor(SensorEntity):
    """One figure of a strategy's conduct with money; unknown while it is on paper, or nothing was traded."""

    entity_description: ConductSensorDescription
    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self, entry: MexcConfigEntry, description: ConductSensorDescription, strategy: StrategyId, title: str
    ) -> None:
        """Bind the sensor to a strategy."""
        self.entity_description = description
        self._stages = entry.runtime_data.stages
        self._strategy = strategy
        self._attr_unique_id = f"{strategy}_{description.key}"
        self._attr_device_info = strategy_device(strategy, title)

    @override
    async def async_added_to_hass(self) -> None:
        """Show what each look at the strategy's conduct finds."""
        self.async_on_remove(self._stages.listen(self.async_write_ha_state))

    @property
    @override
    def native_value(self) -> Decimal | None:
        conduct = self._stages.last_seen(self._strategy)
        return None if conduct is None else self.entity_description.value_fn(conduct)

    @property
    @override
    def extra_state_attributes(self) -> Attributes:
        conduct = self._stages.last_seen(self._strategy)
        return {} if conduct is None else self.entity_description.attributes_fn(conduct)


class RuleSensor(SensorEntity):
    """The last candle that a rule strategy worked out."""

    entity_description = LAST_CANDLE
    _attr_has_entity_name = True
    _attr_should_poll = False
    _unrecorded_attributes = frozenset({"symbols", "last_signal"})

    def __init__(self, entry: MexcConfigEntry, strategy: StrategyId, title: str) -> None:
        """Bind the sensor to a strategy."""
        self._rules = entry.runtime_data.rules
        self._strategy = strategy
        self._attr_unique_id = f"{strategy}_{LAST_CANDLE.key}"
        self._attr_device_info = strategy_device(strategy, title)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the strategy."""
        self.async_on_remove(self._rules.listen(self.async_write_ha_state))

    @property
    @override
    def native_value(self) -> datetime | None:
        return last_candle(self._rules.told(self._strategy))

    @property
    @override
    def extra_state_attributes(self) -> Attributes:
        return rule_attributes(self._rules.told(self._strategy))


class _Positions:
    """Makes the sensors of one book's positions equal to its positions."""

    def __init__(
        self, hass: HomeAssistant, coordinator: AccountCoordinator, async_add_entities: AddConfigEntryEntitiesCallback
    ) -> None:
        self._registry = er.async_get(hass)
        self._coordinator = coordinator
        self._prefix = f"{book_id(coordinator)}_"
        self._add = async_add_entities
        self._shown: dict[Symbol, int] | None = None
        """When each symbol was last seen held, in ns."""

    @callback
    def async_look(self) -> None:
        """Add the sensors of new positions; those of closed ones go later, or now if it was while nobody looked.

        Home Assistant remembers what a person changed about them, and gives it back with the next position.
        """
        model, before = self._coordinator.data, self._shown or {}
        since_ns = model.at_ns - LINGER_S * _NS_PER_S
        present = {symbol: at_ns for symbol, at_ns in before.items() if at_ns > since_ns}
        present |= {view.symbol: model.at_ns for view in model.positions}
        looked_before, self._shown = self._shown is not None, present
        if looked_before and present.keys() == before.keys():
            return
        wanted = {self._unique_id(row, symbol) for row in POSITIONS for symbol in present}
        entry_id = self._coordinator.config_entry.entry_id
        for known in er.async_entries_for_config_entry(self._registry, entry_id):
            if known.unique_id.startswith(f"{self._prefix}{PREFIX}") and known.unique_id not in wanted:
                self._registry.async_remove(known.entity_id)
        new = sorted(present.keys() - before.keys())
        self._add(
            PositionSensor(self._coordinator, row, symbol, lambda: len(self._shown or ()))
            for symbol in new
            for row in POSITIONS
        )

    def _unique_id(self, row: PositionSensorDescription, symbol: Symbol) -> str:
        return f"{self._prefix}{row.key_of(symbol)}"
