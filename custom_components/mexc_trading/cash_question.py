"""The question where money came from or went to: MEXC's cash is not what follows from our trades.

Only a person can say. A deposit or withdrawal is booked as capital, so that it is neither profit nor loss.
"""

from decimal import Decimal
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .bridge.read_model import ReadModel
from .const import DOMAIN
from .model.ids import BookName
from .model.money import plain
from .orders.reconcile import cash_moved
from .wording import wording

KEY: Final = "money_moved"
"""The issue's key, and what its form is known by."""

SETTLED_S: Final = 10
"""How long a difference must last before anybody is asked: balances lag behind orders."""

_NS_PER_S: Final = 1_000_000_000


def amount_of(model: ReadModel) -> Decimal | None:
    """Give the quote units that came in (> 0) or left (< 0) without a trade of ours; None: none did."""
    return cash_moved(model.report.findings if model.report else ())


def told_amount(hass: HomeAssistant, amount: Decimal, model: ReadModel) -> str:
    """Write an amount as a person reads it."""
    return f"{wording(hass).figure(plain(amount), model.quote)} {model.quote}"


@callback
def async_ask_about_cash(hass: HomeAssistant, entry_id: str, book: BookName, account: str, model: ReadModel) -> None:
    """Ask, correct the amount, or take the question away."""
    issue_id = _issue_id(entry_id, book)
    present = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    amount = amount_of(model)
    if amount is None or model.report is None:
        if present is not None:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    details = {"account": account, "amount": told_amount(hass, amount, model)}
    lasted = model.at_ns - model.report.at_ns >= SETTLED_S * _NS_PER_S
    if (present is None and not lasted) or (present is not None and present.translation_placeholders == details):
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"entry_id": entry_id, "book": book, "hold_id": "", "kind": KEY, "symbol": ""},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=KEY,
        translation_placeholders=details,
    )


@callback
def async_drop_question(hass: HomeAssistant, entry_id: str) -> None:
    """Take an account's questions away."""
    for domain, issue_id in tuple(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.startswith(f"{KEY}_{entry_id}_"):
            ir.async_delete_issue(hass, DOMAIN, issue_id)


def _issue_id(entry_id: str, book: BookName) -> str:
    return f"{KEY}_{entry_id}_{book}"
