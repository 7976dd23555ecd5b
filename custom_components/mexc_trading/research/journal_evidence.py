"""Evidence out of journals: a book is folded again, and each strategy's part in it is followed.

An episode belongs to the strategy whose entry opened it. A history reads on where it stopped, so that looking at it
again costs what is new. Evidence counts from a moment on; the book's own history before that is folded too, because
positions do not start from nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import fmean
from typing import Final

from ..engine import events as ev
from ..engine.fold import fold
from ..engine.ports import Record
from ..engine.records import event_of
from ..engine.stage_events import LIVE, BacktestRecorded, StageSet
from ..engine.state import BookState
from ..model.fill import Fill
from ..model.hold import HoldKind
from ..model.ids import DecisionId, SignalId, StrategyId, Symbol
from ..model.market import Side
from ..model.money import exact
from ..orders.states import OrderState, OrderStep
from .evidence import BacktestEvidence, LiveEvidence, PaperEvidence
from .shadow import Traded, fill_difference

_NS_PER_S: Final = 1_000_000_000
_NS_PER_DAY: Final = 86_400 * _NS_PER_S
_UNRESOLVED: Final = frozenset({OrderState.SENDING, OrderState.UNKNOWN})

_TOUCHED_KEPT: Final = 1_000
"""Decisions whose price is remembered: fills follow their decision closely."""

_TRADED_KEPT: Final = 10_000
"""Signals of a strategy whose trades are remembered, for the comparison with its shadow."""


@dataclass(slots=True)
class StrategyHistory:
    """One strategy's part in a book. Figures stand with the time (ns) at which they became known."""

    version: str = ""
    since_ns: int = 0
    """When the present version began."""

    results: list[tuple[int, float]] = field(default_factory=list)
    """Of closed episodes, in quote units."""

    slips: list[tuple[int, float]] = field(default_factory=list)
    """How much worse takers' fills were than the price that was decided on, in percent."""

    illegal_ns: list[int] = field(default_factory=list)
    rejects_in_a_row: int = 0
    traded: dict[SignalId, Traded] = field(default_factory=dict)
    """What each of its signals traded; of the latest :data:`_TRADED_KEPT`."""

    backtest: BacktestRecorded | None = None
    promoted: tuple[int, StageSet] | None = None
    """When and as what it was promoted; None: it is not live."""

    def results_since(self, at_ns: int) -> list[float]:
        """Give the results since a moment."""
        return [result for made_ns, result in self.results if made_ns >= at_ns]

    def slippage_since(self, at_ns: int) -> float | None:
        """Give the mean slippage since a moment, in percent; None without a fill."""
        slips = [slip for made_ns, slip in self.slips if made_ns >= at_ns]
        return fmean(slips) if slips else None


class BookHistory:
    """A book's journal, followed."""

    def __init__(self, blank: BookState) -> None:
        """Begin before the first record; ``blank`` is an empty state of that book."""
        self.state = blank
        self.drill_s: int | None = None
        """When the kill switch was last engaged, in seconds since the epoch."""

        self._strategies: dict[StrategyId, StrategyHistory] = {}
        self._owner: dict[Symbol, StrategyId] = {}
        self._running: dict[Symbol, float] = {}
        """The result so far of each episode that is open."""

        self._touched: dict[DecisionId, float] = {}
        """The price that a taker would have had when a signal was decided."""

    def of(self, strategy: StrategyId) -> StrategyHistory:
        """Give the history of a strategy."""
        return self._strategies.setdefault(strategy, StrategyHistory())

    def read(self, records: Iterable[Record]) -> None:
        """Take in the next records. Blocking."""
        for record in records:
            event = event_of(record)
            before = self.state.ledger.realized
            fold(self.state, event, record.at_ns)
            with exact():
                made = float(self.state.ledger.realized - before)
            self._follow(event, record.at_ns, made)
        self.state.seen.keep()

    def unresolved(self, strategy: StrategyId) -> int:
        """Count the strategy's orders whose end nobody knows."""
        records = (record for record in self.state.active_orders if record.state in _UNRESOLVED)
        return sum(record.order.decision.strategy == strategy for record in records)

    def _follow(self, event: ev.Event, at_ns: int, made: float) -> None:
        """Take one event in. ``made`` is what it added to the book's realised result."""
        match event:
            case ev.SignalDecided(signal=signal, decision=decision):
                for mark in event.marks:
                    if mark.symbol == signal.symbol:
                        self._touched[decision.decision_id] = float(mark.taker_price(signal.side))
                if len(self._touched) > _TOUCHED_KEPT:
                    del self._touched[next(iter(self._touched))]
            case ev.FillBooked(fill=fill):
                self._filled(event, at_ns)
                self._made(fill.symbol, at_ns, made)
            case ev.FeeValued(symbol=symbol):
                self._made(symbol, at_ns, made)
            case ev.OrderStepped(order_id=order_id, step=step):
                order = self.state.orders[order_id].order
                self._stepped(self.of(order.decision.strategy), step)
                self._made(order.symbol, at_ns, made)
            case ev.IllegalStep(order_id=order_id):
                self.of(self.state.orders[order_id].order.decision.strategy).illegal_ns.append(at_ns)
            case ev.HoldRaised(hold=hold) if hold.kind is HoldKind.KILL_SWITCH:
                self.drill_s = at_ns // _NS_PER_S
            case _:
                self._staged(event, at_ns)

    def _staged(self, event: ev.Event, at_ns: int) -> None:
        """Take in what is about strategies themselves."""
        match event:
            case ev.StrategiesSet(strategies=strategies):
                for terms in strategies:
                    history = self.of(terms.strategy_id)
                    if terms.version != history.version:
                        history.version, history.since_ns = terms.version, at_ns
            case StageSet(strategy_id=strategy):
                self.of(strategy).promoted = (at_ns, event) if event.stage == LIVE else None
            case BacktestRecorded(strategy_id=strategy):
                self.of(strategy).backtest = event
            case _:
                pass

    @staticmethod
    def _stepped(history: StrategyHistory, step: OrderStep) -> None:
        if step is OrderStep.REFUSED:
            history.rejects_in_a_row += 1
        elif step is OrderStep.ACCEPTED:
            history.rejects_in_a_row = 0

    def _filled(self, event: ev.FillBooked, at_ns: int) -> None:
        """Note whose fill it was, and how it compares with the price that was decided on."""
        fill = event.fill
        record = None if fill.order_id is None else self.state.orders.get(fill.order_id)
        if record is None:
            return
        decision = record.order.decision
        if fill.side is Side.BUY:
            self._owner.setdefault(fill.symbol, decision.strategy)
        _add(self.of(decision.strategy).traded, decision.signal_id, fill, at_ns)
        touch = self._touched.get(decision.decision_id)
        if touch and not fill.maker:
            worse = float(fill.price) / touch - 1
            self.of(decision.strategy).slips.append((at_ns, (worse if fill.side is Side.BUY else -worse) * 100))

    def _made(self, symbol: Symbol, at_ns: int, made: float) -> None:
        """Add to an episode's result; once its position is flat, it is closed."""
        if symbol not in self._owner:
            return
        self._running[symbol] = self._running.get(symbol, 0.0) + made
        if symbol in self.state.ledger.positions:
            return
        owner, result = self._owner.pop(symbol), self._running.pop(symbol)
        self.of(owner).results.append((at_ns, result))


def paper_evidence(
    book: BookHistory,
    strategy: StrategyId,
    *,
    version: str,
    since_ns: int,
    now_ns: int,
    modelled_slippage_percent: float,
) -> PaperEvidence:
    """Say what the paper book shows of a strategy since a moment."""
    history = book.of(strategy)
    results = history.results_since(since_ns)
    slippage = history.slippage_since(since_ns)
    return PaperEvidence(
        version=version,
        days=max(0, now_ns - since_ns) / _NS_PER_DAY,
        episodes=len(results),
        gains=sum(result for result in results if result > 0),
        losses=-sum(result for result in results if result < 0),
        drawdown_percent=_drawdown(results, float(book.state.capital or 0)),
        slippage_excess_percent=0.0 if slippage is None else slippage - modelled_slippage_percent,
        unresolved=book.unresolved(strategy),
        illegal_transitions=sum(at_ns >= since_ns for at_ns in history.illegal_ns),
        kill_drill_s=book.drill_s,
    )


def backtest_evidence(book: BookHistory, strategy: StrategyId) -> BacktestEvidence | None:
    """Say what the last backtest showed that the journal tells of."""
    tested = book.of(strategy).backtest
    if tested is None:
        return None
    return BacktestEvidence(
        version=tested.version,
        days=float(tested.days),
        episodes=tested.episodes,
        gains=float(tested.gains),
        losses=float(tested.losses),
        drawdown_percent=float(tested.drawdown_percent),
    )


def live_evidence(live: BookHistory, paper: BookHistory, strategy: StrategyId) -> LiveEvidence:
    """Say how a strategy did since its promotion, and how its shadow on paper did meanwhile.

    The two are compared from the later of promotion and the paper book's beginning: that may have begun anew.
    """
    history = live.of(strategy)
    since_ns, version = (0, "") if history.promoted is None else (history.promoted[0], history.promoted[1].version)
    results = history.results_since(since_ns)
    capital = float(live.state.capital or 0)
    beside_ns = max(since_ns, paper.state.began_ns)
    behind = sum(paper.of(strategy).results_since(beside_ns)) - sum(history.results_since(beside_ns))
    return LiveEvidence(
        version=version,
        drawdown_percent=_drawdown(results, capital),
        behind_paper_percent=behind / capital * 100 if capital else 0.0,
        slippage_percent=history.slippage_since(since_ns) or 0.0,
        rejects_in_a_row=history.rejects_in_a_row,
        fills=fill_difference(history.traded, paper.of(strategy).traded, since_ns=beside_ns),
    )


def _add(traded: dict[SignalId, Traded], signal: SignalId, fill: Fill, at_ns: int) -> None:
    """Add a fill to what its signal has traded."""
    so_far = traded.setdefault(signal, Traded(side=fill.side, at_ns=at_ns))
    so_far.quantity += float(fill.quantity)
    so_far.quote += float(fill.quote_quantity)
    if len(traded) > _TRADED_KEPT:
        del traded[next(iter(traded))]


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
