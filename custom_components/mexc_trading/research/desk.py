"""A book at work on candles: the engine's own step and fold, the paper venue's own matching, and time that is given.

Nothing here decides or accounts for anything: inputs go through :func:`~..engine.step.step`, its events are folded, its
effects are carried out by the paper book at once or, for orders, when their latency is over.
"""

from collections import Counter
from decimal import Decimal
from hashlib import sha256
from typing import Final, NamedTuple

from ..engine import effects as ef, events as ev, inputs as inp
from ..engine.fold import fold
from ..engine.guard_inputs import OpenOrdersIn
from ..engine.state import BookState
from ..engine.step import step
from ..exchange.paper.book import PaperBook
from ..exchange.paper.evidence import Evidence
from ..exchange.paper.wallet import Wallet
from ..model.decision import RuleName
from ..model.market import Quote
from ..model.order import Order
from ..model.outcome import Absent, CancelAccepted
from ..model.signal import Signal
from ..risk.strategy import StrategyTerms
from .terms import BOOK, BacktestTerms
from .trades import TradeLog

NS_PER_MS: Final = 1_000_000


class OnItsWay(NamedTuple):
    """An order that has left and not arrived."""

    order: Order
    arrives_ms: int


class Desk:
    """One simulated account of one symbol."""

    def __init__(self, terms: BacktestTerms, strategy: StrategyTerms, start_ms: int) -> None:
        """Open the book as an account is opened: limits, strategy, trading terms, money, day."""
        instrument = terms.instrument
        self.terms = terms
        self.symbol = instrument.symbol
        self.state = BookState(book=BOOK, quote=instrument.quote, zone=terms.zone)
        self.paper = PaperBook(terms=terms.venue, wallet=Wallet(quote=instrument.quote, cash=terms.capital))
        self.under_way: list[OnItsWay] = []
        self.trades = TradeLog([])
        self.denials: Counter[RuleName] = Counter()
        self.decided = 0
        self.allowed = 0
        self.now_ns = start_ms * NS_PER_MS
        self._secret = sha256(f"backtest {terms.seed}".encode()).digest()
        for item in (
            inp.LimitsIn(limits=terms.limits),
            inp.StrategiesIn(strategies=(strategy,)),
            inp.InstrumentsIn(instruments=(instrument,)),
            inp.BalancesIn(balances=self.paper.balances()),
            inp.TickIn(),
        ):
            self.do(item)

    @property
    def holding(self) -> bool:
        """Whether anything is owned."""
        return self.symbol in self.state.ledger.positions

    @property
    def busy(self) -> bool:
        """Whether something is still expected of an order."""
        return bool(self.state.active)

    @property
    def restless(self) -> bool:
        """Whether the engine may do something because time passes, not only because a price moves."""
        state = self.state
        watched = state.memory.protections.get(self.symbol)
        if state.active or state.holds or watched is None:
            return True
        return watched.purpose is not None or (watched.plan is not None and watched.plan.time_exit_s is not None)

    def mark(self, bid: Decimal, ask: Decimal) -> None:
        """Let the latest price be known, as of now."""
        self.state.marks[self.symbol] = Quote(symbol=self.symbol, bid=bid, ask=ask, at_ns=self.now_ns)

    def signal(self, signal: Signal) -> None:
        """Pass a signal through the gate."""
        self.do(inp.SignalIn(signal=signal, digest=signal.signal_id))

    def arrive(self, sent: OnItsWay, seen: Evidence) -> None:
        """Let an order meet the market that was on its way."""
        self.under_way.remove(sent)
        outcome = self.paper.submit(sent.order, self.terms.instrument, seen)
        self.do(inp.SubmitIn(order_id=sent.order.order_id, outcome=outcome))

    def rest(self, seen: Evidence) -> None:
        """Let resting orders meet what was traded, and tell the engine of those that did."""
        before = {order_id: kept.executed for order_id, kept in self.paper.working.items()}
        self.paper.see(seen)
        for order_id, executed in before.items():
            kept = self.paper.orders[order_id]
            if kept.executed != executed or not kept.open:
                self.do(inp.FoundIn(order_id=order_id, answer=kept.report()))

    def nothing_follows(self, bid: Decimal, ask: Decimal) -> bool:
        """Whether the engine would do nothing about these prices now. Asked only: no event is folded."""
        self.mark(bid, ask)
        item = inp.QuotesIn(quotes=(self.state.marks[self.symbol],))
        outcome = step(self.state, item, self.now_ns, self._secret)
        return not outcome.events and not outcome.effects

    def do(self, item: inp.Input) -> None:
        """Step an input, fold what happened, carry out what follows."""
        waiting = [item]
        while waiting:
            outcome = step(self.state, waiting.pop(0), self.now_ns, self._secret)
            for event in outcome.events:
                fold(self.state, event, self.now_ns)
                self._note(event)
            for effect in outcome.effects:
                waiting += self._carry_out(effect)
        self.state.seen.keep()

    def _carry_out(self, effect: ef.Effect) -> list[inp.Input]:
        """Do what the engine's worker does, against the paper book."""
        match effect:
            case ef.SubmitOrder(order=order):
                arrives_ms = self.now_ns // NS_PER_MS + self.terms.venue.latency_ms
                self.under_way.append(OnItsWay(order, arrives_ms))
                return []
            case ef.CancelOrder(order=order):
                self.paper.cancel(order.order_id)
                accepted = inp.CancelOutcomeIn(order_id=order.order_id, outcome=CancelAccepted())
                return [accepted, self._found(order)]
            case ef.FindOrder(order=order):
                return [self._found(order)]
            case ef.ReadOrderFills(order_id=order_id, symbol=symbol):
                kept = self.paper.orders.get(order_id)
                return [inp.FillsIn(symbol=symbol, fills=tuple(kept.fills))] if kept is not None else []
            case ef.ReadOpenOrders():
                working = tuple(kept.report() for kept in self.paper.working.values())
                return [OpenOrdersIn(started_ns=self.now_ns, orders=working)]
            case ef.ReadQuotes():
                return []  # The mark of this moment is all that is known.
            case _:
                raise NotImplementedError(f"{type(effect).__name__}: a paper book leaves no order in doubt")

    def _found(self, order: Order) -> inp.FoundIn:
        kept = self.paper.orders.get(order.order_id)
        return inp.FoundIn(order_id=order.order_id, answer=Absent() if kept is None else kept.report())

    def _note(self, event: ev.Event) -> None:
        """Keep what the report tells of."""
        match event:
            case ev.SignalDecided(decision=decision):
                self.decided += 1
                self.allowed += decision.allowed
                self.denials.update(result.rule for result in decision.denials)
            case ev.FillBooked(fill=fill, fee_quote=fee_quote):
                self.trades.fill(fill, fee_quote)
                if not self.holding:
                    self.trades.flat(self.state.ledger.realized, fill.at_ms)
            case ev.OrderStepped() if not self.holding:
                # What is left below the venue's minimum is written off once no order can trade any more.
                self.trades.flat(self.state.ledger.realized, self.now_ns // NS_PER_MS)
