"""Makes the hours of a simulation: wishes of several strategies, prices, kill switches, edits, restarts, bad weather.

An hour is ten thousand seconds of ordinary trade pressed into fifty minutes: wishes one by one, storms in which faults
are at work, and bursts at twice the peak that a venue or a stream can bring. The last ten minutes are calm.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Final, NamedTuple

from . import weather
from .plan import CALM_FROM_S, Act, Kind, Plan, Step


class Market(NamedTuple):
    """A symbol of the double: its start price, and an ordinary quantity."""

    symbol: str
    price: Decimal
    quantity: Decimal
    lot: Decimal


MARKETS: Final = (
    Market("BTCUSDT", Decimal(90_000), Decimal("0.001"), Decimal("0.000001")),
    Market("ETHUSDT", Decimal(3_000), Decimal("0.03"), Decimal("0.0001")),
    Market("SOLUSDT", Decimal(150), Decimal("0.6"), Decimal("0.01")),
)
BY_SYMBOL: Final = {market.symbol: market for market in MARKETS}

STRATEGIES: Final[Mapping[str, tuple[Market, ...]]] = {
    "trend": MARKETS[:2],
    "mean": MARKETS[1:],
    "carry": MARKETS,
}
"""The strategies and what they trade."""

LIMIT_SETS: Final = ("normal", "tight", "wide")

PEAK_ORDERS_PER_S: Final = 12
"""The most that one account may place or cancel in a second (fact sheet 6)."""

PEAK_PRICES_PER_S: Final = 10
"""Price pushes of one symbol in a second: the fastest channel sends every 100 ms."""

BURST_FACTOR: Final = 2
TICK: Final = Decimal("0.01")
REACH: Final = Decimal("1.02")
"""How far beyond the middle price a wish that should trade at once may go, as a factor."""

PRICE_STEP: Final = (996, 1004)
"""A new price, in thousandths of the old one."""

HOME_PULL: Final = Decimal("0.05")
"""How much of the way back to its start price each step takes: days of random steps must not end anywhere."""


@dataclass(slots=True)
class _Pen:
    """Where the story stands while it is written."""

    dice: Random
    hour: int
    prices: dict[str, Decimal] = field(default_factory=lambda: {market.symbol: market.price for market in MARKETS})
    wishes: list[Step] = field(default_factory=list)

    def limit(self, market: Market, factor: Decimal) -> Decimal:
        """Give a limit price: the wish's number stands in its last digits."""
        rough = (self.prices[market.symbol] * factor).quantize(Decimal(1))
        return rough + TICK * (len(self.wishes) % 90 + 1)

    def wish(self, step: Step) -> Step:
        """Note a wish."""
        self.wishes.append(step)
        return step

    @property
    def name(self) -> str:
        """The next wish's name."""
        return f"{self.hour}-{len(self.wishes)}"


def plan(seed: int, hours: float) -> Plan:
    """Make the plan of a seed. A part of an hour is one whose story ends early."""
    whole, part = divmod(hours, 1)
    spans_s = [CALM_FROM_S] * int(whole) + ([CALM_FROM_S * part] if part else [])
    return Plan(seed=seed, hours=tuple(_hour(seed, number, span_s) for number, span_s in enumerate(spans_s)))


def _hour(seed: int, number: int, span_s: float) -> tuple[Step, ...]:
    """Write one hour."""
    pen = _Pen(Random(f"{seed}/{number}"), number)
    dice = pen.dice
    steps = [step for at_s in _times(dice, span_s, 120) for step in _steps(pen, at_s)]
    for at_s in _times(dice, span_s, 4):
        steps += _storm(dice, at_s)
    if dice.random() < 0.7:
        at_s = round(dice.random() * span_s, 2)
        seconds = round(4 + 6 * dice.random(), 1)
        steps.append(Step(at_s=at_s, act=Act.BURST, span_s=seconds, seed=dice.randrange(2**32)))
    return tuple(sorted(steps, key=lambda step: step.at_s))


def _times(dice: Random, span_s: float, count: int) -> list[float]:
    """Draw moments, so many in a whole hour."""
    drawn = max(1, round(count * span_s / CALM_FROM_S))
    return sorted(round(dice.random() * span_s, 2) for _ in range(drawn))


def _steps(pen: _Pen, at_s: float) -> list[Step]:
    """Write what happens at a moment."""
    if not pen.wishes:
        return [_enter(pen, at_s)]
    dice = pen.dice
    (act,) = dice.choices(
        (Act.ENTER, Act.EXIT, Act.CANCEL, Act.REPEAT, Act.PRICE, Act.TRADE, Act.END, Act.CONFLICT),
        (40, 20, 8, 8, 20, 10, 3, 2),
    )
    if dice.random() < 0.06:
        (act,) = dice.choices((Act.KILL, Act.RESTART, Act.CRASH, Act.LIMITS), (3, 2, 2, 4))
    match act:
        case Act.ENTER:
            return [_enter(pen, at_s)]
        case Act.EXIT:
            return [_exit(pen, at_s)]
        case Act.PRICE:
            return [_price(pen, at_s)]
        case Act.CANCEL | Act.REPEAT | Act.CONFLICT:
            return [Step(at_s=at_s, act=act, of=dice.choice(pen.wishes[-30:]).name)]
        case Act.LIMITS:
            return [Step(at_s=at_s, act=act, of=dice.choice(LIMIT_SETS))]
        case Act.TRADE | Act.END:
            return [Step(at_s=at_s, act=act, seed=dice.randrange(2**32))]
        case Act.KILL:
            ends_s = round(at_s + dice.random() * 60, 2)
            return [Step(at_s=at_s, act=act), Step(at_s=ends_s, act=Act.RELEASE)]
        case _:
            return [Step(at_s=at_s, act=act)]


def _enter(pen: _Pen, at_s: float) -> Step:
    """Write a wish to buy."""
    dice = pen.dice
    strategy = dice.choice(tuple(STRATEGIES))
    market = dice.choice(STRATEGIES[strategy])
    (kind,) = dice.choices(tuple(Kind), (50, 30, 10, 10))
    factor = REACH
    if kind is Kind.POST_ONLY or (kind is Kind.LIMIT and dice.random() < 0.6):
        factor = Decimal(dice.randint(970, 998)) / 1000
    return pen.wish(
        Step(
            at_s=at_s,
            act=Act.ENTER,
            name=pen.name,
            symbol=market.symbol,
            strategy=strategy,
            kind=kind,
            quantity=market.quantity * dice.choice((1, 1, 2, 3)) + market.lot * dice.randint(0, 99),
            price=pen.limit(market, factor),
            protected=dice.random() < 0.25,
        )
    )


def _exit(pen: _Pen, at_s: float) -> Step:
    """Write a wish to sell."""
    dice = pen.dice
    strategy = dice.choice(tuple(STRATEGIES))
    market = dice.choice(STRATEGIES[strategy])
    part = market.quantity / 2 if dice.random() < 0.3 else None
    return pen.wish(
        Step(
            at_s=at_s,
            act=Act.EXIT,
            name=pen.name,
            symbol=market.symbol,
            strategy=strategy,
            quantity=part,
            price=pen.limit(market, 2 - REACH),
        )
    )


def _price(pen: _Pen, at_s: float) -> Step:
    """Move a price a little."""
    market = pen.dice.choice(MARKETS)
    now = pen.prices[market.symbol]
    moved = now * Decimal(pen.dice.randint(*PRICE_STEP)) / 1000 + (market.price - now) * HOME_PULL
    pen.prices[market.symbol] = moved.quantize(TICK)
    return Step(at_s=at_s, act=Act.PRICE, symbol=market.symbol, price=pen.prices[market.symbol])


def _storm(dice: Random, at_s: float) -> list[Step]:
    """Let faults be at work for a while."""
    span_s = round(20 + dice.random() * 160, 2)
    storm = Step(
        at_s=at_s,
        act=Act.STORM,
        rules=weather.rules(dice, span_s),
        settings=weather.settings(dice),
        seed=dice.randrange(2**32),
    )
    return [storm, Step(at_s=round(min(at_s + span_s, CALM_FROM_S), 2), act=Act.CALM)]


def burst(step: Step) -> Iterator[Step]:
    """Write a burst out: wishes and prices at twice the peak."""
    pen = _Pen(Random(step.seed), step.seed)
    for count in range(round(step.span_s * PEAK_ORDERS_PER_S * BURST_FACTOR)):
        at_s = count / (PEAK_ORDERS_PER_S * BURST_FACTOR)
        yield _exit(pen, at_s) if pen.dice.random() < 0.3 else _enter(pen, at_s)
    for count in range(round(step.span_s * PEAK_PRICES_PER_S * BURST_FACTOR)):
        for _ in MARKETS:
            yield _price(pen, count / (PEAK_PRICES_PER_S * BURST_FACTOR))
