"""What a backtest gives back: plain values, so that it can cross from one process to another."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from ..model.ids import StrategyId, Symbol
from ..model.money import HUNDRED, plain
from .measures import Measures, Point
from .terms import BacktestTerms
from .trades import Trade


class Assumption(NamedTuple):
    """One thing that a run takes for true: the name of its text, and what that is filled in with."""

    key: str
    filled: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestResult:
    """One finished run."""

    strategy: StrategyId
    rules: tuple[str, str] | None
    """Entry and exit of a rule strategy; None for recorded signals."""

    symbol: Symbol
    terms: BacktestTerms
    since_ms: int
    until_ms: int
    candles: int
    gaps: int
    trades: tuple[Trade, ...]
    held: Decimal
    """Base units still held at the end; no trade of its own."""

    measures: Measures
    curve: tuple[Point, ...]
    decided: int
    allowed: int
    denials: tuple[tuple[str, int], ...]
    """How often each rule denied, most often first. A denied signal may count with several rules."""

    assumptions: tuple[Assumption, ...]
    """What was taken for true."""


def assumptions(terms: BacktestTerms, *, protected: bool) -> tuple[Assumption, ...]:
    """List what a run takes for true, in the order in which it is told."""
    venue = terms.venue
    taker = terms.instrument.taker_fee if venue.taker_fee is None else venue.taker_fee
    maker = terms.instrument.maker_fee if venue.maker_fee is None else venue.maker_fee
    taken = (
        Assumption("decided"),
        Assumption("meeting", (("latency", f"{venue.latency_ms:,}"),)),
        Assumption("takers", (("spread", _percent(terms.half_spread)), ("slippage", _percent(venue.slippage)))),
        Assumption("resting", (("share", _percent(venue.share)),)),
        Assumption(f"fees_{venue.fee_asset}", (("taker", _percent(taker)), ("maker", _percent(maker)))),
        Assumption("between_closes"),
        Assumption("capital"),
    )
    return (*taken, Assumption("protected")) if protected else taken


def _percent(fraction: Decimal) -> str:
    """Write a fraction in percent, with no more digits than it has."""
    return plain(fraction * HUNDRED)
