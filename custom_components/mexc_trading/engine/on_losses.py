"""Losses and drawdowns: looked for at every valuation, latched as holds, with what goes with them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from ..model.hold import WHOLE_BOOK, HoldKind, Release, Scope, ScopeKind
from ..model.money import plain
from ..portfolio.valuation import Valuation
from ..risk.limits import Limits, StopAction
from . import events as ev
from .effects import Effect
from .holds import latch_end, raised
from .on_flatten import start_flatten
from .outcome import NOTHING, Outcome
from .state import BookState
from .stops import cancel_entries


class Breach(NamedTuple):
    """A loss limit that is reached: which, by what, and how its hold ends."""

    kind: HoldKind
    why: str
    release: Release


def breaches(state: BookState, worth: Valuation, now_ns: int) -> Outcome:
    """Raise a hold for each loss limit that is reached, of the book and of each strategy that has its own."""
    outcome = _of_book(state, worth, now_ns)
    for name, terms in state.strategies.items():
        if terms.limits is not None:
            scope = Scope(kind=ScopeKind.STRATEGY, name=name)
            outcome = outcome.then(Outcome(events=_holds(state, worth, state.tightened[name], scope, now_ns)))
    return outcome


def _of_book(state: BookState, worth: Valuation, now_ns: int) -> Outcome:
    """Raise the book's holds; one that is new also does what the user chose."""
    holds = _holds(state, worth, state.limits, WHOLE_BOOK, now_ns)
    if not holds or state.limits.loss_action is StopAction.STOP_ENTRIES:
        return Outcome(events=holds) if holds else NOTHING
    why = holds[0].hold.hold_id
    events: tuple[ev.Event, ...]
    effects: tuple[Effect, ...]
    if state.limits.loss_action is StopAction.FLATTEN:
        events, effects = start_flatten(state, who="engine", why=why, now_ns=now_ns)
    else:
        events, effects = cancel_entries(state, WHOLE_BOOK, why)
    return Outcome(events=(*holds, *events), effects=effects)


def _holds(state: BookState, worth: Valuation, limits: Limits, scope: Scope, now_ns: int) -> tuple[ev.HoldRaised, ...]:
    """Raise the holds of one scope that are not in force yet."""
    events: list[ev.HoldRaised] = []
    for breach in _breached(state, worth, limits):
        events += raised(
            state,
            kind=breach.kind,
            scope=scope,
            why=breach.why,
            release=breach.release,
            now_ns=now_ns,
            until_ns=latch_end(state, now_ns) if breach.release is Release.NEXT_DAY else None,
        )
    return tuple(events)


def _breached(state: BookState, worth: Valuation, limits: Limits) -> Iterator[Breach]:
    """Compare: at the limit is breached."""
    day = state.day
    if day is None:
        return
    daily = worth.total_pnl - day.open_pnl
    if limits.max_daily_loss is not None and daily <= -limits.max_daily_loss:
        why = f"{_short(daily)} of {plain(-limits.max_daily_loss)} {state.quote}"
        yield Breach(HoldKind.DAILY_LOSS, why, Release.NEXT_DAY)
    for kind, limit, peak, release in (
        (HoldKind.DAILY_DRAWDOWN, limits.max_daily_drawdown, day.peak_pnl, Release.NEXT_DAY),
        (HoldKind.TOTAL_DRAWDOWN, limits.max_total_drawdown, state.memory.total_peak, Release.PERSON),
    ):
        fall = None if limit is None else state.drawdown(peak, worth)
        if limit is not None and fall is not None and fall >= limit:
            yield Breach(kind, f"{_short(fall)} of {plain(limit)} %", release)


def _short(value: Decimal) -> str:
    """Write a figure for people."""
    return plain(value.quantize(Decimal("1E-8")))
