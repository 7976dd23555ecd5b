"""Comparing our books with the venue's: the differences are found by a pure function, and each gets its due here."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from ..model.elapsed import passed
from ..model.hold import HoldKind, Scope, ScopeKind
from ..model.ids import Asset, OrderId, Symbol
from ..model.money import ZERO
from ..model.order import VenueOrder
from ..orders.identity import is_ours
from ..orders.reconcile import Finding, FindingKind, OurBook, VenueBook, diff, overlooked
from . import events as ev
from .answers import Differences, Done, Unknown
from .compare_events import BooksCompared, DriftIgnored, QuantityAdopted
from .compare_inputs import CompareIn, CompareInput, DriftChoice, DriftIn
from .effects import CancelOrder, FindOrder
from .guard_events import FlowBooked
from .holds import hold_id
from .on_fills import booked
from .on_reports import reported
from .on_strays import adopt, is_stray
from .order_steps import ask_cancel, symbol_hold
from .outcome import NOTHING, Outcome
from .state import BookState, order_name

CONFIRMED_AFTER_NS: Final = 2 * 1_000_000_000
"""Balances lag behind orders by a second or so (fact sheet 8, pitfall 15): coins are missing only if they still are."""

type _Remedy = Callable[[BookState, Finding, VenueBook, int], Outcome]


def compare_step(state: BookState, item: CompareInput, now_ns: int) -> Outcome:
    """Say what an input about comparing means for the book."""
    match item:
        case CompareIn():
            return on_compare(state, item, now_ns)
        case DriftIn():
            return on_drift(state, item)


def on_compare(state: BookState, item: CompareIn, now_ns: int) -> Outcome:
    """Find the differences, journal them if they are news, and do about each what can be done."""
    venues = _stable(state, item, now_ns)
    ours = _our_book(state, venues)
    fresh = tuple(found for found in diff(ours, venues) if _counts(state, found, venues, item.started_ns, now_ns))
    unseen = overlooked(ours, venues)
    last = state.report
    findings = (*fresh, *(found for found in (last.findings if last else ()) if found.kind in unseen))
    foreign = state.foreign
    if venues.open_orders is not None:
        foreign = tuple(order for order in venues.open_orders if not is_ours(order.order_id, state.book))
    news = item.whole or last is None or set(last.findings) != set(findings) or state.foreign != foreign
    compared = (BooksCompared(findings=findings, foreign=foreign, whole=item.whole),) if news else ()
    outcome = Outcome(events=compared, answer=Differences(findings=findings))
    for finding in fresh:
        outcome = outcome.then(_REMEDIES[finding.kind](state, finding, venues, now_ns))
    missing = {finding.subject for finding in fresh if finding.kind is FindingKind.MISSING_FILL}
    return outcome.then(booked(state, tuple(trade for trade in venues.trades if trade.fill_id in missing), now_ns))


def _stable(state: BookState, item: CompareIn, now_ns: int) -> VenueBook:
    """Leave balances aside that were read while orders changed: they belong to no one moment.

    A change that lies in the future is from before the clock was set back.
    """
    moved = any(item.started_ns <= record.changed_ns <= now_ns for record in state.orders.values())
    if not moved or item.venues.balances is None:
        return item.venues
    venues = item.venues
    return VenueBook(
        open_orders=venues.open_orders,
        history=venues.history,
        lookups=venues.lookups,
        trades=venues.trades,
        balances=None,
    )


def _our_book(state: BookState, venues: VenueBook) -> OurBook:
    """Put our side together; of what is not in memory, only what the venue speaks of matters."""
    named = {order.order_id for order in (*venues.listed, *venues.history)}
    known = {name for name in named if name is not None and state.seen.places(order_name(name))}
    ledger = state.ledger
    holdings = {
        symbol: (state.instruments[symbol].base, ledger.holding(symbol))
        for symbol in {*ledger.positions, *ledger.dust}
        if symbol in state.instruments
    }
    return OurBook(
        book=state.book, orders=state.orders, known=frozenset(known), holdings=holdings, cash=expected_cash(state)
    )


def expected_cash(state: BookState) -> tuple[Asset, Decimal] | None:
    """Say what the venue should hold of the book's currency if nobody but us had touched it."""
    if state.capital is None:
        return None
    spent = sum((position.cost for position in state.ledger.positions.values()), start=ZERO)
    # Fees in a third coin lower the profit, but are paid with that coin.
    return state.quote, state.capital + state.ledger.realized - spent + state.third_fees


def _counts(state: BookState, finding: Finding, venues: VenueBook, started_ns: int, now_ns: int) -> bool:
    """Whether a difference is one: not what a person has settled, what was before this book, or an old view."""
    if finding in state.ignored:
        return False
    if finding.kind is FindingKind.ORPHAN_ORDER:
        return any(is_stray(state, order) for order in _named(venues, finding.subject))
    if finding.kind is FindingKind.REOPENED:
        return not started_ns - CONFIRMED_AFTER_NS <= state.orders[OrderId(finding.subject)].changed_ns <= now_ns
    return True


def _named(venues: VenueBook, name: str) -> list[VenueOrder]:
    return [order for order in (*venues.listed, *venues.history) if order.order_id == name]


def _adopted(state: BookState, finding: Finding, venues: VenueBook, now_ns: int) -> Outcome:
    """Take an order with our mark into the book."""
    events, effects = adopt(state, _named(venues, finding.subject)[0], now_ns)
    return Outcome(events=events, effects=effects)


def _caught_up(state: BookState, finding: Finding, venues: VenueBook, now_ns: int) -> Outcome:
    """Take over what the venue says of an order of ours."""
    order_id = OrderId(finding.subject)
    told = [*_named(venues, order_id), venues.lookups.get(order_id)]
    report = next(order for order in reversed(told) if isinstance(order, VenueOrder))
    return reported(state, state.orders[order_id], report, now_ns)


def _looked_up(state: BookState, finding: Finding, venues: VenueBook, now_ns: int) -> Outcome:
    """Look an order up whose absence the agenda has to follow."""
    return Outcome(effects=(FindOrder(order=state.orders[OrderId(finding.subject)].order),))


def _ended_again(state: BookState, finding: Finding, venues: VenueBook, now_ns: int) -> Outcome:
    """Cancel what had ended and is open all the same; a person must look."""
    record = state.orders[OrderId(finding.subject)]
    why = f"{finding.subject}: {finding.ours}, but open at the venue"
    hold = symbol_hold(state, HoldKind.ILLEGAL_TRANSITION, finding.symbol, why, now_ns)
    return Outcome(events=hold, effects=(CancelOrder(order=record.order, venue_order_id=record.venue_order_id),))


def _cancelled(state: BookState, finding: Finding, venues: VenueBook, now_ns: int) -> Outcome:
    """Cancel an exit of what is not there any more."""
    events, effects = ask_cancel(state.orders[OrderId(finding.subject)], "nothing left to sell")
    return Outcome(events=events, effects=effects)


def _held(state: BookState, finding: Finding, venues: VenueBook, now_ns: int) -> Outcome:
    """Hold a symbol whose coins are missing, once a second comparison says so too."""
    last = state.report
    if last is None or finding not in last.findings or not passed(last.at_ns, CONFIRMED_AFTER_NS, now_ns):
        return NOTHING
    why = f"{finding.ours} {finding.subject} ours, {finding.venues} at the venue"
    return Outcome(events=symbol_hold(state, HoldKind.QUANTITY_DRIFT, finding.symbol, why, now_ns))


def _noted(state: BookState, finding: Finding, venues: VenueBook, now_ns: int) -> Outcome:
    """Leave it at the report: what others do is none of ours, and where money came from only a person can say."""
    return NOTHING


_REMEDIES: Final[Mapping[FindingKind, _Remedy]] = {
    FindingKind.ORPHAN_ORDER: _adopted,
    FindingKind.FOREIGN_ORDER: _noted,
    FindingKind.BEHIND: _caught_up,
    FindingKind.REOPENED: _ended_again,
    FindingKind.DENIED: _looked_up,
    FindingKind.MISSING_FILL: _noted,  # booked all together, see on_compare
    FindingKind.ORPHAN_EXIT: _cancelled,
    FindingKind.QUANTITY_DRIFT: _held,
    FindingKind.COINS_LOCKED: _noted,  # an order of somebody else is never touched; see on_protection
    FindingKind.CASH_DRIFT: _noted,
}


def on_drift(state: BookState, item: DriftIn) -> Outcome:
    """Settle missing coins as a person says, and release the hold about them."""
    finding = _drift_of(state, item.symbol)
    if finding is None:
        return Outcome(answer=Unknown())
    events: list[ev.Event] = []
    if item.choice is DriftChoice.IGNORE:
        events.append(DriftIgnored(finding=finding, who=item.who))
    else:
        events += _gone(state, item, Decimal(finding.venues))
    scope = Scope(kind=ScopeKind.SYMBOL, name=item.symbol)
    held = hold_id(HoldKind.QUANTITY_DRIFT, scope)
    if held in state.holds:
        events.append(ev.HoldReleased(hold_id=held, who=item.who, reason=item.choice))
    return Outcome(events=tuple(events), answer=Done())


def _drift_of(state: BookState, symbol: Symbol) -> Finding | None:
    findings = state.report.findings if state.report else ()
    return next((f for f in findings if f.kind is FindingKind.QUANTITY_DRIFT and f.symbol == symbol), None)


def _gone(state: BookState, item: DriftIn, left: Decimal) -> tuple[ev.Event, ...]:
    """Take coins off the book at what they cost, as a withdrawal: neither profit nor loss."""
    position = state.ledger.positions.get(item.symbol)
    adopted = QuantityAdopted(symbol=item.symbol, quantity=left, who=item.who)
    if position is None:
        return (adopted,)
    kept = min(left, position.quantity)
    cost = position.cost - position.cost * kept / position.quantity
    flow = FlowBooked(amount=-cost, equity_before=state.equity(), why=f"coins of {item.symbol} gone")
    return (adopted, flow)
