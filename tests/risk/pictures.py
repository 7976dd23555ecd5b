"""A book, a wish and limits that pass every rule, for tests to spoil one thing at a time.

The market: BTCUSDT, bid 99.9, ask 100, tick 0.1, lot 0.001, at least 1 USDT.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from custom_components.mexc_trading.model.decision import Decision, Finding, RuleName, RuleResult
from custom_components.mexc_trading.model.ids import PERSON, Asset, BookName, DecisionId, SignalId, Symbol
from custom_components.mexc_trading.model.market import Instrument, OrderType, Quote, Side
from custom_components.mexc_trading.model.signal import Action, Signal, Size, SizeBasis
from custom_components.mexc_trading.risk.decide import Stamp, decide
from custom_components.mexc_trading.risk.limits import Limits
from custom_components.mexc_trading.risk.view import RiskView

S: Final = 1_000_000_000
"""Nanoseconds in a second."""

NOW: Final = 1_790_000_000 * S
BTC: Final = Symbol("BTCUSDT")
ETH: Final = Symbol("ETHUSDT")
MX: Final = Symbol("MXUSDT")
PAPER: Final = BookName("paper")
STAMP: Final = Stamp(DecisionId("decision"), "00" * 32, "11" * 32)

BTCUSDT: Final = Instrument(
    symbol=BTC,
    base=Asset("BTC"),
    quote=Asset("USDT"),
    tick=Decimal("0.1"),
    lot=Decimal("0.001"),
    min_quantity=Decimal("0.001"),
    min_notional=Decimal(1),
    min_notional_market=Decimal(5),
    max_notional=Decimal(100_000),
    max_notional_market=Decimal(50_000),
    order_types=frozenset(OrderType),
    sides=frozenset(Side),
    tradable=True,
    taker_fee=Decimal("0.0005"),
    maker_fee=Decimal(0),
)

QUOTE: Final = Quote(symbol=BTC, bid=Decimal("99.9"), ask=Decimal(100), at_ns=NOW)

ENTRY: Final = Signal(
    book=PAPER,
    strategy=PERSON,
    signal_id=SignalId("one"),
    issued_at_ns=NOW,
    symbol=BTC,
    action=Action.ENTER,
    side=Side.BUY,
    order_type=OrderType.LIMIT,
    price=Decimal(100),
    size=Size(basis=SizeBasis.QUANTITY, value=Decimal(1)),
    valid_for_s=30,
)

EXIT: Final = replace(
    ENTRY,
    signal_id=SignalId("two"),
    action=Action.EXIT,
    side=Side.SELL,
    order_type=OrderType.MARKET,
    price=None,
    size=None,
    valid_for_s=None,
)

LIMITS: Final = Limits(symbols=frozenset({BTC}), price_collar_percent=Decimal(1), max_price_age_s=10)

VIEW: Final = RiskView(
    now_ns=NOW,
    book=PAPER,
    quote_asset=Asset("USDT"),
    instrument=BTCUSDT,
    quote=QUOTE,
    strategy=None,
    exposures={},
    equity=Decimal(1000),
    daily_pnl=Decimal(0),
    conditions={},
)

HOLDING: Final = replace(VIEW, owned=Decimal(2), average_price=Decimal(95), exposures={BTC: Decimal("199.8")})
"""Two BTC bought at 95."""


def sized(signal: Signal, value: str, basis: SizeBasis = SizeBasis.QUANTITY) -> Signal:
    """Give the signal another size."""
    return replace(signal, size=Size(basis=basis, value=Decimal(value)))


def decided(signal: Signal, view: RiskView = VIEW, limits: Limits = LIMITS) -> Decision:
    """Pass a signal through the gate."""
    return decide(signal, view, limits, STAMP)


def result(decision: Decision, rule: RuleName) -> RuleResult:
    """Find what one rule said."""
    (found,) = (result for result in decision.results if result.rule is rule)
    return found


def finding(rule: RuleName, signal: Signal, view: RiskView = VIEW, limits: Limits = LIMITS) -> Finding:
    """Find a rule's outcome for a signal."""
    return result(decided(signal, view, limits), rule).finding
