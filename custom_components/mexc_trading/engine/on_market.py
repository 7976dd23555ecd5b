"""Prices, terms, balances and the passing of time: valuation, the trading day, the peaks."""

from decimal import Decimal
from typing import Final

from ..model.elapsed import passed
from ..model.hold import Release
from ..model.money import HUNDRED, ZERO
from ..portfolio.day import day_start_ns, opening_pnl
from ..portfolio.valuation import Valuation
from . import events as ev
from .guard_events import BookValued
from .holds import in_doubt
from .inputs import BalancesIn, InstrumentsIn
from .on_losses import breaches
from .outcome import NOTHING, Outcome
from .state import BookState

FINE_STEP: Final = 10_000
"""A peak or value is journaled once it differs by this part of the capital: bounded, and exact to 0.01 %."""

VALUED_EVERY_NS: Final = 300 * 1_000_000_000
"""How often the book's value is journaled, if it changed."""

SHORTEST_DAY_NS: Final = 22 * 3_600 * 1_000_000_000
"""No day is shorter, that of a changed clock included: until then nobody needs to look at a calendar."""

DEEPER: Final = Decimal("0.1")
"""Percentage points by which a fall must be deeper than any before to be journaled at once."""


def on_prices(state: BookState, now_ns: int) -> Outcome:
    """Value the book at the new prices: a breach of a loss limit raises its hold at once.

    The first price of a new day opens it: what is lost now is not a loss of yesterday's.
    """
    worth = state.valuation()
    if worth is None or state.day is None:
        return NOTHING
    if now_ns - state.day.start_ns >= SHORTEST_DAY_NS and _begins(state, day_start_ns(now_ns, state.zone)):
        return on_tick(state, now_ns)
    breached = breaches(state, worth, now_ns)
    return breached.then(Outcome(events=_peak(state, worth)))


def _peak(state: BookState, worth: Valuation) -> tuple[ev.Event, ...]:
    """Journal a value higher than the day's or any before."""
    step = (state.capital or ZERO) / FINE_STEP
    peaks = [state.day.peak_pnl if state.day else None, state.memory.total_peak]
    if any(peak is None or worth.total_pnl > peak + step for peak in peaks):
        return (ev.PeakReached(total_pnl=worth.total_pnl),)
    return ()


def on_tick(state: BookState, now_ns: int) -> Outcome:
    """Open a new trading day when its time has come and the book can be valued; yesterday's latches end with it.

    In between it values the book, so that a loss booked without a new price is noticed as well. While the clock is in
    doubt that is all: no day begins and no latch ends, and no value is kept under a time that may be wrong, so that a
    day which begins late is measured from before the doubt.
    """
    start_ns = day_start_ns(now_ns, state.zone)
    worth = state.valuation()
    if worth is None:
        return NOTHING
    if in_doubt(state):
        return on_prices(state, now_ns)
    if not _begins(state, start_ns):
        more = (*_valued(state, worth, now_ns), *_outlived(state, now_ns, opening=False))
        return on_prices(state, now_ns).then(Outcome(events=more))
    opening = opening_pnl(
        now_ns=now_ns, start_ns=start_ns, total_pnl=worth.total_pnl, last_value=state.memory.last_value
    )
    opened = ev.DayOpened(start_ns=start_ns, total_pnl=opening)
    return Outcome(events=(opened, *_outlived(state, now_ns, opening=True)))


def _begins(state: BookState, start_ns: int) -> bool:
    """Whether a day that starts then is a new one. By a clock in doubt none begins."""
    return not in_doubt(state) and (state.day is None or state.day.start_ns < start_ns)


def _outlived(state: BookState, now_ns: int, *, opening: bool) -> tuple[ev.HoldReleased, ...]:
    """End the holds of a day that is over: each at the end that it was given, one without with the next day."""
    return tuple(
        ev.HoldReleased(hold_id=hold.hold_id, who="engine", reason="next trading day")
        for hold in state.holds.values()
        if hold.release is Release.NEXT_DAY and (opening if hold.until_ns is None else now_ns >= hold.until_ns)
    )


def _valued(state: BookState, worth: Valuation, now_ns: int) -> tuple[ev.Event, ...]:
    """Journal the book's value now and then, if it changed; at once if it never fell so deep."""
    if state.day is None:
        return ()
    if _deepest(state, worth):
        return (BookValued(total_pnl=worth.total_pnl),)
    at_ns, total_pnl = state.memory.last_value or (state.day.start_ns, state.day.open_pnl)
    moved = abs(worth.total_pnl - total_pnl) * FINE_STEP > (state.capital or ZERO)
    return (BookValued(total_pnl=worth.total_pnl),) if moved and passed(at_ns, VALUED_EVERY_NS, now_ns) else ()


def _deepest(state: BookState, worth: Valuation) -> bool:
    """Whether the book stands noticeably lower below its peak than ever before."""
    peak_pnl = state.memory.total_peak
    if peak_pnl is None or state.capital is None or worth.total_pnl >= peak_pnl:
        return False
    peak_equity = state.capital + peak_pnl
    return peak_equity > 0 and (peak_pnl - worth.total_pnl) * HUNDRED >= (state.memory.deepest + DEEPER) * peak_equity


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
