"""Faults planted on purpose, each a way in which trading engines really fail, to show that a simulation finds them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from custom_components.mexc_trading.engine import (
    agenda,
    fold,
    on_compare,
    on_fills,
    on_protection,
    on_signal,
    on_submit,
)
from custom_components.mexc_trading.engine.book import Book
from custom_components.mexc_trading.engine.outcome import Outcome
from custom_components.mexc_trading.engine.state import BookState
from custom_components.mexc_trading.engine.view import limits_in_force, risk_view
from custom_components.mexc_trading.model.fill import Fill
from custom_components.mexc_trading.model.outcome import Ambiguous, SubmitOutcome, Throttled
from custom_components.mexc_trading.orders import absence
from custom_components.mexc_trading.orders.judgement import submit_step
from custom_components.mexc_trading.orders.record import OrderRecord
from custom_components.mexc_trading.orders.states import OrderStep
from custom_components.mexc_trading.risk import proposal
from custom_components.mexc_trading.risk.limits import Limits

from .words import PLANTS


def _dedupe_removed() -> None:
    """Forget that a signal was decided before."""
    _put(on_signal, "_known", lambda _state, _item: None)


def _fence_shortened() -> None:
    """Believe "no such order" at once."""

    def from_ns(record: OrderRecord) -> int:
        return record.sent_ns

    _put(absence, "believable_from_ns", from_ns)
    _put(agenda, "believable_from_ns", from_ns)


def _fill_by_quantity() -> None:
    """Take two trades of one order that are alike for the same."""
    real = on_fills.booked
    known: dict[tuple[str, Decimal], str] = {}

    def booked(state: BookState, fills: tuple[Fill, ...], now_ns: int) -> Outcome:
        new = tuple(
            fill
            for fill in fills
            if known.setdefault((fill.venue_order_id, fill.quantity), fill.fill_id) == fill.fill_id
        )
        return real(state, new, now_ns)

    _put(on_fills, "booked", booked)
    _put(on_compare, "booked", booked)


def _exits_unclamped() -> None:
    """Sell what was asked for, whatever is there."""

    def sellable(wanted: Decimal, *_others: object) -> Decimal:
        return wanted * 2

    _put(proposal, "_sellable", sellable)


def _no_last_look() -> None:
    """Do not look at the holds once more before an entry leaves."""
    _put(Book, "_stopped", lambda _book, _order: False)


def _holds_are_advice() -> None:
    """Decide without looking at holds, and let entries leave in spite of them."""

    def view(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401  whatever the real one takes
        return replace(risk_view(*arguments, **named), holds=())

    _put(on_signal, "risk_view", view)
    _no_last_look()


def _edits_ignored() -> None:
    """Go on with the limits that were in force first."""
    first: dict[str, Limits] = {}

    def limits(state: BookState, strategy: Any) -> Limits:  # noqa: ANN401  as above
        return first.setdefault(str(strategy), limits_in_force(state, strategy))

    _put(on_signal, "limits_in_force", limits)


def _working_forgotten() -> None:
    """Do not count the orders that are at work."""

    def view(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401  as above
        return replace(risk_view(*arguments, **named), open_orders=0)

    _put(on_signal, "risk_view", view)


def _silence_is_failure() -> None:
    """Take "no answer" for "not sent", as a retry on a network error does."""

    def step(outcome: SubmitOutcome) -> OrderStep:
        return OrderStep.NOTHING_SENT if isinstance(outcome, Ambiguous) else submit_step(outcome)

    _put(on_submit, "submit_step", step)


def _throttle_is_refusal() -> None:
    """Take a 429 for a refusal and forget the order."""

    def step(outcome: SubmitOutcome) -> OrderStep:
        return OrderStep.REFUSED if isinstance(outcome, Throttled) else submit_step(outcome)

    _put(on_submit, "submit_step", step)


def _target_forgets_its_slices() -> None:
    """Do not count what is on the way when the next slice of a target is worked out."""
    _put(on_protection, "_selling", lambda _state, _symbol: Decimal(0))


def _stops_never_due() -> None:
    """See no exit that is due."""
    _put(on_protection, "due", lambda _watched, **_market: None)


def _nothing_forgotten() -> None:
    """Keep every order whole for ever."""
    _put(fold, "CLOSED_KEPT", 1_000_000)


_replaced: Final[list[tuple[object, str, object]]] = []
"""What was there before, to be put back."""


def _put(owner: object, name: str, new: object) -> None:
    """Replace what is there; AttributeError if it is not."""
    _replaced.append((owner, name, getattr(owner, name)))
    setattr(owner, name, new)


_PLANTS: Final[Mapping[str, Callable[[], None]]] = {name: globals()[f"_{name}"] for name in PLANTS}


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Plant a fault, known by its name in :mod:`.words`, for a while; an empty name plants none."""
    if name:
        _PLANTS[name]()
    try:
        yield
    finally:
        while _replaced:
            setattr(*_replaced.pop())
