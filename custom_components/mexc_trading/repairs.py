"""Repair issues for holds that only a person releases, and the form that releases them with a reason.

The kill switch has none: its own switch shows it and releases it.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, cast

import probatio as vol

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, TextSelector

from .bridge.account import Account
from .cash_question import KEY as MONEY_MOVED, amount_of, told_amount
from .const import DOMAIN
from .coordinator import MexcConfigEntry
from .engine.answers import Done, Unknown
from .engine.compare_inputs import DriftChoice
from .entity import scope_name
from .model.hold import Hold, HoldKind, Release
from .model.ids import BookName, HoldId, Symbol
from .reasons import tell_reason
from .wording import Wording, wording

CONF_REASON: Final = "reason"
CONF_CHOICE: Final = "choice"

SELL_REST: Final = "flatten"
"""One more answer about missing coins: they are gone, and what is left of the position is to be sold."""

FLOW: Final = "flow"
OTHER: Final = "other"
"""What a person can say about money that moved. The form chooses the first it is given: the one that books nothing."""

EXPLAINED: Final = frozenset(
    {
        HoldKind.ACKNOWLEDGEMENT_MISMATCH,
        HoldKind.ENGINE_FAULT,
        HoldKind.FLATTEN,
        HoldKind.FREEZE,
        HoldKind.ILLEGAL_TRANSITION,
        HoldKind.ORPHAN_ORDER,
        HoldKind.QUANTITY_DRIFT,
        HoldKind.REPEAT_EXECUTION,
        HoldKind.RESTORED_BACKUP,
        HoldKind.TOTAL_DRAWDOWN,
        HoldKind.UNRESOLVED_ORDER,
    }
)
"""The holds that say what to look at before they are released, under their own kind; others have a common text."""


@callback
def async_show_issues(
    hass: HomeAssistant, entry_id: str, account: str, holds: Mapping[BookName, Iterable[Hold]]
) -> None:
    """Make the account's issues equal to the holds in its books that a person releases."""
    wanted = {
        _issue_id(entry_id, book, hold.hold_id): (book, hold)
        for book, of_book in holds.items()
        for hold in of_book
        if hold.release is Release.PERSON and hold.kind is not HoldKind.KILL_SWITCH
    }
    present = _present(hass, entry_id)
    for issue_id in present - wanted.keys():
        ir.async_delete_issue(hass, DOMAIN, issue_id)
    words = wording(hass)
    for issue_id in wanted.keys() - present:
        book, hold = wanted[issue_id]
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data={
                "entry_id": entry_id,
                "book": book,
                "hold_id": hold.hold_id,
                "kind": hold.kind,
                "symbol": hold.scope.name,
            },
            is_fixable=True,
            severity=ir.IssueSeverity.ERROR,
            translation_key=hold.kind.value if hold.kind in EXPLAINED else "hold",
            translation_placeholders={"account": account, **_details(hass, words, entry_id, book, hold)},
        )


def _details(hass: HomeAssistant, words: Wording, entry_id: str, book: BookName, hold: Hold) -> dict[str, str]:
    """Say which book and what of it stands still, since when and why, in words."""
    entry = hass.config_entries.async_get_entry(entry_id)
    scope = hold.scope.name if entry is None else scope_name(entry, hold.scope.name)
    return {
        "book": words.word("book", book),
        "kind": words.word("hold", hold.kind.value),
        "scope": scope or words.word("scope", hold.scope.kind.value),
        "why": tell_reason(words, hold.why),
        "since": words.moment(hold.since_ns),
    }


@callback
def async_drop_issues(hass: HomeAssistant, entry_id: str) -> None:
    """Take every issue of an account away."""
    for issue_id in _present(hass, entry_id):
        ir.async_delete_issue(hass, DOMAIN, issue_id)


def _issue_id(entry_id: str, book: BookName, hold_id: HoldId) -> str:
    return f"hold_{entry_id}_{book}_{hold_id}"


def _present(hass: HomeAssistant, entry_id: str) -> set[str]:
    prefix = f"hold_{entry_id}_"
    return {issue for domain, issue in ir.async_get(hass).issues if domain == DOMAIN and issue.startswith(prefix)}


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Give the form that releases a hold, or settles missing coins."""
    del hass, issue_id
    named = cast("dict[str, str]", data)
    place = (named["entry_id"], BookName(named["book"]), HoldId(named["hold_id"]))
    if named["kind"] == MONEY_MOVED:
        return MoneyMovedFlow(*place)
    if named["kind"] == HoldKind.QUANTITY_DRIFT:
        return SettleDriftFlow(*place, Symbol(named["symbol"]))
    return ReleaseHoldFlow(*place)


class _HoldFlow(RepairsFlow):
    """What the forms about a hold share."""

    def __init__(self, entry_id: str, book: BookName, hold_id: HoldId) -> None:
        """Name the account's entry, the book and the hold."""
        self._entry_id = entry_id
        self._book = book
        self._hold_id = hold_id

    def _account(self) -> Account | None:
        """Find the book; None while its account is not running."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return None
        return cast("MexcConfigEntry", entry).runtime_data.books[self._book]

    def _placeholders(self) -> dict[str, str] | None:
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return dict(issue.translation_placeholders or {}) if issue else None

    @property
    def _person(self) -> str:
        """Repair flows are for administrators only and do not say which one."""
        return "administrator"


class ReleaseHoldFlow(_HoldFlow):
    """Asks for a reason and releases one hold."""

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_release()

    async def async_step_release(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for the reason; it goes into the journal."""
        errors: dict[str, str] = {}
        if user_input is not None:
            reason = user_input[CONF_REASON].strip()
            account = self._account()
            if account is None:
                return self.async_abort(reason="account_not_loaded")
            if not reason:
                errors[CONF_REASON] = "reason_empty"
            elif await account.release_hold(self._hold_id, who=self._person, reason=reason):
                return self.async_create_entry(data={})
            else:
                return self.async_abort(reason="hold_gone")
        return self.async_show_form(
            step_id="release",
            data_schema=vol.Schema({vol.Required(CONF_REASON): TextSelector()}),
            errors=errors,
            description_placeholders=self._placeholders(),
        )


class SettleDriftFlow(_HoldFlow):
    """Asks who is right about coins that the venue does not have, the venue or the book."""

    def __init__(self, entry_id: str, book: BookName, hold_id: HoldId, symbol: Symbol) -> None:
        """Name the symbol too."""
        super().__init__(entry_id, book, hold_id)
        self._symbol = symbol

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_settle()

    async def async_step_settle(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask. Where the coins are back meanwhile, only the hold is left to be released."""
        if user_input is not None:
            account = self._account()
            if account is None:
                return self.async_abort(reason="account_not_loaded")
            sell = user_input[CONF_CHOICE] == SELL_REST
            choice = DriftChoice.ADOPT if sell else DriftChoice(user_input[CONF_CHOICE])
            settled = await account.guard.settle_drift(self._symbol, choice, who=self._person)
            if sell and isinstance(settled, Done):
                await account.guard.close_position(self._symbol, who=self._person)
            if isinstance(settled, Done) or await account.release_hold(self._hold_id, who=self._person, reason=choice):
                return self.async_create_entry(data={})
            return self.async_abort(reason="drift_gone")
        choices = SelectSelector(
            SelectSelectorConfig(
                options=[*(choice.value for choice in DriftChoice), SELL_REST], translation_key="drift"
            )
        )
        return self.async_show_form(
            step_id="settle",
            data_schema=vol.Schema({vol.Required(CONF_CHOICE): choices}),
            description_placeholders=self._placeholders(),
        )


class MoneyMovedFlow(_HoldFlow):
    """Asks whether money that came or left was a deposit or withdrawal, and books it as one."""

    _amount: Decimal
    """What the form shows, in quote units; ``_told`` is the same in words."""

    _told: str

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin with what is different now: the answer is about that amount."""
        account = self._account()
        if account is None:
            return self.async_abort(reason="account_not_loaded")
        model = account.read_model()
        amount = amount_of(model)
        if amount is None:
            return self.async_abort(reason="no_difference")
        self._amount, self._told = amount, told_amount(self.hass, amount, model)
        return await self.async_step_money()

    async def async_step_money(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask. What is booked is what was shown, if it still is the difference and nobody has answered meanwhile."""
        if user_input is not None:
            account = self._account()
            if account is None:
                return self.async_abort(reason="account_not_loaded")
            if user_input[CONF_CHOICE] == OTHER:
                return self.async_abort(reason="not_a_flow")
            booked = await account.guard.book_flow(self._amount, why=f"deposit or withdrawal, said {self._person}")
            if isinstance(booked, Unknown):
                answered = amount_of(account.read_model()) is None
                return self.async_abort(reason="already_answered" if answered else "amount_changed")
            if not isinstance(booked, Done):
                return self.async_abort(reason="not_booked")
            account.reconcile()
            return self.async_create_entry(data={})
        choices = SelectSelector(SelectSelectorConfig(options=[OTHER, FLOW], translation_key=MONEY_MOVED))
        return self.async_show_form(
            step_id="money",
            data_schema=vol.Schema({vol.Required(CONF_CHOICE): choices}),
            description_placeholders={**(self._placeholders() or {}), "amount": self._told},
        )
