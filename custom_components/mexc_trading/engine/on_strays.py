"""Orders at the venue that bear our mark but that the journal knows nothing of: adopted, never ignored."""

from ..model.decision import Decision, Findings, Verdict
from ..model.hold import HoldKind
from ..model.ids import DecisionId, OrderId, SignalId, StrategyId
from ..model.market import OrderType
from ..model.order import Leg, Order, VenueOrder
from ..model.signal import Action
from ..orders.identity import is_ours, leg_of_order
from ..orders.judgement import report_step
from ..orders.record import OrderRecord
from ..orders.states import SIGHTINGS, TERMINAL
from . import events as ev
from .effects import Effect, ReadOrderFills
from .inputs import HistoryIn
from .order_steps import symbol_hold
from .outcome import Outcome
from .state import BookState, order_name

ORPHAN = StrategyId("orphan")
"""The source of orders whose signal is not in the journal any more."""

CLOCKS_APART_NS = 60 * 1_000_000_000
"""By how much the venue's clock and ours may differ when it is asked which of two things came first."""

_NS_PER_MS = 1_000_000


def on_history(state: BookState, item: HistoryIn, now_ns: int) -> Outcome:
    """Adopt what is ours by its mark and unknown: it counts toward every limit, and its symbol is held."""
    events: list[ev.Event] = []
    effects: list[Effect] = []
    strays = {report.order_id: report for report in item.orders if is_stray(state, report)}
    for report in strays.values():
        more, reads = adopt(state, report, now_ns)
        events += more
        effects += reads
    return Outcome(events=tuple(events), effects=tuple(effects))


def is_stray(state: BookState, report: VenueOrder) -> bool:
    """Whether an order is ours by its mark, but in no record of this book.

    One that had ended before the book began is not: another book of the same name was here before.
    """
    name = report.order_id
    over = SIGHTINGS[report_step(report)] in TERMINAL
    if over and report.created_ms * _NS_PER_MS < state.began_ns - CLOCKS_APART_NS:
        return False
    if name is None or not is_ours(name, state.book) or max(report.quantity, report.executed) <= 0:
        return False
    return name not in state.orders and not state.seen.places(order_name(name))


def adopt(state: BookState, report: VenueOrder, now_ns: int) -> tuple[tuple[ev.Event, ...], tuple[Effect, ...]]:
    """Take an order into the book as what it is, under a decision that says that nobody knows of any."""
    order = _order(state, report)
    record = OrderRecord(
        order=order,
        state=SIGHTINGS[report_step(report)],
        planned_ns=report.created_ms * _NS_PER_MS,
        sends=1,
        sent_ns=report.created_ms * _NS_PER_MS,
        changed_ns=now_ns,
        venue_order_id=report.venue_order_id,
        executed=report.executed,
        seen=True,
    )
    hold = symbol_hold(state, HoldKind.ORPHAN_ORDER, report.symbol, f"{order.order_id}: not in the journal", now_ns)
    reads: tuple[Effect, ...] = ()
    if report.executed > 0:
        reads = (ReadOrderFills(order_id=order.order_id, symbol=report.symbol, venue_order_id=report.venue_order_id),)
    return (ev.OrderAdopted(record=record), *hold), reads


def _order(state: BookState, report: VenueOrder) -> Order:
    name = report.order_id or OrderId("")
    leg = leg_of_order(name)
    kind = report.type or (OrderType.LIMIT if report.price else OrderType.MARKET)
    quantity = max(report.quantity, report.executed)
    decision = Decision(
        decision_id=DecisionId(f"orphan:{name}"),
        decision_hash="",
        book=state.book,
        strategy=ORPHAN,
        signal_id=SignalId(name),
        symbol=report.symbol,
        action=Action.ENTER if leg is Leg.ENTRY else Action.EXIT,
        side=report.side,
        order_type=kind,
        quantity=quantity,
        price=report.price,
        verdict=Verdict.ALLOW,
        results=Findings(),
        decided_at_ns=report.created_ms * _NS_PER_MS,
        limits_hash="",
    )
    price = None if kind is OrderType.MARKET else report.price
    return Order(order_id=name, decision=decision, leg=leg, attempt=0, type=kind, quantity=quantity, price=price)
