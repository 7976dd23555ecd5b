"""Every limit as a row of data: what it counts, in which unit, within which bounds, and what a new account has.

The options form, the check of its translations and ``docs/rules.md`` are made from this table. A test holds it against
the fields of :class:`.limits.Limits`.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ..model.decision import RuleName
from .limits import LossScope, StopAction

R = RuleName

AMOUNT_MAX: Final = Decimal("1E+15")
"""Quote units: more than any account holds."""

COUNT_MAX: Final = Decimal(10_000)
SYMBOLS_MAX: Final = Decimal(200)
"""Each symbol costs a price and, while open, a few reads; a household follows tens."""

DAY_S: Final = Decimal(86_400)
WEEK_S: Final = Decimal(604_800)
"""A longer pause is a hold, which a person sets."""


class Kind(StrEnum):
    """What a limit is made of, and so how it is asked for."""

    AMOUNT = "amount"
    PERCENT = "percent"
    RATIO = "ratio"
    COUNT = "count"
    SECONDS = "seconds"
    SWITCH = "switch"
    CHOICE = "choice"
    SYMBOLS = "symbols"
    QUANTITIES = "quantities"
    GROUPS = "groups"
    WINDOWS = "windows"
    ENTITIES = "entities"


_UNITS: Final = {Kind.AMOUNT: "quote", Kind.PERCENT: "%", Kind.RATIO: "x", Kind.SECONDS: "s", Kind.QUANTITIES: "base"}

type Start = Decimal | int | bool | str | None
"""What a new account starts with; None: nothing, and so no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """One limit. ``minimum`` and ``maximum`` bound what may be entered, both allowed; None where it is no number."""

    name: str
    """The field of :class:`.limits.Limits`, and the key of its texts."""

    rules: tuple[RuleName, ...]
    """The rules that look at it; empty for what is done after a breach."""

    kind: Kind
    start: Start = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    """Whether the field always has a value."""

    strategy: bool = True
    """Whether a strategy may have a tighter one of its own."""

    @property
    def unit(self) -> str:
        """``quote`` and ``base`` stand for the currency in question; empty: a plain number."""
        return _UNITS.get(self.kind, "")


def _amount(name: str, rule: RuleName, start: Start = None) -> LimitRow:
    return LimitRow(
        name=name, rules=(rule,), kind=Kind.AMOUNT, start=start, minimum=Decimal("1E-8"), maximum=AMOUNT_MAX
    )


def _percent(name: str, rule: RuleName, start: Start = None, *, maximum: int = 100, required: bool = False) -> LimitRow:
    return LimitRow(
        name=name,
        rules=(rule,),
        kind=Kind.PERCENT,
        start=start,
        minimum=Decimal("0.0001"),
        maximum=Decimal(maximum),
        required=required,
    )


def _count(name: str, rule: RuleName, start: Start = None, *, maximum: Decimal = COUNT_MAX) -> LimitRow:
    return LimitRow(name=name, rules=(rule,), kind=Kind.COUNT, start=start, minimum=Decimal(1), maximum=maximum)


def _seconds(name: str, rule: RuleName, start: int, *, minimum: int = 0, maximum: Decimal = WEEK_S) -> LimitRow:
    return LimitRow(
        name=name,
        rules=(rule,),
        kind=Kind.SECONDS,
        start=start,
        minimum=Decimal(minimum),
        maximum=maximum,
        required=True,
    )


def _choice(name: str, rules: tuple[RuleName, ...], choices: type[StrEnum], start: str) -> LimitRow:
    return LimitRow(
        name=name,
        rules=rules,
        kind=Kind.CHOICE,
        start=start,
        choices=tuple(choices),
        required=True,
        strategy=choices is not StopAction,
    )


LIMIT_ROWS: Final = (
    LimitRow(name="symbols", rules=(R.SYMBOL_ALLOWED,), kind=Kind.SYMBOLS, required=True, strategy=False),
    _amount("max_notional_per_order", R.MAX_NOTIONAL_PER_ORDER, Decimal(100)),
    LimitRow(name="max_quantity_per_order", rules=(R.MAX_QUANTITY_PER_ORDER,), kind=Kind.QUANTITIES),
    _amount("max_burst_notional", R.BURST_NOTIONAL),
    _count("max_open_positions", R.MAX_OPEN_POSITIONS, 3, maximum=SYMBOLS_MAX),
    _count("max_open_orders", R.MAX_OPEN_ORDERS),
    _amount("max_symbol_exposure", R.MAX_SYMBOL_EXPOSURE),
    LimitRow(name="groups", rules=(R.MAX_GROUP_EXPOSURE,), kind=Kind.GROUPS),
    _amount("max_gross_exposure", R.MAX_GROSS_EXPOSURE),
    _amount("max_unprotected_exposure", R.MAX_UNPROTECTED_EXPOSURE),
    LimitRow(
        name="max_leverage",
        rules=(R.MAX_LEVERAGE,),
        kind=Kind.RATIO,
        start=Decimal(1),
        minimum=Decimal("0.01"),
        maximum=Decimal(200),
    ),
    _amount("max_daily_loss", R.MAX_DAILY_LOSS, Decimal(50)),
    LimitRow(name="daily_loss_headroom", rules=(R.DAILY_LOSS_HEADROOM,), kind=Kind.SWITCH, start=False, required=True),
    _percent("max_daily_drawdown", R.MAX_DAILY_DRAWDOWN),
    _percent("max_total_drawdown", R.MAX_TOTAL_DRAWDOWN),
    _choice("loss_action", (), StopAction, StopAction.CANCEL_ENTRIES),
    _choice("kill_action", (), StopAction, StopAction.CANCEL_ENTRIES),
    _seconds("cooldown_after_loss_s", R.COOLDOWN_AFTER_LOSS, 900),
    LimitRow(
        name="min_loss",
        rules=(R.COOLDOWN_AFTER_LOSS, R.LOSS_STREAK),
        kind=Kind.AMOUNT,
        start=Decimal(0),
        minimum=Decimal(0),
        maximum=AMOUNT_MAX,
        required=True,
        strategy=False,
    ),
    _choice("loss_scope", (R.COOLDOWN_AFTER_LOSS, R.LOSS_STREAK), LossScope, LossScope.BOOK),
    _count("max_loss_streak", R.LOSS_STREAK),
    _seconds("loss_streak_pause_s", R.LOSS_STREAK, 86_400, minimum=1),
    _percent("price_collar_percent", R.PRICE_COLLAR, Decimal("0.5"), maximum=50, required=True),
    _seconds("max_price_age_s", R.STALE_PRICE, 10, minimum=1, maximum=Decimal(300)),
    _percent("max_spread_percent", R.SPREAD, Decimal("0.5")),
    _percent("max_depth_percent", R.DEPTH, maximum=10_000),
    _count("max_orders_per_minute", R.ORDER_RATE, 30),
    _count("max_signals_per_minute", R.SOURCE_RATE, 30),
    _seconds("duplicate_window_s", R.DUPLICATE_INTENT, 5, maximum=DAY_S),
    _count("max_repeats", R.REPEAT_EXECUTION, 20, maximum=Decimal(1_000)),
    _seconds("repeat_window_s", R.REPEAT_EXECUTION, 3_600, minimum=1),
    LimitRow(name="requires_stop", rules=(R.REQUIRES_STOP,), kind=Kind.SWITCH, start=False, required=True),
    LimitRow(name="trading_windows", rules=(R.TRADING_WINDOW,), kind=Kind.WINDOWS),
    LimitRow(name="home_conditions", rules=(R.HOME_CONDITION,), kind=Kind.ENTITIES),
    LimitRow(
        name="approval_above",
        rules=(R.APPROVAL,),
        kind=Kind.AMOUNT,
        minimum=Decimal(0),
        maximum=AMOUNT_MAX,
    ),
)
"""One row for each field, in the order of the fields."""
