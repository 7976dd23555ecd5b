"""Run a strategy over candles through the whole decision path: the same step, fold and rules as live.

Lookahead is impossible by construction: what is decided at a close goes on its way then, and an order on its way can
only meet evidence from later candles. Between signals nothing is decided, so nothing but indicators, rule and valuation
costs time.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from ..model.ids import StrategyId
from ..model.signal import Signal
from ..risk.strategy import StrategyTerms
from .candles import Candles
from .player import Player
from .result import BacktestResult, assumptions
from .rule_strategy import RuleStrategy, RuleTerms
from .terms import BacktestTerms

CHUNK: Final = 8_192
"""Candles between two looks at progress and cancellation."""

type Progress = Callable[[int, int], None]
"""Told how many candles are done, and of how many. It may raise :class:`Cancelled`."""


class Cancelled(Exception):
    """Somebody no longer wants the run."""


def backtest(
    candles: Candles,
    terms: BacktestTerms,
    *,
    rules: RuleTerms | None = None,
    recorded: tuple[Signal, ...] = (),
    strategy: StrategyTerms | None = None,
    progress: Progress = lambda _done, _total: None,
    every_price: bool = False,
) -> BacktestResult:
    """Run rules, or signals that were recorded. Blocking, for as long as it takes.

    ``strategy``: whose they are; its own limits then count beside the book's.

    ``every_price`` shows the engine each close while something is held, even where it is certain that nothing follows.
    Raises ``ValueError`` for candles that are none, :class:`.places.ExpressionError` for rules that are none.
    """
    if not len(candles) or (rules is None and not recorded):
        raise ValueError("there is nothing to run")
    name = rules.strategy_id if rules is not None else recorded[0].strategy
    player = Player(
        candles,
        terms,
        strategy=_strategy(name, terms, strategy),
        rules=None if rules is None else RuleStrategy(rules),
        recorded=recorded,
        every_price=every_price,
    )
    for start in range(0, len(candles), CHUNK):
        progress(start, len(candles))
        player.play(start, min(start + CHUNK, len(candles)))
    progress(len(candles), len(candles))
    desk = player.desk
    return BacktestResult(
        strategy=name,
        rules=None if rules is None else (rules.entry, rules.exit),
        symbol=candles.symbol,
        terms=terms,
        since_ms=candles.open_ms[0],
        until_ms=candles.open_ms[-1] + candles.interval_ms,
        candles=len(candles),
        gaps=len(candles.gaps()),
        trades=tuple(desk.trades.closed),
        held=desk.state.ledger.owned(desk.symbol),
        measures=player.measures(),
        curve=player.curve(),
        decided=desk.decided,
        allowed=desk.allowed,
        denials=tuple((rule.value, count) for rule, count in desk.denials.most_common()),
        assumptions=assumptions(terms, protected=rules is not None and rules.protect is not None),
    )


def _strategy(name: StrategyId, terms: BacktestTerms, own: StrategyTerms | None) -> StrategyTerms:
    """Give the strategy the symbol it is tried on, and what it has of its own; its stage is no matter here."""
    symbols = frozenset({terms.instrument.symbol})
    if own is None:
        return StrategyTerms(strategy_id=name, name=name, symbols=symbols)
    return replace(own, symbols=symbols, stage=None)
