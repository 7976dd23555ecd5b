"""Everything that an account asks a person to look at, made equal to how its books are doing."""

from homeassistant.core import HomeAssistant, callback

from .cash_question import async_ask_about_cash, async_drop_question
from .coordinator import MexcConfigEntry
from .entity import book_id, book_name
from .model.hold import HoldKind
from .notices import async_drop_notices, async_show_notices
from .repairs import async_drop_issues, async_show_issues


@callback
def async_show_account_issues(hass: HomeAssistant, entry: MexcConfigEntry) -> None:
    """Show an account's repair issues, and ask for its key again once it is refused."""
    runtime = entry.runtime_data
    coordinators = runtime.coordinators
    async_show_issues(hass, entry.entry_id, entry.title, {name: book.data.holds for name, book in coordinators.items()})
    for coordinator in coordinators.values():
        async_show_notices(hass, book_id(coordinator), book_name(coordinator), coordinator.data)
        book = coordinator.account.terms.mode
        async_ask_about_cash(hass, entry.entry_id, book, book_name(coordinator), coordinator.data)
    refused = any(hold.kind is HoldKind.CREDENTIALS for hold in runtime.coordinator.data.holds)
    if refused and not runtime.key_refused:
        entry.async_start_reauth(hass)
    runtime.key_refused = refused


@callback
def async_drop_account_issues(hass: HomeAssistant, entry_id: str) -> None:
    """Take every repair issue of an account away."""
    async_drop_issues(hass, entry_id)
    async_drop_notices(hass, entry_id)
    async_drop_question(hass, entry_id)
