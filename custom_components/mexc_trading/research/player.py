"""Walks a desk through candles. What happens at each is little; what happens at a signal is what happens live."""

from decimal import Decimal
from typing import Final, NamedTuple

from ..engine import inputs as inp
from ..exchange.paper.evidence import Evidence
from ..model.money import ONE, exact, round_down, round_up
from ..model.signal import Signal
from ..portfolio.day import day_start_ns
from ..risk.strategy import StrategyTerms
from .candles import Candles
from .desk import NS_PER_MS, Desk
from .equity import EquityLine
from .indicators import Bar
from .measures import Measures, Point, measured
from .rule_strategy import RuleStrategy, RuleTerms, Wish, signal_of
from .terms import BOOK, BacktestTerms

_DAY_AND_A_BIT_NS: Final = 26 * 3600 * 1_000_000_000
"""A day through a clock change has up to 25 hours."""


REACH: Final = Decimal("0.003")
"""How far, as a fraction, a price is asked about that has not come yet: a few minutes' move."""


class Quiet(NamedTuple):
    """A state, by its last record, and the closes between which it is known that nothing follows from a price."""

    seq: int
    low: float
    high: float


NOWHERE: Final = Quiet(-1, 0.0, 0.0)


class Player:
    """One run."""

    def __init__(
        self,
        candles: Candles,
        terms: BacktestTerms,
        *,
        strategy: StrategyTerms,
        rules: RuleStrategy | None,
        recorded: tuple[Signal, ...],
        every_price: bool,
    ) -> None:
        """Open the desk just before the first candle."""
        self.desk = Desk(terms, strategy, candles.open_ms[0])
        self._candles = candles
        self._terms = terms
        self._strategy = strategy
        self._rules = rules
        self._bar = rules.bar if rules is not None else Bar()
        self._recorded = tuple(signal for signal in recorded if signal.issued_at_ns >= self.desk.now_ns)
        self._next_signal = 0
        self._next_day_ns = day_start_ns(self.desk.now_ns + 1, terms.zone)
        self._every_price = every_price
        self._quiet = NOWHERE

        self._sized = any(candles.volume)
        self._due_ns = 0
        self._line = EquityLine(self.desk, len(candles))
        self._look_ahead()

    def play(self, start: int, end: int) -> None:
        """Play the candles from ``start`` to before ``end``."""
        desk, bar, candles, line = self.desk, self._bar, self._candles, self._line
        width_ms, rules = candles.interval_ms, self._rules
        scale = 10**-candles.price_exponent
        sizes = 10**-candles.volume_exponent
        part = slice(start, end)
        opens, highs = [at / scale for at in candles.open[part]], [at / scale for at in candles.high[part]]
        lows, closes = [at / scale for at in candles.low[part]], [at / scale for at in candles.close[part]]
        volumes = [at / sizes for at in candles.volume[part]]
        rows = zip(range(start, end), candles.open_ms[part], opens, highs, lows, closes, volumes, strict=True)
        for index, open_ms, bar.open, bar.high, bar.low, bar.close, bar.volume in rows:
            if desk.under_way or desk.paper.working:
                self._meet(index)
            close_ns = (open_ms + width_ms) * NS_PER_MS
            if close_ns >= self._due_ns:
                self._attend(index, close_ns)
            holding = desk.holding
            if holding:
                self._value(index, close_ns)
            if rules is not None:
                wish = rules.on_candle(holding=holding)
                if wish is not None and not desk.busy:
                    self._wish(index, rules.terms, wish)
            line.close(index, open_ms + width_ms, bar.close, holding=holding)

    def measures(self) -> Measures:
        """Work out what came of it."""
        candles, line = self._candles, self._line
        first, last = candles.open[0], candles.close[-1]
        return measured(
            self.desk.trades.closed,
            days=line.days,
            equity=(line.start, line.equity),
            hold=last / first - 1,
            drawdown=line.drawdown,
            held=line.held / len(candles),
        )

    def curve(self) -> tuple[Point, ...]:
        """Give the equity over time."""
        return tuple(self._line.points)

    def _meet(self, index: int) -> None:
        """Let orders from before this candle meet it: those that rest its range, those under way their moment in it."""
        desk, candles = self.desk, self._candles
        open_ms = candles.open_ms[index]
        if desk.paper.working:
            desk.now_ns = open_ms * NS_PER_MS
            desk.rest(self._range(index))
        end_ms = open_ms + candles.interval_ms
        due = [sent for sent in desk.under_way if sent.arrives_ms < end_ms]
        for sent in due:
            at_ms = max(sent.arrives_ms, open_ms)
            desk.now_ns = at_ms * NS_PER_MS
            desk.arrive(sent, self._moment(index, at_ms))

    def _range(self, index: int) -> Evidence:
        """What a candle proves for an order that rested through it: where it went, and how much was traded."""
        row = self._candles.row(index)
        with exact():
            half = self._terms.half_spread
            bid, ask = row.high * (ONE - half), row.low * (ONE + half)
        volume = row.volume if self._sized else None
        return Evidence(
            symbol=self.desk.symbol,
            bid=bid,
            ask=ask,
            at_ms=row.open_ms,
            bid_quantity=volume,
            ask_quantity=volume,
            standing=False,
        )

    def _moment(self, index: int, at_ms: int) -> Evidence:
        """What an order meets that arrives inside a candle: nothing better than the open, and worse with time."""
        row = self._candles.row(index)
        with exact():
            passed = Decimal(at_ms - row.open_ms) / self._candles.interval_ms
            low, high = row.open - (row.open - row.low) * passed, row.open + (row.high - row.open) * passed
            bid, ask = self._touch(low)[0], self._touch(high)[1]
        volume = row.volume if self._sized else None
        return Evidence(
            symbol=self.desk.symbol, bid=bid, ask=ask, at_ms=at_ms, bid_quantity=volume, ask_quantity=volume
        )

    def _touch(self, price: Decimal) -> tuple[Decimal, Decimal]:
        """Give bid and ask around a price, on the tick."""
        half, tick = self._terms.half_spread, self._terms.instrument.tick
        if not half and not price % tick:
            return price, price
        bid = round_down(price * (ONE - half), tick)
        return max(bid, tick), round_up(price * (ONE + half), tick)

    def _mark(self, index: int, now_ns: int) -> None:
        """Let the close of a candle be the latest price, as of ``now_ns``."""
        candles, desk = self._candles, self.desk
        desk.now_ns = now_ns
        with exact():
            bid, ask = self._touch(candles.price(candles.close[index]))
        desk.mark(bid, ask)

    def _value(self, index: int, close_ns: int) -> None:
        """Let the engine look at the price, unless it is certain that nothing follows from it.

        Whatever the engine does about a price of the one symbol held, it does beyond some price: so if nothing
        followed from two prices, and nothing has happened since, then nothing follows from one between them.
        """
        desk, close = self.desk, self._bar.close
        quiet = self._quiet
        if quiet.low <= close <= quiet.high and quiet.seq == desk.state.seq and not self._every_price:
            return
        self._mark(index, close_ns)
        before = desk.state.seq
        desk.do(inp.QuotesIn(quotes=(desk.state.marks[desk.symbol],)))
        restless = desk.restless
        if restless:
            desk.do(inp.TickIn())
        if restless or before != desk.state.seq or self._every_price:
            self._quiet = NOWHERE
            return
        if quiet.seq != before:
            quiet = Quiet(before, close, close)
        self._quiet = self._further(quiet, index)

    def _further(self, quiet: Quiet, index: int) -> Quiet:
        """Ask how far the price may move from a close until something follows: a step is asked, and not taken."""
        desk, close = self.desk, self._bar.close
        low, high = min(quiet.low, close), max(quiet.high, close)
        mark = desk.state.marks[desk.symbol]
        with exact():
            price = self._candles.price(self._candles.close[index])
            ways = [ONE - REACH] if close <= quiet.low else []
            ways += [ONE + REACH] if close >= quiet.high else []
            for way in ways:
                bid, ask = self._touch(price * way)
                if desk.nothing_follows(bid, ask):
                    low, high = min(low, close * float(way)), max(high, close * float(way))
        desk.state.marks[desk.symbol] = mark
        return Quiet(quiet.seq, low, high)

    def _wish(self, index: int, rules: RuleTerms, wish: Wish) -> None:
        """Turn what the rules want into a signal, at the close that it follows from."""
        width_ms = self._candles.interval_ms
        close_ms = self._candles.open_ms[index] + width_ms
        self._mark(index, close_ms * NS_PER_MS)
        self.desk.signal(signal_of(rules, wish, book=BOOK, close_ms=close_ms, interval_ms=width_ms))

    def _attend(self, index: int, close_ns: int) -> None:
        """Do what is due by this close: recorded signals at their own time, and the turn of the day."""
        while self._next_signal < len(self._recorded):
            signal = self._recorded[self._next_signal]
            if signal.issued_at_ns > close_ns:
                break
            # Until a candle has closed, the last price that anybody knew is the close before it.
            known = index if signal.issued_at_ns == close_ns else index - 1
            if known >= 0:
                self._mark(known, signal.issued_at_ns)
            self._next_signal += 1
            self.desk.signal(signal)
        if close_ns >= self._next_day_ns:
            self._mark(index, close_ns)
            self.desk.do(inp.TickIn())
            self._line.day()
        self._look_ahead()

    def _look_ahead(self) -> None:
        """Work out when something is due next besides the candles."""
        while self._next_day_ns <= self.desk.now_ns:
            self._next_day_ns = day_start_ns(self._next_day_ns + _DAY_AND_A_BIT_NS, self._terms.zone)
        waiting = self._recorded[self._next_signal : self._next_signal + 1]
        self._due_ns = min([self._next_day_ns, *(signal.issued_at_ns for signal in waiting)])
