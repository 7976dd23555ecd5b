"""Paper evidence out of a journal: the book is folded again, and one strategy's part in it is followed.

An episode belongs to the strategy whose entry opened it. Evidence counts from the moment a version began; the book's
own history before that is folded too, because positions do not start from nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import fmean
from typing import Final

from ..engine import events as ev
from ..engine.fold import fold
from ..engine.ports import Record
from ..engine.records import event_of
from ..engine.state import BookState
from ..model.hold import HoldKind
from ..model.ids import DecisionId, StrategyId, Symbol
from ..model.market import Side
from ..model.money import exact
from ..orders.states import OrderState
from .evidence import PaperEvidence

_NS_PER_S: Final = 1_000_000_000
_NS_PER_DAY: Final = 86_400 * _NS_PER_S
_UNRESOLVED: Final = frozenset({OrderState.SENDING, OrderState.UNKNOWN})


@dataclass(slots=True)
class _Watch:
    """What is followed while the book is folded."""

    strategy: StrategyId
    since_ns: int
    owner: dict[Symbol, StrategyId] = field(default_factory=dict)
    running: dict[Symbol, float] = field(default_factory=dict)
    """The result so far of each episode that is open."""

    touched: dict[DecisionId, float] = field(default_factory=dict)
    """The price that a taker would have had when the strategy's signals were decided."""

    results: list[float] = field(default_factory=list)
    slips: list[float] = field(default_factory=list)
    illegal: int = 0
    drill_s: int | None = None


def paper_evidence(
    records: Iterable[Record],
    blank: BookState,
    strategy: StrategyId,
    *,
    version: str,
    since_ns: int,
    now_ns: int,
    modelled_slippage_percent: float,
) -> PaperEvidence:
    """Read a journal from its first record. Blocking; ``blank`` is an empty state of that book."""
    watch = _Watch(strategy, since_ns)
    for record in records:
        event = event_of(record)
        before = blank.ledger.realized
        fold(blank, event, record.at_ns)
        with exact():
            made = float(blank.ledger.realized - before)
        _follow(watch, blank, event, record.at_ns, made)
    blank.seen.keep()
    unresolved = [record for record in blank.active_orders if record.state in _UNRESOLVED]
    return PaperEvidence(
        version=version,
        days=max(0, now_ns - since_ns) / _NS_PER_DAY,
        episodes=len(watch.results),
        gains=sum(result for result in watch.results if result > 0),
        losses=-sum(result for result in watch.results if result < 0),
        drawdown_percent=_drawdown(watch.results, float(blank.capital or 0)),
        slippage_excess_percent=(fmean(watch.slips) - modelled_slippage_percent) if watch.slips else 0.0,
        unresolved=sum(record.order.decision.strategy == strategy for record in unresolved),
        illegal_transitions=watch.illegal,
        kill_drill_s=watch.drill_s,
    )


def _follow(watch: _Watch, state: BookState, event: ev.Event, at_ns: int, made: float) -> None:
    """Take one event in. ``made`` is what it added to the book's realised result."""
    match event:
        case ev.SignalDecided(signal=signal, decision=decision) if signal.strategy == watch.strategy:
            for mark in event.marks:
                if mark.symbol == signal.symbol:
                    watch.touched[decision.decision_id] = float(mark.taker_price(signal.side))
        case ev.FillBooked(fill=fill):
            _filled(watch, state, event, at_ns)
            _made(watch, state, fill.symbol, at_ns, made)
        case ev.FeeValued(symbol=symbol):
            _made(watch, state, symbol, at_ns, made)
        case ev.OrderStepped(order_id=order_id):
            _made(watch, state, state.orders[order_id].order.symbol, at_ns, made)
        case ev.IllegalStep(order_id=order_id) if at_ns >= watch.since_ns:
            watch.illegal += state.orders[order_id].order.decision.strategy == watch.strategy
        case ev.HoldRaised(hold=hold) if hold.kind is HoldKind.KILL_SWITCH:
            watch.drill_s = at_ns // _NS_PER_S
        case _:
            pass


def _filled(watch: _Watch, state: BookState, event: ev.FillBooked, at_ns: int) -> None:
    """Note whose fill it was, and how it compares with the price that was decided on."""
    fill = event.fill
    record = None if fill.order_id is None else state.orders.get(fill.order_id)
    if record is None:
        return
    decision = record.order.decision
    if fill.side is Side.BUY:
        watch.owner.setdefault(fill.symbol, decision.strategy)
    touch = watch.touched.get(decision.decision_id)
    if touch and at_ns >= watch.since_ns and not fill.maker:
        worse = float(fill.price) / touch - 1
        watch.slips.append((worse if fill.side is Side.BUY else -worse) * 100)


def _made(watch: _Watch, state: BookState, symbol: Symbol, at_ns: int, made: float) -> None:
    """Add to an episode's result; once its position is flat, it is closed."""
    if symbol not in watch.owner:
        return
    watch.running[symbol] = watch.running.get(symbol, 0.0) + made
    if symbol in state.ledger.positions:
        return
    owner, result = watch.owner.pop(symbol), watch.running.pop(symbol)
    if owner == watch.strategy and at_ns >= watch.since_ns:
        watch.results.append(result)


def _drawdown(results: list[float], capital: float) -> float:
    """Give the deepest fall of capital and closed results from their highest, in percent of that."""
    equity = peak = capital
    deepest = 0.0
    for result in results:
        equity += result
        peak = max(peak, equity)
        if peak > 0:
            deepest = max(deepest, (peak - equity) / peak * 100)
    return deepest
