"""What a decision costs: every rule with its limit in force, at 0, 10 and 100 positions, beside NautilusTrader.

Ours judges an entry by all rules, with texts for limit, value and margin of each. The peer's risk engine checks the
precision, quantity, notional limit, balance and rate of a limit order, in compiled code: fewer checks. Both run in
processes of their own, one after the other. The texts of the findings are made when a decision is written for the
journal, which is a row of its own. Looking at the book is what the engine does before it decides; among a
million known signals it looks into their index as well. ``python -m benchmarks.risk [--runs N]``.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
import json
from pathlib import Path
from statistics import median
import subprocess
import sys
from time import perf_counter_ns
from typing import Any, Final

from custom_components.mexc_trading.engine import events as ev
from custom_components.mexc_trading.engine.fold import fold
from custom_components.mexc_trading.engine.state import BookState, signal_name
from custom_components.mexc_trading.engine.view import limits_in_force, risk_view
from custom_components.mexc_trading.model.codec import to_plain
from custom_components.mexc_trading.model.ids import Asset, BookName, EpisodeId, SignalId, Symbol
from custom_components.mexc_trading.model.market import OrderType, Quote
from custom_components.mexc_trading.model.money import exact
from custom_components.mexc_trading.model.signal import Level, LevelBasis, Protect, Size, SizeBasis
from custom_components.mexc_trading.portfolio.position import Position
from custom_components.mexc_trading.risk.decide import decide
from custom_components.mexc_trading.risk.limits import Group, Limits, SymbolQuantity
from custom_components.mexc_trading.risk.schedule import Window
from tests.risk.pictures import BTC, BTCUSDT, ENTRY, ETH, MX, NOW, STAMP, S

from .peers import environment, version

RUNS: Final = 5_000
WARM_UP: Final = 500
POSITIONS: Final = (0, 10, 100)
KNOWN: Final = 1_000_000
BOUND_US: Final = 60.0
PACKAGE: Final = "nautilus_trader"
PEER: Final = "NautilusTrader RiskEngine"
_PROGRAM: Final = Path(__file__).parent / "peer_programs" / "risk_nautilus.py"

LIMITS: Final = Limits(
    symbols=frozenset({BTC, ETH}),
    max_notional_per_order=Decimal(250),
    max_quantity_per_order=(SymbolQuantity(BTC, Decimal(10)),),
    max_burst_notional=Decimal(10_000),
    max_open_positions=200,
    max_open_orders=50,
    max_symbol_exposure=Decimal(100_000),
    groups=(Group("majors", (BTC, ETH, MX), Decimal(100_000)),),
    max_gross_exposure=Decimal(1_000_000),
    max_unprotected_exposure=Decimal(1_000_000),
    max_leverage=Decimal(5),
    max_daily_loss=Decimal(100_000),
    daily_loss_headroom=True,
    max_daily_drawdown=Decimal(99),
    max_total_drawdown=Decimal(99),
    cooldown_after_loss_s=60,
    max_loss_streak=3,
    price_collar_percent=Decimal(1),
    max_price_age_s=10,
    max_spread_percent=Decimal(1),
    max_depth_percent=Decimal(50),
    max_orders_per_minute=30,
    max_signals_per_minute=30,
    duplicate_window_s=5,
    max_repeats=20,
    requires_stop=True,
    trading_windows=(Window((0, 1, 2, 3, 4, 5, 6), 0, 1440),),
    home_conditions=("binary_sensor.ups", "binary_sensor.internet"),
    approval_above=Decimal(500),
)
"""Every limit that there is."""

WISH: Final = replace(
    ENTRY,
    order_type=OrderType.MARKET,
    price=None,
    size=Size(basis=SizeBasis.NOTIONAL, value=Decimal(250)),
    protect=Protect(stop_loss=Level(basis=LevelBasis.PERCENT, value=Decimal(2))),
)


def book(positions: int) -> BookState:
    """Hold some symbols, each with a price, and remember a loss."""
    state = BookState(book=BookName("paper"), quote=Asset("USDT"))
    for event in (
        ev.LimitsSet(limits=LIMITS, limits_hash=STAMP.limits_hash),
        ev.InstrumentSeen(instrument=BTCUSDT),
        ev.CapitalSet(capital=Decimal("123456.78")),
        ev.DayOpened(start_ns=NOW - 3600 * S, total_pnl=Decimal(0)),
    ):
        fold(state, event, NOW - 3600 * S)
    state.memory.ended(BTC, Decimal(-5), min_loss=Decimal(0), at_ns=NOW - 100 * S)
    state.memory.conditions.update(dict.fromkeys(LIMITS.home_conditions, True))
    ask_quantity = Decimal("12.34567")
    state.marks[BTC] = Quote(
        symbol=BTC,
        bid=Decimal("99.97"),
        ask=Decimal("99.98"),
        at_ns=NOW - S,
        bid_quantity=ask_quantity,
        ask_quantity=ask_quantity,
    )
    for number in range(positions):
        symbol = Symbol(f"C{number}USDT")
        state.ledger.positions[symbol] = Position(
            symbol=symbol,
            episode_id=EpisodeId(f"{symbol}:1"),
            quantity=Decimal("12.345"),
            cost=Decimal("120.5"),
            realized=Decimal(0),
            opened_ns=NOW,
            last_price=Decimal(10),
        )
        state.memory.stops[symbol] = Decimal("9.5")
        state.marks[symbol] = Quote(symbol=symbol, bid=Decimal("9.87"), ask=Decimal("9.88"), at_ns=NOW)
    return state


def microseconds(work: Callable[[], object], runs: int) -> list[float]:
    """Time each of many calls."""
    for _ in range(WARM_UP):
        work()
    times = []
    for _ in range(runs):
        started = perf_counter_ns()
        work()
        times.append((perf_counter_ns() - started) / 1000)
    return times


def ours(positions: int, runs: int) -> dict[str, float]:
    """Time deciding alone, with the picture, and with a look into the index of known signals."""
    state = book(positions)
    limits = limits_in_force(state, WISH.strategy)
    view = risk_view(state, WISH, limits, NOW)
    decision = decide(WISH, view, limits, STAMP)
    if not decision.allowed:
        raise SystemExit(f"denied: {decision.denials}")

    def pictured() -> object:
        with exact():
            return decide(WISH, risk_view(state, WISH, limits, NOW), limits, STAMP)

    def written() -> object:
        return to_plain(decide(WISH, view, limits, STAMP))

    figures = {
        "written": median(microseconds(written, runs)),
        "decide": median(microseconds(lambda: decide(WISH, view, limits, STAMP), runs)),
        "picture": median(microseconds(pictured, runs)),
    }
    if positions == POSITIONS[-1]:
        for number in range(KNOWN):
            state.seen.add(f"signal\x1f{number}", number)
        wishes = (replace(WISH, signal_id=SignalId(str(number))) for number in range(WARM_UP + runs))
        names = iter([signal_name(wish.key) for wish in wishes])

        def known() -> object:
            return state.seen.places(next(names)) or pictured()

        figures["known"] = median(microseconds(known, runs))
    return figures


def row(name: str, value: float, runs: int, bound_us: float | None) -> dict[str, Any]:
    """Make one line of the table."""
    return {
        "name": f"risk: {name}",
        "measure": "p50",
        "unit": "us",
        "ours": round(value, 1),
        "peer": None,
        "peer_version": None,
        "peer_value": None,
        "ratio": None,
        "bound": None if bound_us is None else f"<= {bound_us:.0f}",
        "holds": None if bound_us is None else value <= bound_us,
        "runs": runs,
    }


def rows_at(positions: int, runs: int, python: Path, installed: str) -> list[dict[str, Any]]:
    """Measure both sides at so many positions."""
    output = subprocess.check_output((str(python), str(_PROGRAM), str(positions), str(runs)), text=True)
    theirs = median(json.loads(output.splitlines()[-1]))
    figures = ours(positions, runs)
    where = f"{positions} positions"
    beside = row(f"decide beside the peer's path, {where}", figures["decide"], runs, None) | {
        "peer": PEER,
        "peer_version": installed,
        "peer_value": round(theirs, 1),
        "ratio": round(theirs / figures["decide"], 2),
        "bound": "below the peer",
        "holds": figures["decide"] < theirs,
    }
    rows = [
        row(f"decide, all rules, {where}", figures["decide"], runs, BOUND_US),
        beside,
        row(f"look at the book and decide, {where}", figures["picture"], runs, None),
        row(f"decide and write the decision for the journal, {where}", figures["written"], runs, None),
    ]
    if "known" in figures:
        rows.append(row(f"the same among {KNOWN} known signals, {where}", figures["known"], runs, None))
    return rows


def main() -> int:
    """Print the rows; exit code 1 if a bound does not hold."""
    parser = argparse.ArgumentParser(prog="risk", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    runs = parser.parse_args().runs
    python = environment("nautilus", PACKAGE)
    rows = [line for positions in POSITIONS for line in rows_at(positions, runs, python, version(python, PACKAGE))]
    for line in rows:
        print(json.dumps(line))
    return int(any(line["holds"] is False for line in rows))


if __name__ == "__main__":
    sys.exit(main())
