"""The limits of a book. A strategy may only be tighter; whatever is None is not limited.

Every default is the loosest value that the field can have, so that ``Limits()`` limits nothing but the symbols, of
which it allows none. What a new account starts with stands in :mod:`.limit_table`.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from ..model.ids import Symbol
from ..model.money import HUNDRED
from .schedule import Window

BURST_S: Final = 60
"""The rolling window of ``max_burst_notional``, ``max_orders_per_minute`` and ``max_signals_per_minute``."""


class LossScope(StrEnum):
    """Whom a loss pauses: the symbol that lost, or the whole book."""

    SYMBOL = "symbol"
    BOOK = "book"


class StopAction(StrEnum):
    """What goes with a stop of entries: nothing more, also cancel entries that are working, also sell what is held."""

    STOP_ENTRIES = "stop_entries"
    CANCEL_ENTRIES = "cancel_entries"
    FLATTEN = "flatten"


class SymbolQuantity(NamedTuple):
    """A quantity of one symbol, in its base units."""

    symbol: Symbol
    quantity: Decimal


class Group(NamedTuple):
    """Symbols that somebody counts together, and the most that they may be worth together, in quote units."""

    name: str
    symbols: tuple[Symbol, ...]
    max_exposure: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """All limits of one book, amounts in quote units unless said otherwise.

    At the limit counts as allowed for sizes and as breached for losses (design section 8).
    """

    symbols: frozenset[Symbol] = field(default_factory=frozenset)
    """Allow-list. Empty allows nothing."""

    max_notional_per_order: Decimal | None = None
    """Quote units at the worst price, > 0."""

    max_quantity_per_order: tuple[SymbolQuantity, ...] = ()
    """Base units, > 0, for the symbols that are named."""

    max_burst_notional: Decimal | None = None
    """Quote units, > 0: entries of the last 60 s together, at their worst prices."""

    max_open_positions: int | None = None
    """Count of symbols held or being bought, ≥ 1."""

    max_open_orders: int | None = None
    """Count of orders that something is still expected of, ≥ 1."""

    max_symbol_exposure: Decimal | None = None
    """Quote units, > 0: one symbol, held and being bought."""

    groups: tuple[Group, ...] = ()
    """Groups of symbols with a limit of their own."""

    max_gross_exposure: Decimal | None = None
    """Quote units, > 0: everything held and being bought."""

    max_unprotected_exposure: Decimal | None = None
    """Quote units, > 0: everything held and being bought that no stop at the venue covers; on spot, all of it."""

    max_leverage: Decimal | None = None
    """Gross exposure as a multiple of equity, > 0."""

    max_daily_loss: Decimal | None = None
    """Quote units, > 0: realised, unrealised, fees and funding since the day's open."""

    daily_loss_headroom: bool = False
    """Whether an entry is denied when the day's limit would break if every stop were hit."""

    max_daily_drawdown: Decimal | None = None
    """Percent of the day's highest equity, > 0."""

    max_total_drawdown: Decimal | None = None
    """Percent of the highest equity ever, > 0."""

    loss_action: StopAction = StopAction.STOP_ENTRIES
    """What a breach of a loss or drawdown limit does besides its hold."""

    kill_action: StopAction = StopAction.CANCEL_ENTRIES
    """What the kill switch does besides its hold."""

    cooldown_after_loss_s: int = 0
    """Seconds without entries after an episode that lost more than ``min_loss``; 0 switches the rule off."""

    min_loss: Decimal = Decimal(0)
    """Quote units: a smaller loss starts no pause and breaks no streak."""

    loss_scope: LossScope = LossScope.BOOK
    """What ``cooldown_after_loss_s`` and ``max_loss_streak`` pause."""

    max_loss_streak: int | None = None
    """Count ≥ 1 of losses in a row after which entries pause."""

    loss_streak_pause_s: int = 86_400
    """Seconds of that pause, from the last loss."""

    price_collar_percent: Decimal = Decimal(50)
    """How far from the touch an order may trade, in percent, > 0."""

    max_price_age_s: int = 300
    """Seconds, > 0: an older reference price counts as none."""

    max_spread_percent: Decimal | None = None
    """Percent of the middle price, > 0."""

    max_depth_percent: Decimal | None = None
    """Percent, > 0, of what stands at the best price that one entry may take."""

    max_orders_per_minute: int | None = None
    """Count ≥ 1 of the book's orders in 60 s."""

    max_signals_per_minute: int | None = None
    """Count ≥ 1 of one strategy's wishes to enter in 60 s, whatever became of them."""

    duplicate_window_s: int = 0
    """Seconds in which the same symbol, side and size counts as the same wish; 0 switches the rule off."""

    max_repeats: int | None = None
    """Count ≥ 1 of one strategy's entries in ``repeat_window_s`` seconds; one more stops it until a person looks."""

    repeat_window_s: int = 3_600
    """Seconds over which ``max_repeats`` counts, > 0."""

    requires_stop: bool = False
    """Whether an entry without a stop is denied."""

    trading_windows: tuple[Window, ...] | None = None
    """When entries may be made, in the book's time zone; None: always, empty: never."""

    home_conditions: tuple[str, ...] = ()
    """Entities of Home Assistant that must all be on."""

    approval_above: Decimal | None = None
    """Quote units, ≥ 0, at the worst price: a larger entry waits for a person."""

    @property
    def collar(self) -> Decimal:
        """The collar as a fraction."""
        return self.price_collar_percent / HUNDRED
