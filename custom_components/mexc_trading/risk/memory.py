"""What the risk engine remembers of a book: a fold over its decisions, orders and ended episodes."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from ..model.decision import Decision, Verdict
from ..model.ids import DecisionId, StrategyId, Symbol
from ..model.money import ZERO, plain
from ..model.order import Order
from ..model.signal import Action, Signal
from .flatten import Flatten
from .limits import BURST_S
from .protection import Protection, stop_level
from .rolling import Rolling
from .view import NEVER_LOST, Losses

_NS_PER_S: Final = 1_000_000_000

HAPPENINGS_MAX: Final = 10_000
"""Orders, wishes and entries kept of each window: the highest limit that can be set on their count."""

ENTRIES_KEPT_S: Final = 604_800
"""A week: the longest window over which a strategy's entries are counted."""

INTENTS_MAX: Final = 1_000
"""Different wishes remembered for the rule about duplicates; the oldest go first."""

WAITING_MAX: Final = 100
"""Questions to a person at once; the oldest go first, and with them the wish."""

BOOK: Final = ""
"""The key of the whole book's losses, beside those of each symbol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A wish that waits for a person, and the decision that asked."""

    signal: Signal
    digest: str
    decision: Decision


@dataclass(slots=True, kw_only=True)
class RiskMemory:
    """Only the fold changes it. Bounded in everything."""

    orders: Rolling = field(default_factory=Rolling)
    """Orders planned in the last minute; entries with what they are worth, exits with nothing."""

    wishes: dict[StrategyId, Rolling] = field(default_factory=dict)
    """Each strategy's new wishes to enter in the last minute."""

    entries: dict[StrategyId, Rolling] = field(default_factory=dict)
    """Each strategy's allowed entries in the last week."""

    intents: dict[str, int] = field(default_factory=dict)
    """When each symbol, side and size was last allowed (ns)."""

    losses: dict[str, Losses] = field(default_factory=dict)
    conditions: dict[str, bool] = field(default_factory=dict)
    """What is known of Home Assistant's entities."""

    waiting: dict[DecisionId, Waiting] = field(default_factory=dict)
    total_peak: Decimal | None = None
    """The highest total PnL since a drawdown was last released, moved with deposits and withdrawals."""

    deepest: Decimal = ZERO
    """The deepest fall from such a peak that was ever seen when the book was valued for the record, in percent."""

    last_value: tuple[int, Decimal] | None = None
    """When the book was last valued for the record (ns), and its total PnL."""

    protections: dict[Symbol, Protection] = field(default_factory=dict)
    """The exits of open episodes."""

    stops: dict[Symbol, Decimal] = field(default_factory=dict)
    """Where each of them would be stopped, in quote units; those without a stop are not there."""

    flatten: Flatten | None = None

    def copy(self) -> RiskMemory:
        """Give one that goes its own way from here."""
        return RiskMemory(
            orders=self.orders.copy(),
            wishes={strategy: rolling.copy() for strategy, rolling in self.wishes.items()},
            entries={strategy: rolling.copy() for strategy, rolling in self.entries.items()},
            intents=dict(self.intents),
            losses=dict(self.losses),
            conditions=dict(self.conditions),
            waiting=dict(self.waiting),
            total_peak=self.total_peak,
            deepest=self.deepest,
            last_value=self.last_value,
            protections=dict(self.protections),
            stops=dict(self.stops),
            flatten=self.flatten,
        )

    def decided(self, signal: Signal, digest: str, decision: Decision, at_ns: int) -> None:
        """Note a decision. The answer to a question that was open is no new wish."""
        if signal.action is not Action.ENTER:
            return
        asked = self.waiting.pop(decision.decision_id, None)
        if asked is None:
            _note(self.wishes, signal.strategy, at_ns, BURST_S)
        if decision.allowed:
            _note(self.entries, signal.strategy, at_ns, ENTRIES_KEPT_S)
            self.intents.pop(intent(signal), None)
            self.intents[intent(signal)] = at_ns
            _drop_oldest(self.intents, INTENTS_MAX)
        elif decision.verdict is Verdict.NEEDS_APPROVAL:
            self.waiting[decision.decision_id] = Waiting(signal=signal, digest=digest, decision=decision)
            _drop_oldest(self.waiting, WAITING_MAX)

    def planned(self, order: Order, at_ns: int) -> None:
        """Note an order that is about to be sent, at its worst price."""
        worth = order.quantity * (order.decision.price or ZERO) if order.is_entry else ZERO
        self.orders.add(at_ns, worth)
        self.orders.forget(at_ns - BURST_S * _NS_PER_S, most=HAPPENINGS_MAX)

    def ended(self, symbol: Symbol, result: Decimal, *, min_loss: Decimal, at_ns: int) -> None:
        """Note an episode that became flat. A loss too small to count leaves a streak as it is."""
        if result < 0 and -result > min_loss:
            for key in (BOOK, symbol):
                self.losses[key] = Losses(at_ns, self.losses.get(key, NEVER_LOST).streak + 1)
        elif result >= 0:
            for key in (BOOK, symbol):
                self.losses.pop(key, None)

    def valued(self, total_pnl: Decimal) -> None:
        """Note a total PnL that may be higher than any before."""
        self.total_peak = total_pnl if self.total_peak is None else max(self.total_peak, total_pnl)

    def watch(self, watched: Protection, average_price: Decimal) -> None:
        """Put an episode's exits in place, and where its stop stands now."""
        self.protections[watched.symbol] = watched
        stop = stop_level(watched, average_price)
        self.stops.pop(watched.symbol, None)
        if stop is not None:
            self.stops[watched.symbol] = stop

    def unwatch(self, symbol: Symbol) -> None:
        """Forget the exits of an episode that ended."""
        self.protections.pop(symbol, None)
        self.stops.pop(symbol, None)

    def last_minute(self, strategy: StrategyId, now_ns: int) -> tuple[int, int, Decimal]:
        """Count orders and the strategy's wishes in the last 60 s, and add up what the entries were worth."""
        since_ns = now_ns - BURST_S * _NS_PER_S
        wishes = self.wishes.get(strategy)
        return self.orders.count(since_ns), wishes.count(since_ns) if wishes else 0, self.orders.sum(since_ns)

    def repeats(self, strategy: StrategyId, window_s: int, now_ns: int) -> int:
        """Count the strategy's entries in a window."""
        entries = self.entries.get(strategy)
        return entries.count(now_ns - window_s * _NS_PER_S) if entries else 0


def intent(signal: Signal) -> str:
    """Name what a wish is about, whatever its id: symbol, side and size as they were asked for."""
    size = signal.size
    asked = "" if size is None else f"{size.basis} {plain(size.value)}"
    return f"{signal.symbol} {signal.side} {asked}"


def _note(rollings: dict[StrategyId, Rolling], strategy: StrategyId, at_ns: int, kept_s: int) -> None:
    rolling = rollings.setdefault(strategy, Rolling())
    rolling.add(at_ns)
    rolling.forget(at_ns - kept_s * _NS_PER_S, most=HAPPENINGS_MAX)


def _drop_oldest[K, V](kept: dict[K, V], most: int) -> None:
    if len(kept) > most:
        kept.pop(next(iter(kept)))
