"""Key figures of a book at work, each worked out here and nowhere else: ``docs/kpis.md`` says what they mean.

They look back a day at most and begin anew with each start: the recorder of Home Assistant keeps their history. Pure:
whoever uses them says what happened and when.
"""

from collections import deque
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from ..model.ids import DecisionId, OrderId, SignalKey
from ..model.market import Side
from ..model.money import HUNDRED, ONE, ZERO, exact
from ..orders.record import OrderRecord
from ..orders.states import OrderState, OrderStep
from . import events as ev
from .samples import Samples
from .state import BookState

WINDOW_NS: Final = 24 * 3600 * 1_000_000_000
"""What the figures look back on: a day."""

SAMPLES_MAX: Final = 512
"""Measurements kept of each figure: enough for a 95th percentile, and sorted in microseconds."""

UNDER_WAY_MAX: Final = 1024
"""Signals, decisions and orders whose outcome is still to come; the oldest are given up."""

BASIS_POINTS: Final = Decimal(10_000)

HUNDREDTH: Final = Decimal("0.01")
_NS_PER_MS: Final = Decimal(1_000_000)
_ANSWERS: Final = {OrderStep.ACCEPTED: ZERO, OrderStep.REFUSED: ONE}
_ENDED: Final = frozenset({OrderState.FILLED, OrderState.CANCELED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpis:
    """The figures at one moment. None: nothing to measure in the last day. Lower is better but for two of them."""

    latency_p50_ms: Decimal | None = None
    latency_p95_ms: Decimal | None = None
    fill_ratio: Decimal | None = None
    """Percent of what was ordered; higher is better."""

    slippage_bps: Decimal | None = None
    """Hundredths of a percent of the price; below zero is better than the price that was decided with."""

    reject_rate: Decimal | None = None
    """Percent of the orders that were answered."""

    availability: Decimal | None = None
    """Percent of the time, whole hundredths; higher is better."""


class KpiMeter:
    """Listens to a book and works its key figures out."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._latency = Samples(window_ns=WINDOW_NS, most=SAMPLES_MAX)
        self._filled = Samples(window_ns=WINDOW_NS, most=SAMPLES_MAX)
        self._slippage = Samples(window_ns=WINDOW_NS, most=SAMPLES_MAX)
        self._rejected = Samples(window_ns=WINDOW_NS, most=SAMPLES_MAX)
        self._able = Availability()
        self._arrived: dict[SignalKey, int] = {}
        self._awaited: dict[DecisionId, int] = {}
        self._released: dict[OrderId, int] = {}
        self._prices: dict[DecisionId, Decimal] = {}
        self._ended: dict[OrderId, None] = {}

    def arrived(self, key: SignalKey, now_ns: int) -> None:
        """A signal stands at the door. Of repeats the first counts, as long as it is not decided."""
        self._arrived.setdefault(key, now_ns)
        _bounded(self._arrived)

    def able(self, now_ns: int, *, able: bool) -> None:
        """Say whether orders could be carried out from now on."""
        self._able.note(now_ns, able=able)

    def happened(self, event: ev.Event, state: BookState, now_ns: int) -> None:
        """Take one event, which ``state`` already contains and whose effects have been released."""
        with exact():
            match event:
                case ev.SignalDecided():
                    self._decided(event)
                case ev.OrderStepped():
                    self._stepped(event, state, now_ns)
                case ev.FillBooked():
                    self._booked(event, state, now_ns)
                case _:
                    pass

    def read(self, now_ns: int) -> Kpis:
        """Work the figures out."""
        with exact():
            return Kpis(
                latency_p50_ms=self._latency.percentile(50, now_ns),
                latency_p95_ms=self._latency.percentile(95, now_ns),
                fill_ratio=_percent(self._filled.mean(now_ns)),
                slippage_bps=self._slippage.mean(now_ns),
                reject_rate=_percent(self._rejected.mean(now_ns)),
                availability=_whole_hundredths(_percent(self._able.share(now_ns))),
            )

    def _decided(self, event: ev.SignalDecided) -> None:
        """Note when the signal came, and the best price on the other side when it was decided."""
        decision = event.decision
        arrived_ns = self._arrived.pop(event.signal.key, None)
        if not decision.allowed:
            return
        if arrived_ns is not None:
            self._awaited[decision.decision_id] = arrived_ns
            _bounded(self._awaited)
        quote = next((mark for mark in event.marks if mark.symbol == decision.symbol), None)
        if quote is not None:
            self._prices[decision.decision_id] = quote.taker_price(decision.side)
            _bounded(self._prices)

    def _stepped(self, event: ev.OrderStepped, state: BookState, now_ns: int) -> None:
        """Measure at the answer, which tells when the request left, and at the order's end."""
        record = state.orders.get(event.order_id)
        if event.step is OrderStep.SEND:
            self._released[event.order_id] = now_ns
            _bounded(self._released)
        elif event.step in _ANSWERS:
            self._rejected.add(now_ns, _ANSWERS[event.step])
            self._left(event, record, now_ns)
        if record is not None:
            self._end(record, now_ns)

    def _left(self, event: ev.OrderStepped, record: OrderRecord | None, now_ns: int) -> None:
        """Measure from the signal's arrival to the moment when its order left; on paper, when it was let go."""
        released_ns = self._released.pop(event.order_id, None)
        left_ns = event.trace.sent_at_ns if event.trace is not None else released_ns
        arrived_ns = self._awaited.pop(record.order.decision.decision_id, None) if record is not None else None
        if left_ns is not None and arrived_ns is not None:
            self._latency.add(now_ns, max(ZERO, (left_ns - arrived_ns) / _NS_PER_MS))

    def _booked(self, event: ev.FillBooked, state: BookState, now_ns: int) -> None:
        """Compare a trade's price with the one that was decided with; it counts for what it was worth."""
        fill = event.fill
        record = state.orders.get(fill.order_id) if fill.order_id is not None else None
        if record is None:
            return
        wanted = self._prices.get(record.order.decision.decision_id)
        if wanted:
            worse = fill.price - wanted if fill.side is Side.BUY else wanted - fill.price
            self._slippage.add(now_ns, worse / wanted * BASIS_POINTS, fill.quote_quantity)
        self._end(record, now_ns)

    def _end(self, record: OrderRecord, now_ns: int) -> None:
        """Measure once how much of an order was traded that the venue had and that is over, trades and all."""
        order_id = record.order.order_id
        if record.state not in _ENDED or record.active or order_id in self._ended:
            return
        self._ended[order_id] = None
        _bounded(self._ended)
        self._filled.add(now_ns, min(ONE, record.booked / record.order.quantity))


class Availability:
    """The share of the last day, or of the time since the start, in which orders could be carried out."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._turns: deque[tuple[int, bool]] = deque(maxlen=SAMPLES_MAX)

    def note(self, now_ns: int, *, able: bool) -> None:
        """Say how it is from now on."""
        if not self._turns or self._turns[-1][1] is not able:
            self._turns.append((now_ns, able))

    def share(self, now_ns: int) -> Decimal | None:
        """Give the share from 0 to 1; None before any time has passed."""
        begin_ns = now_ns - WINDOW_NS
        while len(self._turns) > 1 and self._turns[1][0] <= begin_ns:
            self._turns.popleft()
        if not self._turns or (whole_ns := now_ns - max(begin_ns, self._turns[0][0])) <= 0:
            return None
        ends = [*(since_ns for since_ns, _ in self._turns), now_ns][1:]
        able_ns = sum(
            end_ns - max(begin_ns, since_ns) for (since_ns, able), end_ns in zip(self._turns, ends, strict=True) if able
        )
        return Decimal(able_ns) / whole_ns


def _percent(share: Decimal | None) -> Decimal | None:
    return None if share is None else share * HUNDRED


def _whole_hundredths(percent: Decimal | None) -> Decimal | None:
    """Cut a figure that moves all the time down to what says something: each new value is a row in the recorder."""
    return None if percent is None else percent.quantize(HUNDREDTH, rounding=ROUND_FLOOR)


def _bounded[K, V](kept: dict[K, V]) -> None:
    """Give up the oldest beyond the bound."""
    if len(kept) > UNDER_WAY_MAX:
        del kept[next(iter(kept))]
