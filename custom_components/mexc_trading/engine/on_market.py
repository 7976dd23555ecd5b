"""Prices, terms, balances and the passing of time: valuation, the trading day, the daily loss latch."""

from ..model.hold import WHOLE_BOOK, HoldKind, Release
from ..model.money import ZERO
from ..portfolio.day import day_start_ns
from . import events as ev
from .holds import raised
from .inputs import BalancesIn, InstrumentsIn
from .outcome import NOTHING, Outcome
from .state import BookState

PEAK_STEP_FRACTION = 10_000
"""A new peak is journaled once it exceeds the last by this part of the capital: bounded, and exact to 0.01 %."""


def on_prices(state: BookState, now_ns: int) -> Outcome:
    """Value the book at the new prices: a breach of the daily loss raises its hold at once."""
    worth = state.valuation()
    if worth is None or state.day is None:
        return NOTHING
    daily = worth.total_pnl - state.day.open_pnl
    limit = state.limits.max_daily_loss
    if limit is not None and daily <= -limit:
        return Outcome(
            events=raised(
                state,
                kind=HoldKind.DAILY_LOSS,
                scope=WHOLE_BOOK,
                why=f"{daily} of {-limit} {state.quote}",
                release=Release.NEXT_DAY,
                now_ns=now_ns,
            )
        )
    step = (state.capital or ZERO) / PEAK_STEP_FRACTION
    if worth.total_pnl > state.day.peak_pnl + step:
        return Outcome(events=(ev.PeakReached(total_pnl=worth.total_pnl),))
    return NOTHING


def on_tick(state: BookState, now_ns: int) -> Outcome:
    """Open a new trading day when its time has come and the book can be valued; yesterday's latches end with it.

    In between it values the book, so that a loss booked without a new price is noticed as well.
    """
    start_ns = day_start_ns(now_ns, state.zone)
    worth = state.valuation()
    if worth is None:
        return NOTHING
    if state.day is not None and state.day.start_ns >= start_ns:
        return on_prices(state, now_ns)
    events: list[ev.Event] = [ev.DayOpened(start_ns=start_ns, total_pnl=worth.total_pnl)]
    events += [
        ev.HoldReleased(hold_id=hold.hold_id, who="engine", reason="next trading day")
        for hold in state.holds.values()
        if hold.release is Release.NEXT_DAY
    ]
    return Outcome(events=tuple(events))


def on_instruments(state: BookState, item: InstrumentsIn) -> Outcome:
    """Take over trading terms that are new or changed."""
    return Outcome(
        events=tuple(
            ev.InstrumentSeen(instrument=instrument)
            for instrument in item.instruments
            if state.instruments.get(instrument.symbol) != instrument
        )
    )


def on_balances(state: BookState, item: BalancesIn) -> Outcome:
    """Set the capital from the first balance ever read: what the account has in the book's currency."""
    if state.capital is not None:
        return NOTHING
    total = sum((balance.total for balance in item.balances if balance.asset == state.quote), start=ZERO)
    return Outcome(events=(ev.CapitalSet(capital=total),))
