"""What both kinds of strategies are asked for and how it is saved: a name, symbols, exits and limits of their own."""

from collections.abc import Mapping
from typing import Any, Final

import probatio as vol

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig

from ..const import CONF_NAME, CONF_SYMBOLS
from ..model.ids import PERSON
from .reading import BadField, Concern, symbols_of
from .strategy_fields import read_own
from .telling import Told, async_told

_NAME_CHARS_MAX: Final = 60

type Answers = dict[str, Any]  # What Home Assistant hands to a step.


def common_fields(current: Mapping[str, Any]) -> dict[vol.Marker, object]:
    """Build the fields for name and symbols, with what was answered filled in."""
    return {
        vol.Required(CONF_NAME, description={"suggested_value": current.get(CONF_NAME)}): TextSelector(),
        vol.Optional(CONF_SYMBOLS, description={"suggested_value": current.get(CONF_SYMBOLS)}): TextSelector(
            TextSelectorConfig(multiple=True)
        ),
    }


class NamedStrategyFlow(ConfigSubentryFlow):
    """The part of a strategy's steps that does not depend on where its signals come from."""

    name: str
    changes: Answers

    def read_common(self, answers: Mapping[str, Any]) -> dict[str, Concern]:
        """Read the form into this flow; give what is wrong, by where it is shown."""
        wrong: dict[str, Concern] = {}
        self.name = answers[CONF_NAME].strip()
        if not 0 < len(self.name) <= _NAME_CHARS_MAX:
            wrong[CONF_NAME] = Concern(key="name_length")
        elif self.name.casefold() in self._names_taken():
            wrong[CONF_NAME] = Concern(key="name_taken")
        try:
            symbols = symbols_of(answers.get(CONF_SYMBOLS, []))
        except BadField as bad:
            return wrong | {CONF_SYMBOLS: bad.at(CONF_SYMBOLS)}
        # The account's symbols were checked against the venue; a strategy can only be tighter.
        if not set(symbols) <= set(self._get_entry().options[CONF_SYMBOLS]):
            wrong[CONF_SYMBOLS] = Concern(key="symbol_not_in_account")
        own, inside = read_own(answers)
        self.changes = {CONF_SYMBOLS: symbols, **own}
        return wrong | inside

    def create(self) -> SubentryFlowResult:
        """Save a new strategy."""
        return self.async_create_entry(
            title=self.name, data={CONF_NAME: self.name, **self.changes}, unique_id=self.name.casefold()
        )

    def save(self) -> SubentryFlowResult:
        """Save what was changed."""
        return self.async_update_and_abort(
            self._get_entry(),
            self._get_reconfigure_subentry(),
            title=self.name,
            unique_id=self.name.casefold(),
            data_updates={CONF_NAME: self.name, **self.changes},
            reason="reconfigure_successful",
        )

    async def async_told(self, wrong: Mapping[str, Concern]) -> Told:
        """Tell what is wrong with the form; its other texts name the account's symbols."""
        errors, placeholders = await async_told(self.hass, "config_subentries", wrong)
        return Told(errors, {**placeholders, "account_symbols": ", ".join(self._get_entry().options[CONF_SYMBOLS])})

    def _names_taken(self) -> set[str]:
        mine = self._get_reconfigure_subentry().subentry_id if self.source == SOURCE_RECONFIGURE else None
        others = (sub for sub in self._get_entry().subentries.values() if sub.subentry_id != mine)
        return {PERSON} | {sub.title.casefold() for sub in others}
