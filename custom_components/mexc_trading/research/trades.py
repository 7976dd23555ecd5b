"""The trades of a backtest: one for each episode from flat to flat, put together from the fills as they are booked."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from ..model.fill import Fill
from ..model.market import Side
from ..model.money import ZERO, exact


class Trade(NamedTuple):
    """One episode. Times in ms, quantity in base units, prices (means of the fills), fees and result in quote units."""

    opened_ms: int
    closed_ms: int
    quantity: Decimal
    entry_price: Decimal
    exit_price: Decimal
    fees: Decimal
    result: Decimal
    """Net of fees."""


@dataclass(slots=True)
class TradeLog:
    """Follows the fills of one symbol."""

    closed: list[Trade]
    _opened_ms: int = 0
    _bought: Decimal = ZERO
    _paid: Decimal = ZERO
    _sold: Decimal = ZERO
    _received: Decimal = ZERO
    _fees: Decimal = ZERO
    _realized: Decimal = ZERO

    def fill(self, fill: Fill, fee_quote: Decimal) -> None:
        """Take a fill in."""
        with exact():
            if fill.side is Side.BUY:
                if not self._bought:
                    self._opened_ms = fill.at_ms
                self._bought += fill.quantity
                self._paid += fill.quote_quantity
            else:
                self._sold += fill.quantity
                self._received += fill.quote_quantity
            self._fees += fee_quote

    def flat(self, realized: Decimal, at_ms: int) -> None:
        """Close the trade: nothing is held any more. ``realized`` is the book's net result since its first day."""
        if not self._sold:
            return
        with exact():
            self.closed.append(
                Trade(
                    opened_ms=self._opened_ms,
                    closed_ms=at_ms,
                    quantity=self._bought,
                    entry_price=self._paid / self._bought,
                    exit_price=self._received / self._sold,
                    fees=self._fees,
                    result=realized - self._realized,
                )
            )
        self._realized = realized
        self._bought = self._paid = self._sold = self._received = self._fees = ZERO
