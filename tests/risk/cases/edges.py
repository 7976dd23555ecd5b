"""What rules show where a single step of arithmetic or a single word would go unnoticed in the other tables."""

from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from custom_components.mexc_trading.model.decision import RuleName
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, Hold, HoldKind, Release
from custom_components.mexc_trading.model.ids import HoldId
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.signal import Level, LevelBasis, Protect
from custom_components.mexc_trading.risk.limits import Group, SymbolQuantity
from custom_components.mexc_trading.risk.schedule import Window

from ..case import CLAMP, DENY, PASS, Case
from ..pictures import BTC, BTCUSDT, ENTRY, ETH, EXIT, HOLDING, LIMITS, MX, NOW, QUOTE, VIEW, S, sized

_HELD = tuple(
    Hold(hold_id=HoldId(kind), kind=kind, scope=WHOLE_BOOK, since_ns=NOW, why="test", release=Release.AUTOMATIC)
    for kind in (HoldKind.STOPPING, HoldKind.CLOCK_SKEW)
)
_HOUSE = replace(LIMITS, home_conditions=("binary_sensor.ups", "binary_sensor.internet"))
_TOKYO = replace(VIEW, zone=ZoneInfo("Asia/Tokyo"))
_AT = (NOW // S + 9 * 3600) % 86_400 // 60
"""Minutes since midnight of the pictures' moment in Tokyo, still a Monday."""

_MARKET_ONLY = replace(BTCUSDT, order_types=frozenset({OrderType.MARKET}))
_AT_MARKET = replace(ENTRY, order_type=OrderType.MARKET, price=None)
_MANY = replace(HOLDING, owned=Decimal(2000))
_SOLD_HIGH = replace(
    ENTRY, side=Side.SELL, protect=Protect(stop_loss=Level(basis=LevelBasis.PERCENT, value=Decimal(2)))
)
_TRAILED_SALE = replace(
    ENTRY,
    side=Side.SELL,
    protect=Protect(
        stop_loss=Level(basis=LevelBasis.PRICE, value=Decimal(104)),
        trailing_percent=Decimal(3),
    ),
)
_HEADROOM = replace(LIMITS, max_daily_loss=Decimal(50), daily_loss_headroom=True)
_TOTAL_20 = replace(LIMITS, max_total_drawdown=Decimal(20))
_GROUPS = replace(
    LIMITS,
    groups=(
        Group("others", (ETH, MX), Decimal(1)),
        Group("wide and full", (BTC, ETH), Decimal(1000)),
        Group("narrow and empty", (BTC,), Decimal(300)),
        Group("as narrow", (BTC, MX), Decimal(300)),
    ),
)

CASES = (
    Case(
        "two kinds", RuleName.HOLDS, DENY, view=replace(VIEW, holds=_HELD), figures=("", "clock_skew, stopping", "", "")
    ),
    Case(
        "none known, both told",
        RuleName.HOME_CONDITION,
        DENY,
        limits=_HOUSE,
        figures=("binary_sensor.ups, binary_sensor.internet", "binary_sensor.ups, binary_sensor.internet", "", ""),
    ),
    Case(
        "all on, all told",
        RuleName.HOME_CONDITION,
        PASS,
        view=replace(VIEW, conditions={"binary_sensor.ups": True, "binary_sensor.internet": True}),
        limits=_HOUSE,
        figures=("binary_sensor.ups, binary_sensor.internet", "", "", ""),
    ),
    Case(
        "the clock of the book's zone",
        RuleName.TRADING_WINDOW,
        PASS,
        view=_TOKYO,
        limits=replace(LIMITS, trading_windows=(Window((0,), _AT, _AT + 1),)),
        figures=("Mon 23:13-23:14", "Mon 23:13", "", ""),
    ),
    Case(
        "types are listed",
        RuleName.INSTRUMENT_TRADABLE,
        DENY,
        replace(ENTRY, order_type=OrderType.POST_ONLY),
        replace(VIEW, instrument=replace(BTCUSDT, order_types=frozenset({OrderType.LIMIT, OrderType.MARKET}))),
        figures=("limit, market", "post_only", "", ""),
    ),
    Case(
        "coins of an unknown symbol",
        RuleName.MAX_QUANTITY_PER_ORDER,
        PASS,
        view=replace(VIEW, instrument=None),
        limits=replace(LIMITS, max_quantity_per_order=(SymbolQuantity(BTC, Decimal(3)),)),
        figures=("3", "1", "2", ""),
    ),
    Case("a sale's, in percent", RuleName.REQUIRES_STOP, PASS, _SOLD_HIGH, figures=("100", "102", "2", "USDT")),
    Case(
        "a sale's, the nearer of two", RuleName.REQUIRES_STOP, PASS, _TRAILED_SALE, figures=("100", "103", "3", "USDT")
    ),
    Case(
        "worth the most",
        RuleName.TICK_LOT_MINIMUM,
        PASS,
        sized(ENTRY, "1000"),
        figures=("1", "100000", "99999", "USDT"),
    ),
    Case(
        "a most of one",
        RuleName.TICK_LOT_MINIMUM,
        DENY,
        sized(ENTRY, "0.011"),
        replace(VIEW, instrument=replace(BTCUSDT, max_notional=Decimal(1))),
        figures=("1", "1.1", "-0.1", "USDT"),
    ),
    Case(
        "the least of a market order",
        RuleName.TICK_LOT_MINIMUM,
        DENY,
        sized(_AT_MARKET, "0.04"),
        replace(VIEW, instrument=_MARKET_ONLY),
        figures=("5", "4.04", "-0.96", "USDT"),
    ),
    Case(
        "the most of a market order",
        RuleName.TICK_LOT_MINIMUM,
        DENY,
        sized(_AT_MARKET, "500"),
        replace(VIEW, instrument=_MARKET_ONLY),
        figures=("50000", "50500", "-500", "USDT"),
    ),
    Case(
        "an exit above the most is cut",
        RuleName.TICK_LOT_MINIMUM,
        CLAMP,
        EXIT,
        _MANY,
        figures=("100000", "198000", "-98000", "USDT"),
    ),
    Case(
        "an exit worth the most",
        RuleName.TICK_LOT_MINIMUM,
        PASS,
        EXIT,
        replace(HOLDING, instrument=replace(BTCUSDT, max_notional=Decimal(198))),
        figures=("1", "198", "197", "USDT"),
    ),
    Case(
        "an exit above a most of one",
        RuleName.TICK_LOT_MINIMUM,
        CLAMP,
        EXIT,
        replace(HOLDING, instrument=replace(BTCUSDT, max_notional=Decimal(1), min_notional=Decimal(0))),
        figures=("1", "198", "-197", "USDT"),
    ),
    Case(
        "an exit without a most",
        RuleName.TICK_LOT_MINIMUM,
        PASS,
        EXIT,
        replace(_MANY, instrument=replace(BTCUSDT, max_notional=Decimal(0))),
        figures=("1", "198000", "197999", "USDT"),
    ),
    Case(
        "an exit's own limit a tick below the collar",
        RuleName.PRICE_COLLAR,
        PASS,
        replace(EXIT, order_type=OrderType.LIMIT, price=Decimal("98.9")),
        HOLDING,
        figures=("99", "98.9", "-0.1", "USDT"),
    ),
    Case(
        "the group with the least room",
        RuleName.MAX_GROUP_EXPOSURE,
        PASS,
        view=replace(VIEW, exposures={ETH: Decimal(850)}, gross=Decimal(850)),
        limits=_GROUPS,
        figures=("1000", "950", "50", "USDT"),
    ),
    Case(
        "of equal groups the first",
        RuleName.MAX_GROUP_EXPOSURE,
        PASS,
        view=replace(VIEW, exposures={ETH: Decimal(700)}, gross=Decimal(700)),
        limits=_GROUPS,
        figures=("1000", "800", "200", "USDT"),
    ),
    Case(
        "day unknown",
        RuleName.DAILY_LOSS_HEADROOM,
        DENY,
        view=replace(VIEW, daily_pnl=None),
        limits=_HEADROOM,
        figures=("-50", "unknown", "", "USDT"),
    ),
    Case(
        "fall ever unknown",
        RuleName.MAX_TOTAL_DRAWDOWN,
        DENY,
        view=replace(VIEW, total_drawdown=None),
        limits=_TOTAL_20,
        figures=("20", "unknown", "", "%"),
    ),
    Case(
        "fall ever",
        RuleName.MAX_TOTAL_DRAWDOWN,
        PASS,
        view=replace(VIEW, total_drawdown=Decimal("19.5")),
        limits=_TOTAL_20,
        figures=("20", "19.5", "0.5", "%"),
    ),
    Case(
        "a spread that is wider by a hair shows it",
        RuleName.SPREAD,
        DENY,
        view=replace(VIEW, quote=replace(QUOTE, bid=Decimal(99), ask=Decimal("101.0000000000001"))),
        limits=replace(LIMITS, max_spread_percent=Decimal(2)),
        figures=("2", "2.000000000001", "-0.000000000001", "%"),
    ),
)
