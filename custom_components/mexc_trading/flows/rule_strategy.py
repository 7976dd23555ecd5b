"""Adding a strategy of rules: which candles, when to enter, when to leave, how much. Compiled before it is saved."""

from collections.abc import Mapping
import time
from typing import Any, Final

import probatio as vol

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)

from ..const import (
    CONF_ENTRY,
    CONF_EXIT,
    CONF_INTERVAL,
    CONF_RULES_SINCE,
    CONF_SIZE,
    CONF_SIZE_BASIS,
    CONF_STOP_LOSS_PERCENT,
    CONF_TRAILING_PERCENT,
    SECTION_PROTECTION,
)
from ..exchange.mexc.klines import Interval
from ..model.money import HUNDRED, plain
from ..model.signal import SizeBasis
from ..research.expression import Compiler
from ..research.indicators import Bar
from ..research.places import ExpressionError
from .named_strategy import Answers, NamedStrategyFlow, common_fields
from .reading import BadField, Concern, number, positive, within
from .strategy_fields import own_fields

INTERVALS: Final = tuple(interval.value for interval in Interval if interval is not Interval.WEEK1)
"""Widths of candles that rules may follow: weeks begin on Mondays, and time since the epoch does not."""

BASES: Final = (SizeBasis.NOTIONAL.value, SizeBasis.EQUITY_PERCENT.value, SizeBasis.RISK_PERCENT.value)
"""What an entry may be measured in. Not in coins: a strategy may have several symbols."""

_RULES: Final = (CONF_INTERVAL, CONF_ENTRY, CONF_EXIT)
_NO_PLACE: Final = dict.fromkeys(("line", "column", "word", "known", "usage", "count", "most"), "")


class RuleStrategySubentryFlow(NamedStrategyFlow):
    """The steps for a strategy of rules."""

    async def async_step_user(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Ask for everything at once, and create the strategy if all of it can be used."""
        wrong: dict[str, Concern] = {}
        if user_input is not None:
            wrong = self._read(user_input)
            if not wrong:
                self.changes[CONF_RULES_SINCE] = int(time.time())
                return self.create()
        return await self._async_form("user", user_input or {}, wrong)

    async def async_step_reconfigure(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Change a strategy. Other rules begin with the next candle."""
        former = self._get_reconfigure_subentry().data
        wrong: dict[str, Concern] = {}
        if user_input is not None:
            wrong = self._read(user_input)
            if not wrong:
                if any(self.changes[key] != former[key] for key in _RULES):
                    self.changes[CONF_RULES_SINCE] = int(time.time())
                return self.save()
        return await self._async_form("reconfigure", former if user_input is None else user_input, wrong)

    def _read(self, answers: Mapping[str, Any]) -> dict[str, Concern]:
        common = self.read_common(answers)
        self.changes |= {key: answers[key].strip() for key in _RULES}
        wrong = self._read_expressions()
        try:
            self.changes |= _read_size(answers)
        except BadField as bad:
            wrong[CONF_SIZE] = bad.at(CONF_SIZE)
        return common | wrong

    def _read_expressions(self) -> dict[str, Concern]:
        """Compile both rules. The first that cannot be used is shown with its place: the texts have room for one."""
        for key in (CONF_ENTRY, CONF_EXIT):
            try:
                Compiler(Bar()).condition(self.changes[key])
            except ExpressionError as error:
                place = {"line": str(error.line), "column": str(error.column)}
                return {key: Concern(key=error.wrong.value, placeholders={**place, **error.details})}
        return {}

    async def _async_form(
        self, step_id: str, current: Mapping[str, Any], wrong: Mapping[str, Concern]
    ) -> SubentryFlowResult:
        errors, placeholders = await self.async_told(wrong)
        text = TextSelector(TextSelectorConfig(multiline=True))
        fields: dict[vol.Marker, object] = {
            **common_fields(current),
            vol.Required(CONF_INTERVAL, default=current.get(CONF_INTERVAL, Interval.MIN15.value)): _choice(
                CONF_INTERVAL, INTERVALS
            ),
            vol.Required(CONF_ENTRY, description={"suggested_value": current.get(CONF_ENTRY)}): text,
            vol.Required(CONF_EXIT, description={"suggested_value": current.get(CONF_EXIT)}): text,
            vol.Required(CONF_SIZE_BASIS, default=current.get(CONF_SIZE_BASIS, BASES[0])): _choice(
                CONF_SIZE_BASIS, BASES
            ),
            vol.Required(CONF_SIZE, description={"suggested_value": current.get(CONF_SIZE)}): NumberSelector(
                NumberSelectorConfig(step="any", mode=NumberSelectorMode.BOX)
            ),
            **own_fields(current, errors),
        }
        return self.async_show_form(
            step_id=step_id,
            data_schema=vol.Schema(fields),
            errors=errors,
            description_placeholders={**_NO_PLACE, **placeholders},
        )


def _read_size(answers: Mapping[str, Any]) -> dict[str, str]:
    """Read how much an entry is. Raises :class:`BadField`."""
    basis = SizeBasis(answers[CONF_SIZE_BASIS])
    amount = positive(number(answers[CONF_SIZE]))
    if basis is not SizeBasis.NOTIONAL:
        within(amount, None, HUNDRED, "%")
    stops = answers.get(SECTION_PROTECTION, {})
    if basis is SizeBasis.RISK_PERCENT and not {CONF_STOP_LOSS_PERCENT, CONF_TRAILING_PERCENT} & stops.keys():
        raise BadField("risk_needs_stop")
    return {CONF_SIZE_BASIS: basis.value, CONF_SIZE: plain(amount)}


def _choice(name: str, options: tuple[str, ...]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=list(options), translation_key=name, mode=SelectSelectorMode.DROPDOWN)
    )
