"""Join a book's limits with a strategy's: of two limits the tighter one, field by field."""

from dataclasses import replace
from decimal import Decimal

from ..model.ids import Symbol
from .limits import Limits, LossScope, SymbolQuantity
from .schedule import both
from .strategy import StrategyTerms


def in_force(book: Limits, terms: StrategyTerms | None) -> Limits:
    """Give the limits that a signal of a strategy is judged by; a person's (None) by the book's alone."""
    if terms is None:
        return book
    joined = book if terms.limits is None else tighten(book, terms.limits)
    return replace(joined, symbols=book.symbols & terms.symbols)


def tighten(book: Limits, own: Limits) -> Limits:
    """Give limits that allow only what both allow.

    The allow-list, ``min_loss`` and the actions on a breach stay the book's: they are not a strategy's to set.
    """
    return replace(
        book,
        max_notional_per_order=_least(book.max_notional_per_order, own.max_notional_per_order),
        max_quantity_per_order=_least_quantities(book.max_quantity_per_order, own.max_quantity_per_order),
        max_burst_notional=_least(book.max_burst_notional, own.max_burst_notional),
        max_open_positions=_least(book.max_open_positions, own.max_open_positions),
        max_open_orders=_least(book.max_open_orders, own.max_open_orders),
        max_symbol_exposure=_least(book.max_symbol_exposure, own.max_symbol_exposure),
        groups=book.groups + tuple(group for group in own.groups if group not in book.groups),
        max_gross_exposure=_least(book.max_gross_exposure, own.max_gross_exposure),
        max_unprotected_exposure=_least(book.max_unprotected_exposure, own.max_unprotected_exposure),
        max_leverage=_least(book.max_leverage, own.max_leverage),
        max_daily_loss=_least(book.max_daily_loss, own.max_daily_loss),
        daily_loss_headroom=book.daily_loss_headroom or own.daily_loss_headroom,
        max_daily_drawdown=_least(book.max_daily_drawdown, own.max_daily_drawdown),
        max_total_drawdown=_least(book.max_total_drawdown, own.max_total_drawdown),
        cooldown_after_loss_s=max(book.cooldown_after_loss_s, own.cooldown_after_loss_s),
        loss_scope=_wider_scope(book, own),
        max_loss_streak=_least(book.max_loss_streak, own.max_loss_streak),
        loss_streak_pause_s=max(_streak_pause(book), _streak_pause(own)) or book.loss_streak_pause_s,
        price_collar_percent=min(book.price_collar_percent, own.price_collar_percent),
        max_price_age_s=min(book.max_price_age_s, own.max_price_age_s),
        max_spread_percent=_least(book.max_spread_percent, own.max_spread_percent),
        max_depth_percent=_least(book.max_depth_percent, own.max_depth_percent),
        max_orders_per_minute=_least(book.max_orders_per_minute, own.max_orders_per_minute),
        max_signals_per_minute=_least(book.max_signals_per_minute, own.max_signals_per_minute),
        duplicate_window_s=max(book.duplicate_window_s, own.duplicate_window_s),
        max_repeats=_least(book.max_repeats, own.max_repeats),
        repeat_window_s=max(_repeat_window(book), _repeat_window(own)) or book.repeat_window_s,
        requires_stop=book.requires_stop or own.requires_stop,
        trading_windows=both(book.trading_windows, own.trading_windows),
        home_conditions=tuple(dict.fromkeys(book.home_conditions + own.home_conditions)),
        approval_above=_least(book.approval_above, own.approval_above),
    )


def _least[T: (int, Decimal)](first: T | None, second: T | None) -> T | None:
    """Of two maxima the smaller one; None is no maximum."""
    if first is None or second is None:
        return second if first is None else first
    return min(first, second)


def _least_quantities(
    first: tuple[SymbolQuantity, ...], second: tuple[SymbolQuantity, ...]
) -> tuple[SymbolQuantity, ...]:
    least: dict[Symbol, Decimal] = {}
    for symbol, quantity in first + second:
        least[symbol] = min(quantity, least.get(symbol, quantity))
    return tuple(SymbolQuantity(symbol, quantity) for symbol, quantity in least.items())


def _wider_scope(book: Limits, own: Limits) -> LossScope:
    """The book is wider than a symbol; limits that pause nothing have no say."""
    scopes = {limits.loss_scope for limits in (book, own) if limits.cooldown_after_loss_s or limits.max_loss_streak}
    return LossScope.BOOK if LossScope.BOOK in scopes or not scopes else LossScope.SYMBOL


def _streak_pause(limits: Limits) -> int:
    """Seconds of the pause; zero where no streak is counted."""
    return 0 if limits.max_loss_streak is None else limits.loss_streak_pause_s


def _repeat_window(limits: Limits) -> int:
    """Seconds of the window; zero where nothing is counted in it."""
    return 0 if limits.max_repeats is None else limits.repeat_window_s
