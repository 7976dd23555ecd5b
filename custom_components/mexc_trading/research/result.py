"""What a backtest gives back: plain values, so that it can cross from one process to another."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ..model.ids import StrategyId, Symbol
from .measures import Measures, Point
from .terms import BacktestTerms
from .trades import Trade


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

    assumptions: tuple[str, ...]
    """What was taken for true, in words."""


def assumptions(terms: BacktestTerms, *, protected: bool) -> tuple[str, ...]:
    """Say in words what a run takes for true."""
    venue = terms.venue
    taker = terms.instrument.taker_fee if venue.taker_fee is None else venue.taker_fee
    maker = terms.instrument.maker_fee if venue.maker_fee is None else venue.maker_fee
    said = [_DECIDED, _meeting(venue.latency_ms)]
    said.append(
        f"Takers pay half a spread of {terms.half_spread:%} and slippage of {venue.slippage:%}, and never more than "
        "their order's own limit; an order that would have to, ends without a fill."
    )
    said.append(
        f"A resting order trades only if a later candle went beyond its price. At most {venue.share:%} of a candle's "
        "volume is ours, where the volume is known."
    )
    said.append(f"Fees: {taker:%} for takers, {maker:%} for makers, paid in {venue.fee_asset}.")
    said.append("Between two closes the price is not looked at: valuations, loss limits and peaks see closes only.")
    said.append("Capital is never moved in or out. Spot, long only: there is no funding.")
    if protected:
        said.append("Protective exits are the engine's own: they see closes only, and their orders meet later candles.")
    return tuple(said)


_DECIDED: Final = (
    "A signal is decided when its candle closes, by the live engine and all of its rules; its order can only meet the "
    "candles after that."
)


def _meeting(latency_ms: int) -> str:
    return (
        f"An order meets the first candle after it has left, {latency_ms} ms later: at its open, moved against the "
        "order toward the candle's extreme by the part of the candle that has passed."
    )
