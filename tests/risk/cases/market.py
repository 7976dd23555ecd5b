"""What the market allows: flags, price, collar, spread, depth."""

from dataclasses import replace
from decimal import Decimal

from custom_components.mexc_trading.model.decision import RuleName
from custom_components.mexc_trading.model.ids import Asset
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.risk.view import RiskView

from ..case import CLAMP, DENY, PASS, SKIP, Case
from ..pictures import BTCUSDT, ENTRY, EXIT, HOLDING, LIMITS, NOW, QUOTE, VIEW, S, sized


def _aged(seconds: str) -> RiskView:
    return replace(VIEW, now_ns=NOW + int(Decimal(seconds) * S), quote=replace(QUOTE, at_ns=NOW))


def _ask(ask: str) -> RiskView:
    return replace(VIEW, quote=replace(QUOTE, bid=Decimal(99), ask=Decimal(ask)))


_MARKET = replace(ENTRY, order_type=OrderType.MARKET, price=None)
_STALE = replace(QUOTE, at_ns=NOW - 11 * S)
_DEEP = replace(VIEW, quote=replace(QUOTE, bid_quantity=Decimal(4), ask_quantity=Decimal(10)))
_TENTH = replace(LIMITS, max_depth_percent=Decimal(10))
_NARROW = replace(LIMITS, max_spread_percent=Decimal(2))

CASES = (
    Case("open", RuleName.INSTRUMENT_TRADABLE, PASS),
    Case(
        "unknown",
        RuleName.INSTRUMENT_TRADABLE,
        DENY,
        view=replace(VIEW, instrument=None),
        figures=("", "unknown", "", ""),
    ),
    Case(
        "closed",
        RuleName.INSTRUMENT_TRADABLE,
        DENY,
        view=replace(VIEW, instrument=replace(BTCUSDT, tradable=False)),
        figures=("", "closed", "", ""),
    ),
    Case("short", RuleName.INSTRUMENT_TRADABLE, DENY, replace(ENTRY, side=Side.SELL), figures=("buy", "short", "", "")),
    Case(
        "buying closed",
        RuleName.INSTRUMENT_TRADABLE,
        DENY,
        view=replace(VIEW, instrument=replace(BTCUSDT, sides=frozenset({Side.SELL}))),
        figures=("sell", "buy", "", ""),
    ),
    Case(
        "limit where only market",
        RuleName.INSTRUMENT_TRADABLE,
        DENY,
        view=replace(VIEW, instrument=replace(BTCUSDT, order_types=frozenset({OrderType.MARKET}))),
        figures=("market", "limit", "", ""),
    ),
    Case(
        "market where only market",
        RuleName.INSTRUMENT_TRADABLE,
        PASS,
        replace(ENTRY, order_type=OrderType.MARKET, price=None),
        replace(VIEW, instrument=replace(BTCUSDT, order_types=frozenset({OrderType.MARKET}))),
    ),
    Case(
        "post-only where it is not offered",
        RuleName.INSTRUMENT_TRADABLE,
        DENY,
        replace(ENTRY, order_type=OrderType.POST_ONLY),
        replace(VIEW, instrument=replace(BTCUSDT, order_types=frozenset({OrderType.LIMIT, OrderType.MARKET}))),
    ),
    Case(
        "post-only where it is offered",
        RuleName.INSTRUMENT_TRADABLE,
        PASS,
        replace(ENTRY, order_type=OrderType.POST_ONLY),
    ),
    Case(
        "exit while closed",
        RuleName.INSTRUMENT_TRADABLE,
        SKIP,
        EXIT,
        replace(HOLDING, instrument=replace(BTCUSDT, tradable=False)),
    ),
    Case("young price", RuleName.STALE_PRICE, PASS, view=_aged("9.999"), figures=("10", "9.999", "0.001", "s")),
    Case("price as old as allowed", RuleName.STALE_PRICE, PASS, view=_aged("10"), figures=("10", "10", "0", "s")),
    Case("price too old", RuleName.STALE_PRICE, DENY, view=_aged("10.001"), figures=("10", "10.001", "-0.001", "s")),
    Case("price from the future", RuleName.STALE_PRICE, DENY, view=_aged("-10.001")),
    Case("no price", RuleName.STALE_PRICE, DENY, view=replace(VIEW, quote=None), figures=("10", "unknown", "", "s")),
    Case("exit without price", RuleName.STALE_PRICE, SKIP, EXIT, replace(HOLDING, quote=None)),
    Case(
        "other currency",
        RuleName.INSTRUMENT_TRADABLE,
        DENY,
        view=replace(VIEW, quote_asset=Asset("USDC")),
        figures=("USDC", "USDT", "", ""),
    ),
    Case(
        "fill-or-kill is a limit",
        RuleName.INSTRUMENT_TRADABLE,
        PASS,
        replace(ENTRY, order_type=OrderType.FOK),
        replace(VIEW, instrument=replace(BTCUSDT, order_types=frozenset({OrderType.LIMIT}))),
    ),
    Case(
        "market where only limits",
        RuleName.INSTRUMENT_TRADABLE,
        DENY,
        _MARKET,
        replace(VIEW, instrument=replace(BTCUSDT, order_types=frozenset({OrderType.LIMIT})), quote=None),
    ),
    Case("at the touch", RuleName.PRICE_COLLAR, PASS, figures=("101", "100", "1", "USDT")),
    Case(
        "at the collar",
        RuleName.PRICE_COLLAR,
        PASS,
        replace(ENTRY, price=Decimal(101)),
        figures=("101", "101", "0", "USDT"),
    ),
    Case(
        "one tick beyond",
        RuleName.PRICE_COLLAR,
        DENY,
        replace(ENTRY, price=Decimal("101.1")),
        figures=("101", "101.1", "-0.1", "USDT"),
    ),
    Case("far below the market", RuleName.PRICE_COLLAR, PASS, replace(ENTRY, price=Decimal(50))),
    Case("a market order", RuleName.PRICE_COLLAR, PASS, _MARKET, figures=("101", "101", "0", "USDT")),
    Case(
        "a sale at the collar",
        RuleName.PRICE_COLLAR,
        PASS,
        replace(ENTRY, side=Side.SELL, price=Decimal("98.901")),
        replace(VIEW, instrument=replace(BTCUSDT, tick=Decimal("0.001"))),
        figures=("98.901", "98.901", "0", "USDT"),
    ),
    Case("a sale beyond", RuleName.PRICE_COLLAR, DENY, replace(ENTRY, side=Side.SELL, price=Decimal("98.9"))),
    Case("nothing to compare", RuleName.PRICE_COLLAR, DENY, view=replace(VIEW, quote=_STALE)),
    Case(
        "no price of its own",
        RuleName.PRICE_COLLAR,
        DENY,
        replace(ENTRY, order_type=OrderType.MARKET, price=None),
        replace(VIEW, instrument=None),
        figures=("", "unknown", "", ""),
    ),
    Case("market exit", RuleName.PRICE_COLLAR, SKIP, EXIT, HOLDING),
    Case("exit, nothing to compare", RuleName.PRICE_COLLAR, SKIP, EXIT, replace(HOLDING, quote=_STALE)),
    Case(
        "exit far below",
        RuleName.PRICE_COLLAR,
        CLAMP,
        replace(EXIT, order_type=OrderType.LIMIT, price=Decimal(50)),
        HOLDING,
        figures=("99", "50", "-49", "USDT"),
    ),
    Case(
        "exit above",
        RuleName.PRICE_COLLAR,
        PASS,
        replace(EXIT, order_type=OrderType.LIMIT, price=Decimal("120.05")),
        HOLDING,
        figures=("120.1", "120.05", "-0.05", "USDT"),
    ),
    Case(
        "exit, terms unknown",
        RuleName.PRICE_COLLAR,
        SKIP,
        replace(EXIT, order_type=OrderType.LIMIT, price=Decimal(50)),
        replace(HOLDING, instrument=None),
    ),
    Case("any spread", RuleName.SPREAD, SKIP),
    Case("narrow", RuleName.SPREAD, PASS, view=_ask("100.98"), limits=_NARROW),
    Case(
        "as wide as allowed",
        RuleName.SPREAD,
        PASS,
        view=_ask("101"),
        limits=replace(LIMITS, max_spread_percent=Decimal(2)),
        figures=("2", "2", "0", "%"),
    ),
    Case("too wide", RuleName.SPREAD, DENY, view=_ask("101.01"), limits=_NARROW),
    Case("spread unknown", RuleName.SPREAD, DENY, view=replace(VIEW, quote=_STALE), limits=_NARROW),
    Case(
        "no prices at all",
        RuleName.SPREAD,
        DENY,
        view=replace(VIEW, quote=replace(QUOTE, bid=Decimal(0), ask=Decimal(0))),
        limits=_NARROW,
        figures=("2", "unknown", "", "%"),
    ),
    Case("exit through a gap", RuleName.SPREAD, SKIP, EXIT, replace(HOLDING, quote=_ask("150").quote), _NARROW),
    Case("any depth", RuleName.DEPTH, SKIP),
    Case(
        "less than a tenth", RuleName.DEPTH, PASS, sized(ENTRY, "0.999"), _DEEP, _TENTH, ("1", "0.999", "0.001", "BTC")
    ),
    Case("a tenth", RuleName.DEPTH, PASS, ENTRY, _DEEP, _TENTH, ("1", "1", "0", "BTC")),
    Case(
        "more than a tenth", RuleName.DEPTH, DENY, sized(ENTRY, "1.001"), _DEEP, _TENTH, ("1", "1.001", "-0.001", "BTC")
    ),
    Case(
        "a sale takes bids",
        RuleName.DEPTH,
        DENY,
        replace(sized(ENTRY, "0.401"), side=Side.SELL),
        _DEEP,
        _TENTH,
        ("0.4", "0.401", "-0.001", "BTC"),
    ),
    Case("depth unknown", RuleName.DEPTH, DENY, limits=_TENTH, figures=("10", "unknown", "", "%")),
    Case("depth too old", RuleName.DEPTH, DENY, view=replace(VIEW, quote=_STALE), limits=_TENTH),
    Case("depth of an unknown symbol", RuleName.DEPTH, PASS, ENTRY, replace(_DEEP, instrument=None), _TENTH),
    Case("post-only takes nothing", RuleName.DEPTH, SKIP, replace(ENTRY, order_type=OrderType.POST_ONLY), VIEW, _TENTH),
    Case("exit, depth unknown", RuleName.DEPTH, SKIP, EXIT, HOLDING, _TENTH),
)
