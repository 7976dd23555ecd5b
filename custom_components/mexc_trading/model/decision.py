"""A decision: what we made of a signal, with the result of every rule."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
import json
from typing import NamedTuple, cast, overload, override

from .figure import Figure, written
from .ids import BookName, DecisionId, SignalId, StrategyId, Symbol
from .market import OrderType, Side
from .signal import Action, Protect


class Verdict(StrEnum):
    """The whole decision's outcome."""

    ALLOW = "allow"
    CLAMP = "clamp"
    DENY = "deny"
    NEEDS_APPROVAL = "needs_approval"


class RuleName(StrEnum):
    """Every rule of the risk engine; also the key of its texts in translations."""

    HOLDS = "holds"
    STAGE = "stage"
    SIGNAL_AGE = "signal_age"
    SYMBOL_ALLOWED = "symbol_allowed"
    INSTRUMENT_TRADABLE = "instrument_tradable"
    STALE_PRICE = "stale_price"
    PRICE_COLLAR = "price_collar"
    SPREAD = "spread"
    DEPTH = "depth"
    EXIT_OWNED = "exit_owned"
    TICK_LOT_MINIMUM = "tick_lot_minimum"
    REQUIRES_STOP = "requires_stop"
    MAX_NOTIONAL_PER_ORDER = "max_notional_per_order"
    MAX_QUANTITY_PER_ORDER = "max_quantity_per_order"
    BURST_NOTIONAL = "burst_notional"
    MAX_OPEN_POSITIONS = "max_open_positions"
    MAX_OPEN_ORDERS = "max_open_orders"
    MAX_SYMBOL_EXPOSURE = "max_symbol_exposure"
    MAX_GROUP_EXPOSURE = "max_group_exposure"
    MAX_GROSS_EXPOSURE = "max_gross_exposure"
    MAX_UNPROTECTED_EXPOSURE = "max_unprotected_exposure"
    MAX_LEVERAGE = "max_leverage"
    MAX_DAILY_LOSS = "max_daily_loss"
    DAILY_LOSS_HEADROOM = "daily_loss_headroom"
    MAX_DAILY_DRAWDOWN = "max_daily_drawdown"
    MAX_TOTAL_DRAWDOWN = "max_total_drawdown"
    COOLDOWN_AFTER_LOSS = "cooldown_after_loss"
    LOSS_STREAK = "loss_streak"
    ORDER_RATE = "order_rate"
    SOURCE_RATE = "source_rate"
    DUPLICATE_INTENT = "duplicate_intent"
    REPEAT_EXECUTION = "repeat_execution"
    TRADING_WINDOW = "trading_window"
    HOME_CONDITION = "home_condition"
    APPROVAL = "approval"


class Finding(StrEnum):
    """One rule's outcome. ``clamp`` made the order smaller; ``skip`` means the rule does not concern this order."""

    PASS = "pass"
    CLAMP = "clamp"
    DENY = "deny"
    APPROVAL = "approval"
    SKIP = "skip"


class _Found(NamedTuple):
    rule: RuleName
    finding: Finding
    limit_figure: Figure = ""
    value_figure: Figure = ""
    margin_figure: Figure = ""
    unit: str = ""


class RuleResult(_Found):
    """What one rule found: the limit, the measured value and the room left, as canonical text, with their unit.

    The texts are written when they are read. Two results are the same if they read the same.
    """

    __slots__ = ()

    @property
    def limit(self) -> str:
        """What the rule compares with."""
        return written(self.limit_figure)

    @property
    def value(self) -> str:
        """What was measured."""
        return written(self.value_figure)

    @property
    def margin(self) -> str:
        """The room left; below zero when the limit is exceeded."""
        return written(self.margin_figure)

    def as_plain(self) -> list[str]:
        """Write the result for the journal. Forty are made while an order waits: names are texts as they are."""
        rule, finding, limit, value, margin, unit = self
        return [rule, finding, written(limit), written(value), written(margin), unit]

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, RuleResult) and self.as_plain() == other.as_plain()

    @override
    def __ne__(self, other: object) -> bool:
        return not self == other

    @override
    def __hash__(self) -> int:
        """Hash what is text already, so that results that read the same have the same."""
        return tuple.__hash__((self.rule, self.finding, self.unit))


class Findings(Sequence[RuleResult]):
    """What all rules found, in their order: results while they are fresh, one text once they have been written down.

    The latest decisions of a book stay in memory. Their figures would be two hundred objects each for the garbage
    collector to go through, whose full collections stop all of Home Assistant; a text is none. Two are the same if they
    read the same.
    """

    __slots__ = ("_kept",)

    written_as = tuple[RuleResult, ...]
    """What it is read from and looks like in a document."""

    def __init__(self, results: Iterable[RuleResult] = ()) -> None:
        """Take fresh results."""
        self._kept: tuple[RuleResult, ...] | str = tuple(results)

    def as_plain(self) -> list[list[str]]:
        """Write the results for the journal, and keep only what was written from now on."""
        kept = self._kept
        if isinstance(kept, str):
            return cast("list[list[str]]", json.loads(kept))
        rows = [result.as_plain() for result in kept]
        self._kept = json.dumps(rows)
        return rows

    def _results(self) -> tuple[RuleResult, ...]:
        kept = self._kept
        if not isinstance(kept, str):
            return kept
        return tuple(
            RuleResult(RuleName(rule), Finding(finding), *figures) for rule, finding, *figures in json.loads(kept)
        )

    @override
    def __iter__(self) -> Iterator[RuleResult]:
        return iter(self._results())

    @override
    def __len__(self) -> int:
        return len(self._results())

    @overload
    def __getitem__(self, place: int) -> RuleResult: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[RuleResult, ...]: ...

    @override
    def __getitem__(self, place: int | slice) -> RuleResult | tuple[RuleResult, ...]:
        return self._results()[place]

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Findings) and self._results() == other._results()

    @override
    def __hash__(self) -> int:
        return tuple.__hash__(self._results())

    @override
    def __repr__(self) -> str:
        return f"Findings({list(self._results())!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer to one signal and the permit for its orders: quantity in base units, price in quote units.

    ``price`` is the worst price an order may trade at; None only for exits that had no reference price.
    """

    decision_id: DecisionId
    decision_hash: str
    book: BookName
    strategy: StrategyId
    signal_id: SignalId
    symbol: Symbol
    action: Action
    side: Side
    order_type: OrderType
    quantity: Decimal
    price: Decimal | None
    verdict: Verdict
    results: Findings
    decided_at_ns: int
    limits_hash: str
    stop_price: Decimal | None = None
    """Where its stop would stand, in quote units, if it were filled at the worst price; None: it has none."""

    protect: Protect | None = None
    """The exits that go with an entry."""

    @property
    def allowed(self) -> bool:
        """Whether orders may be made from this decision."""
        return self.verdict is Verdict.ALLOW or self.verdict is Verdict.CLAMP

    @property
    def denials(self) -> tuple[RuleResult, ...]:
        """The rules that refused, in the order in which they are listed."""
        return tuple(result for result in self.results if result.finding is Finding.DENY)
