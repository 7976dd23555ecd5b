"""The limits of a running account, and what a live one asks of its strategies.

Saving them does not restart anything: the update listener hands them over.
"""

from collections.abc import Mapping, Sequence
from typing import Any
import zoneinfo

import probatio as vol

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, SelectSelectorMode

from ..const import CONF_DAY_ZONE, CONF_MODE, CONF_REST_URL, CONF_SYMBOLS, DAY_ZONE_DEFAULT, MODE_LIVE, OPTIONS_PAPER
from .criteria_form import criteria_fields, read_criteria
from .limits_form import flat, full_schema, read_full, symbols_in
from .paper_form import paper_fields, read_paper
from .reading import Concern
from .telling import async_told
from .venue_check import check_symbols


class LimitsOptionsFlow(OptionsFlow):
    """One step with every limit of the book, and where its day begins."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and save the limits."""
        wrong: dict[str, Concern] = {}
        if user_input is not None:
            options, wrong = read_full(user_input)
            if not wrong and (concern := await self._async_check(symbols_in(options))):
                wrong = {CONF_SYMBOLS: concern}
            criteria, unmet = read_criteria(user_input) if self._live else ({}, {})
            paper, odd = read_paper(user_input)
            wrong |= unmet | odd
            if not wrong:
                kept = {CONF_DAY_ZONE: user_input[CONF_DAY_ZONE], OPTIONS_PAPER: paper}
                return self.async_create_entry(data={**options, **kept, **criteria})
        zones = await self.hass.async_add_executor_job(zoneinfo.available_timezones)
        errors, placeholders = await async_told(self.hass, "options", wrong)
        current = self.config_entry.options if user_input is None else {**user_input, **flat(user_input)}
        schema = full_schema(current, _zone_field(current, sorted(zones)), errors).extend(paper_fields(current, errors))
        return self.async_show_form(
            step_id="init",
            data_schema=schema.extend(criteria_fields(current, errors)) if self._live else schema,
            errors=errors,
            description_placeholders=placeholders,
        )

    @property
    def _live(self) -> bool:
        """Whether the account has a live book, which strategies need evidence for."""
        return bool(self.config_entry.data[CONF_MODE] == MODE_LIVE)

    async def _async_check(self, symbols: Sequence[str]) -> Concern | None:
        """Check new symbols only: tightening a limit must be possible while the venue is away."""
        new = [symbol for symbol in symbols if symbol not in self.config_entry.options[CONF_SYMBOLS]]
        if not new:
            return None
        return await check_symbols(async_get_clientsession(self.hass), self.config_entry.data[CONF_REST_URL], new)


def _zone_field(current: Mapping[str, Any], zones: Sequence[str]) -> dict[vol.Marker, object]:
    """Ask where the trading day begins at midnight."""
    return {
        vol.Required(CONF_DAY_ZONE, default=current.get(CONF_DAY_ZONE, DAY_ZONE_DEFAULT)): SelectSelector(
            SelectSelectorConfig(options=list(zones), mode=SelectSelectorMode.DROPDOWN)
        )
    }
