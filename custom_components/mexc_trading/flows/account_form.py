"""The forms of an account: what is asked, and how the answers are read. Nothing here asks the venue."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any, Final

import probatio as vol

from homeassistant.config_entries import ConfigEntry
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..const import (
    CONF_API_KEY,
    CONF_API_SECRET,
    CONF_MODE,
    CONF_NAME,
    CONF_PAPER_BALANCE,
    CONF_REST_URL,
    MODE_LIVE,
    MODE_PAPER,
    PAPER_BALANCE_DEFAULT,
    SECTION_ADVANCED,
    SECTION_LIMITS,
)
from .address_form import address_fields, read_addresses
from .limit_fields import Stored, quote_number
from .limits_form import first_schema, read_first, starting_limits
from .reading import BadField, Concern, positive_text

_PASSWORD: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
KEY_FIELDS: Final = vol.Schema({vol.Required(CONF_API_KEY): _PASSWORD, vol.Required(CONF_API_SECRET): _PASSWORD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The first step's answers, read and checked."""

    name: str
    live: bool
    entry: Mapping[str, str]
    limits: Mapping[str, Stored]


def user_schema(answers: Mapping[str, Any], wrong: Container[str] = ()) -> vol.Schema:
    """Build the first form, with what was answered or what is suggested filled in; what is wrong is not folded away."""
    advanced = answers.get(SECTION_ADVANCED, {})
    return vol.Schema(
        {
            vol.Required(CONF_NAME, default=answers.get(CONF_NAME, "MEXC")): TextSelector(),
            vol.Required(CONF_MODE, default=answers.get(CONF_MODE, MODE_PAPER)): SelectSelector(
                SelectSelectorConfig(
                    options=[MODE_PAPER, MODE_LIVE], translation_key="mode", mode=SelectSelectorMode.LIST
                )
            ),
            vol.Required(SECTION_LIMITS): section(first_schema(answers.get(SECTION_LIMITS, starting_limits()))),
            vol.Required(SECTION_ADVANCED): section(
                vol.Schema(
                    {
                        **address_fields(advanced),
                        vol.Required(
                            CONF_PAPER_BALANCE, default=advanced.get(CONF_PAPER_BALANCE, PAPER_BALANCE_DEFAULT)
                        ): quote_number(),
                    }
                ),
                {"collapsed": SECTION_ADVANCED not in wrong},
            ),
        }
    )


def reconfigure_schema(entry: ConfigEntry, answers: Mapping[str, Any], *, live: bool) -> vol.Schema:
    """Build the form for changing an account; a live one's has its key, empty to keep it."""
    fields: dict[vol.Marker, TextSelector] = {}
    if live:
        fields |= {vol.Optional(CONF_API_KEY): _PASSWORD, vol.Optional(CONF_API_SECRET): _PASSWORD}
    return vol.Schema({**fields, **address_fields({**entry.data, **answers})})


def read_draft(answers: Mapping[str, Any]) -> tuple[Draft | None, dict[str, Concern]]:
    """Read the first step. Errors inside a folded section are shown at the section."""
    errors: dict[str, Concern] = {}
    name = answers[CONF_NAME].strip()
    if not name:
        errors[CONF_NAME] = Concern(key="name_empty")
    limits, wrong = read_first(answers[SECTION_LIMITS])
    if wrong:
        errors[SECTION_LIMITS] = next(iter(wrong.values()))
    advanced = answers[SECTION_ADVANCED]
    entry: dict[str, str] = {CONF_MODE: answers[CONF_MODE]}
    try:
        entry |= read_addresses(advanced)
        entry[CONF_PAPER_BALANCE] = positive_text(advanced[CONF_PAPER_BALANCE])
    except BadField as bad:
        errors[SECTION_ADVANCED] = bad.at(CONF_PAPER_BALANCE)
    if errors:
        return None, errors
    return Draft(name=name, live=entry[CONF_MODE] == MODE_LIVE, entry=entry, limits=limits), {}


def read_changes(entry: ConfigEntry, answers: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Read the reconfigure form: what changes, or errors.

    The stored secret never signs for a new address: whoever changes where requests go proves to know the key.
    """
    try:
        changes = read_addresses(answers)
    except BadField as bad:
        return {}, {"base": bad.key}
    pair = key_pair(answers)
    given = [text for text in pair.values() if text]
    if len(given) == 1:
        return {}, {"base": "key_incomplete"}
    if given:
        return changes | pair, {}
    if entry.data[CONF_MODE] == MODE_LIVE and changes[CONF_REST_URL] != entry.data[CONF_REST_URL]:
        return {}, {"base": "key_needed_for_address"}
    return changes, {}


def key_pair(answers: Mapping[str, Any]) -> dict[str, str]:
    """Take key and secret without the spaces that copying adds."""
    return {key: str(answers.get(key, "")).strip() for key in (CONF_API_KEY, CONF_API_SECRET)}


def place_of(concern: Concern) -> str:
    """Say at which part of the first form a concern is shown."""
    return {"name_taken": CONF_NAME, "symbol_unknown": SECTION_LIMITS, "symbol_other_quote": SECTION_LIMITS}.get(
        concern.key, "base"
    )
