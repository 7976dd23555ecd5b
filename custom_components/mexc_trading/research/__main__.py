"""A backtest from the command line: ``python -m custom_components.mexc_trading.research CSV --entry … --exit …``.

For trying rules on a file of candles. The instrument's terms are given by hand; an account reads them from the venue.
"""

import argparse
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
import sys
from typing import Final

from ..exchange.paper.terms import PaperTerms
from ..model.ids import Asset, StrategyId, Symbol
from ..model.market import Instrument, OrderType, Side
from ..model.money import ONE, amount
from ..model.signal import Size, SizeBasis
from ..risk.limits import Limits
from .backtest import backtest
from .candle_csv import import_csv
from .candles import BadCandles
from .page_texts import english
from .places import ExpressionError
from .report import report
from .result import BacktestResult
from .rule_strategy import RuleTerms
from .terms import BacktestTerms

QUOTE: Final = Asset("USDT")


def arguments() -> argparse.ArgumentParser:
    """Say what can be asked for."""
    parser = argparse.ArgumentParser(prog="research", description="Backtest two rules over a file of candles.")
    parser.add_argument("candles", type=Path, help="CSV, may end in .gz")
    parser.add_argument("--entry", required=True, help='such as "cross_above(ema(20), ema(60)) and rsi(14) < 70"')
    parser.add_argument("--exit", required=True, help='such as "cross_below(ema(20), ema(60))"')
    parser.add_argument("--symbol", default="BTCUSDT")
    parser.add_argument("--interval-s", type=int, default=60, help="width of a candle")
    parser.add_argument("--notional", type=amount, default=Decimal(1_000), help="quote units of an entry")
    parser.add_argument("--capital", type=amount, default=Decimal(10_000), help="quote units")
    parser.add_argument("--tick", type=amount, default=Decimal("0.01"))
    parser.add_argument("--lot", type=amount, default=Decimal("0.000001"))
    parser.add_argument("--fee", type=amount, default=Decimal("0.0005"), help="of takers, as a fraction")
    parser.add_argument("--slippage", type=amount, default=Decimal(0), help="as a fraction")
    parser.add_argument("--half-spread", type=amount, default=Decimal(0), help="as a fraction")
    parser.add_argument("--latency-ms", type=int, default=250)
    parser.add_argument("--max-daily-loss", type=amount, help="quote units")
    parser.add_argument("--report", type=Path, help="write the page here")
    return parser


def main(words: Sequence[str]) -> int:
    """Run; exit code 1 for candles or rules that are none."""
    options = arguments().parse_args(words)
    symbol = Symbol(options.symbol)
    rules = RuleTerms(
        strategy_id=StrategyId("rules"),
        symbol=symbol,
        entry=options.entry,
        exit=options.exit,
        size=Size(basis=SizeBasis.NOTIONAL, value=options.notional),
    )
    try:
        candles = import_csv(options.candles, symbol=symbol, interval_ms=options.interval_s * 1000)
        result = backtest(candles, _terms(options, symbol), rules=rules)
    except (BadCandles, ExpressionError, OSError) as error:
        sys.stderr.write(f"research: {error}\n")
        return 1
    sys.stdout.write(summary(result))
    if options.report is not None:
        options.report.write_text(report(result, english()), encoding="utf-8")
    return 0


def summary(result: BacktestResult) -> str:
    """Write what came of it in a few lines."""
    measures = result.measures
    lines = [
        f"{result.candles:,} candles, {result.decided:,} signals, {result.allowed:,} allowed",
        f"{measures.trades:,} trades, result {measures.result:+,.2f} after {measures.fees:,.2f} of fees",
        f"return {measures.return_percent:+.2f} %, buy and hold {measures.hold_percent:+.2f} %",
        f"deepest drawdown {measures.max_drawdown_percent:.2f} %, in the market {measures.exposure_percent:.1f} %",
        *(f"denied by {rule}: {count:,}" for rule, count in result.denials),
    ]
    return "\n".join(lines) + "\n"


def _terms(options: argparse.Namespace, symbol: Symbol) -> BacktestTerms:
    """Make the account and the market that the options describe."""
    instrument = Instrument(
        symbol=symbol,
        base=Asset(symbol.removesuffix(QUOTE)),
        quote=QUOTE,
        tick=options.tick,
        lot=options.lot,
        min_quantity=options.lot,
        min_notional=ONE,
        min_notional_market=ONE,
        max_notional=Decimal(0),
        max_notional_market=Decimal(0),
        order_types=frozenset(OrderType),
        sides=frozenset(Side),
        tradable=True,
        taker_fee=options.fee,
        maker_fee=Decimal(0),
    )
    return BacktestTerms(
        instrument=instrument,
        limits=Limits(symbols=frozenset({symbol}), max_leverage=ONE, max_daily_loss=options.max_daily_loss),
        capital=options.capital,
        venue=PaperTerms(slippage=options.slippage, latency_ms=options.latency_ms),
        half_spread=options.half_spread,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
