"""Triggers for automations: what happens to orders, and that entries were stopped. Thin: the entities know it all."""

from typing import ClassVar, Final, override

from homeassistant.components.event import ATTR_EVENT_TYPE
from homeassistant.const import STATE_ON, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    NotTriggeredReasonReporter,
    StatelessEntityTriggerBase,
    Trigger,
    make_entity_target_state_trigger,
)

from .bridge.news import NewsKind
from .bridge.risk_news import RiskKind


class NewsTrigger(StatelessEntityTriggerBase):
    """Fires when an event entity tells one kind of news: each is told by one of them."""

    _domain_specs = {Platform.EVENT: DomainSpec()}  # noqa: RUF012  # As the base declares it.
    _kind: ClassVar[NewsKind | RiskKind]

    @override
    def is_valid_state(self, state: State, report_not_triggered: NotTriggeredReasonReporter) -> bool:
        return bool(state.attributes.get(ATTR_EVENT_TYPE) == self._kind)


def _on(kind: NewsKind | RiskKind) -> type[NewsTrigger]:
    """Make the trigger for one kind of news."""
    return type(f"{kind.name.title()}Trigger", (NewsTrigger,), {"_kind": kind})


TRIGGERS: Final[dict[str, type[Trigger]]] = {
    "approval_requested": _on(RiskKind.APPROVAL_NEEDED),
    "entries_stopped": make_entity_target_state_trigger(Platform.BINARY_SENSOR, STATE_ON),
    "entry_denied": _on(RiskKind.DENIED),
    "order_filled": _on(NewsKind.FILLED),
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Give the triggers by their names."""
    return TRIGGERS
