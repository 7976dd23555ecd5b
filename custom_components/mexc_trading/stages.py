"""A strategy's stage in Home Assistant: kept in its subentry, put in force at once, and taken back by itself."""

import asyncio
from collections.abc import Callable
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .bridge.news import News, NewsKind
from .bridge.opening import JournalUnwritable
from .bridge.stages import ENGINE
from .bridge.terms import LIVE
from .const import CONF_STAGE, DOMAIN, MODE_LIVE, MODE_PAPER, OPTIONS_DEMOTION, OPTIONS_PROMOTION
from .coordinator import MexcConfigEntry
from .engine.ports import JournalUnreadable
from .entry_terms import strategies_of
from .model.ids import StrategyId
from .research.demotion import DemotionCriteria, Reason
from .research.promotion import Missing, PromotionCriteria
from .sentences import async_tell_reasons

_LOGGER = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 3_600
"""How often conduct is looked at though nothing was traded: results come with trades."""

GAP_S: Final = 5
"""Least seconds between two looks: a fill comes in parts."""

_TELLING: Final = frozenset({NewsKind.FILLED, NewsKind.PARTIALLY_FILLED, NewsKind.REJECTED})


def promotion_criteria(entry: MexcConfigEntry) -> PromotionCriteria:
    """Read what evidence must show."""
    return PromotionCriteria(**entry.options.get(OPTIONS_PROMOTION, {}))


def demotion_criteria(entry: MexcConfigEntry) -> DemotionCriteria:
    """Read what a live strategy may not do; zero asks for nothing."""
    asked = entry.options.get(OPTIONS_DEMOTION, {})
    return DemotionCriteria(**{name: limit or None for name, limit in asked.items()})


async def async_promote(
    hass: HomeAssistant, entry: MexcConfigEntry, strategy: StrategyId, *, who: str, why: str
) -> tuple[Missing, ...]:
    """Let a strategy trade with money, unless evidence is missing; give what is."""
    lacks = await entry.runtime_data.stages.promote(strategy, promotion_criteria(entry), who=who, why=why)
    if not lacks:
        await _async_keep(hass, entry, strategy, MODE_LIVE)
        ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, strategy))
    return lacks


async def async_demote(
    hass: HomeAssistant, entry: MexcConfigEntry, strategy: StrategyId, *, who: str, why: str
) -> None:
    """Send a strategy back to paper."""
    await entry.runtime_data.stages.demote(strategy, who=who, why=why)
    await _async_keep(hass, entry, strategy, MODE_PAPER)


async def _async_keep(hass: HomeAssistant, entry: MexcConfigEntry, strategy: StrategyId, stage: str) -> None:
    """Keep the stage in the subentry and put it in force before anybody is answered."""
    subentry = entry.subentries[strategy]
    hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, CONF_STAGE: stage})
    await entry.runtime_data.books.set_strategies(strategies_of(entry))
    entry.runtime_data.stages.changed()


class Demotion:
    """Looks at the conduct of live strategies after what they trade, and sends back what may not stay."""

    def __init__(self, hass: HomeAssistant, entry: MexcConfigEntry) -> None:
        """Look first when :meth:`run` begins."""
        self._hass = hass
        self._entry = entry
        self._wake = asyncio.Event()

    @callback
    def async_follow(self) -> Callable[[], None]:
        """Look again after fills and refusals in either book, until the returned function is called."""
        stops = [account.telling.listen_news(self._async_heard) for account in self._entry.runtime_data.books.values()]

        @callback
        def stop() -> None:
            for each in stops:
                each()

        return stop

    @callback
    def _async_heard(self, news: News) -> None:
        if news.kind in _TELLING:
            self._wake.set()

    async def run(self) -> None:
        """Look until cancelled. Until the first look, and between two, the books themselves know who is promoted."""
        while True:
            await asyncio.sleep(GAP_S)
            self._wake.clear()
            try:
                await self._async_look()
            except JournalUnwritable, JournalUnreadable:
                # Entries stand still meanwhile; a moment later it is looked again.
                self._wake.set()
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _async_look(self) -> None:
        for strategy in self._promoted():
            reasons = await self._entry.runtime_data.stages.faults(strategy, demotion_criteria(self._entry))
            if reasons:
                await self._async_demote(strategy, reasons)

    def _promoted(self) -> list[StrategyId]:
        """List the strategies whose subentry says that they are live, whatever the journal says."""
        return [terms.strategy_id for terms in strategies_of(self._entry) if terms.stage == LIVE]

    async def _async_demote(self, strategy: StrategyId, reasons: tuple[Reason, ...]) -> None:
        said = "; ".join(f"{reason.fault}: {reason.found} (allowed {reason.allowed})" for reason in reasons)
        _LOGGER.warning("Strategy %s goes back to paper: %s", self._entry.subentries[strategy].title, said)
        await async_demote(self._hass, self._entry, strategy, who=ENGINE, why=said)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            _issue_id(self._entry, strategy),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="demoted",
            translation_placeholders={
                "strategy": self._entry.subentries[strategy].title,
                "reasons": await async_tell_reasons(self._hass, reasons),
            },
        )


def _issue_id(entry: MexcConfigEntry, strategy: StrategyId) -> str:
    return f"demoted_{entry.entry_id}_{strategy}"
