"""How large an order may be: owned, lots, value, quantity, stop."""

from dataclasses import replace
from decimal import Decimal

from custom_components.mexc_trading.model.decision import RuleName
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.signal import Level, LevelBasis, Protect, Signal
from custom_components.mexc_trading.risk.limits import SymbolQuantity

from ..case import CLAMP, DENY, PASS, SKIP, Case
from ..pictures import BTC, BTCUSDT, ENTRY, ETH, EXIT, HOLDING, LIMITS, VIEW, sized


def _stopped(value: str, basis: LevelBasis = LevelBasis.PRICE, signal: Signal = ENTRY) -> Signal:
    return replace(signal, protect=Protect(stop_loss=Level(basis=basis, value=Decimal(value))))


_notional_100 = replace(LIMITS, max_notional_per_order=Decimal(100))
_one_coin = replace(
    LIMITS,
    max_quantity_per_order=(SymbolQuantity(ETH, Decimal("0.1")), SymbolQuantity(BTC, Decimal(1))),
)
_with_stop = replace(LIMITS, requires_stop=True)
_trailing = replace(ENTRY, protect=Protect(trailing_percent=Decimal(5)))

CASES = (
    Case("entry", RuleName.EXIT_OWNED, SKIP),
    Case("exit of all", RuleName.EXIT_OWNED, PASS, EXIT, HOLDING, figures=("2", "2", "0", "BTC")),
    Case(
        "exit of less", RuleName.EXIT_OWNED, PASS, sized(EXIT, "1.999"), HOLDING, figures=("2", "1.999", "0.001", "BTC")
    ),
    Case(
        "exit of more",
        RuleName.EXIT_OWNED,
        CLAMP,
        sized(EXIT, "2.001"),
        HOLDING,
        figures=("2", "2.001", "-0.001", "BTC"),
    ),
    Case("nothing owned", RuleName.EXIT_OWNED, DENY, EXIT, figures=("0", "0", "0", "BTC")),
    Case(
        "all being sold",
        RuleName.EXIT_OWNED,
        DENY,
        EXIT,
        replace(HOLDING, exiting=Decimal(2)),
        figures=("0", "2", "-2", "BTC"),
    ),
    Case(
        "part being sold",
        RuleName.EXIT_OWNED,
        CLAMP,
        EXIT,
        replace(HOLDING, exiting=Decimal(1)),
        figures=("1", "2", "-1", "BTC"),
    ),
    Case(
        "exit that buys",
        RuleName.EXIT_OWNED,
        DENY,
        replace(EXIT, side=Side.BUY),
        HOLDING,
        figures=("sell", "buy", "", ""),
    ),
    Case(
        "terms unknown", RuleName.EXIT_OWNED, PASS, EXIT, replace(HOLDING, instrument=None), figures=("2", "2", "0", "")
    ),
    Case(
        "worth more than the least",
        RuleName.TICK_LOT_MINIMUM,
        PASS,
        sized(ENTRY, "0.011"),
        figures=("1", "1.1", "0.1", "USDT"),
    ),
    Case("worth the least", RuleName.TICK_LOT_MINIMUM, PASS, sized(ENTRY, "0.01"), figures=("1", "1", "0", "USDT")),
    Case(
        "worth less than the least",
        RuleName.TICK_LOT_MINIMUM,
        DENY,
        sized(ENTRY, "0.009"),
        figures=("1", "0.9", "-0.1", "USDT"),
    ),
    Case(
        "less than a lot",
        RuleName.TICK_LOT_MINIMUM,
        DENY,
        sized(ENTRY, "0.0009"),
        figures=("0.001", "0", "-0.001", "BTC"),
    ),
    Case("worth the most", RuleName.TICK_LOT_MINIMUM, PASS, sized(ENTRY, "1000")),
    Case(
        "worth more than the most",
        RuleName.TICK_LOT_MINIMUM,
        DENY,
        sized(ENTRY, "1000.001"),
        figures=("100000", "100000.1", "-0.1", "USDT"),
    ),
    Case(
        "no most",
        RuleName.TICK_LOT_MINIMUM,
        PASS,
        sized(ENTRY, "1000.001"),
        replace(VIEW, instrument=replace(BTCUSDT, max_notional=Decimal(0))),
    ),
    Case(
        "no least quantity",
        RuleName.TICK_LOT_MINIMUM,
        DENY,
        sized(ENTRY, "0.0009"),
        replace(VIEW, instrument=replace(BTCUSDT, min_quantity=Decimal(0), min_notional=Decimal(0))),
    ),
    Case(
        "coarse least quantity",
        RuleName.TICK_LOT_MINIMUM,
        DENY,
        sized(ENTRY, "0.499"),
        replace(VIEW, instrument=replace(BTCUSDT, min_quantity=Decimal("0.5"))),
    ),
    Case(
        "price below one tick",
        RuleName.TICK_LOT_MINIMUM,
        DENY,
        replace(ENTRY, price=Decimal("0.09")),
        replace(VIEW, instrument=replace(BTCUSDT, min_notional=Decimal(0))),
        figures=("0.1", "0", "-0.1", "USDT"),
    ),
    Case("entry, terms unknown", RuleName.TICK_LOT_MINIMUM, DENY, view=replace(VIEW, instrument=None)),
    Case("exit, terms unknown", RuleName.TICK_LOT_MINIMUM, SKIP, EXIT, replace(HOLDING, instrument=None)),
    Case("dust", RuleName.TICK_LOT_MINIMUM, DENY, EXIT, replace(HOLDING, owned=Decimal("0.009"))),
    Case(
        "dust, no price", RuleName.TICK_LOT_MINIMUM, DENY, EXIT, replace(HOLDING, owned=Decimal("0.0009"), quote=None)
    ),
    Case("exit, no price", RuleName.TICK_LOT_MINIMUM, PASS, EXIT, replace(HOLDING, quote=None)),
    Case("no limit", RuleName.MAX_NOTIONAL_PER_ORDER, SKIP),
    Case(
        "smaller",
        RuleName.MAX_NOTIONAL_PER_ORDER,
        PASS,
        sized(ENTRY, "0.999"),
        limits=_notional_100,
        figures=("100", "99.9", "0.1", "USDT"),
    ),
    Case("as large", RuleName.MAX_NOTIONAL_PER_ORDER, PASS, limits=_notional_100, figures=("100", "100", "0", "USDT")),
    Case(
        "larger",
        RuleName.MAX_NOTIONAL_PER_ORDER,
        DENY,
        sized(ENTRY, "1.001"),
        limits=_notional_100,
        figures=("100", "100.1", "-0.1", "USDT"),
    ),
    Case(
        "at the worst price of a market order",
        RuleName.MAX_NOTIONAL_PER_ORDER,
        DENY,
        replace(ENTRY, order_type=OrderType.MARKET, price=None),
        limits=_notional_100,
        figures=("100", "101", "-1", "USDT"),
    ),
    Case("exit", RuleName.MAX_NOTIONAL_PER_ORDER, SKIP, EXIT, HOLDING, _notional_100),
    Case("any quantity", RuleName.MAX_QUANTITY_PER_ORDER, SKIP),
    Case(
        "another symbol's",
        RuleName.MAX_QUANTITY_PER_ORDER,
        SKIP,
        limits=replace(LIMITS, max_quantity_per_order=_one_coin.max_quantity_per_order[:1]),
    ),
    Case("fewer", RuleName.MAX_QUANTITY_PER_ORDER, PASS, sized(ENTRY, "0.999"), limits=_one_coin),
    Case("as many", RuleName.MAX_QUANTITY_PER_ORDER, PASS, limits=_one_coin, figures=("1", "1", "0", "BTC")),
    Case(
        "more",
        RuleName.MAX_QUANTITY_PER_ORDER,
        DENY,
        sized(ENTRY, "1.001"),
        limits=_one_coin,
        figures=("1", "1.001", "-0.001", "BTC"),
    ),
    Case(
        "of an unknown symbol",
        RuleName.MAX_QUANTITY_PER_ORDER,
        PASS,
        view=replace(VIEW, instrument=None),
        limits=_one_coin,
    ),
    Case("many sold", RuleName.MAX_QUANTITY_PER_ORDER, SKIP, EXIT, HOLDING, _one_coin),
    Case("none wanted", RuleName.REQUIRES_STOP, SKIP),
    Case("none given", RuleName.REQUIRES_STOP, DENY, limits=_with_stop, figures=("", "none", "", "")),
    Case(
        "only targets",
        RuleName.REQUIRES_STOP,
        DENY,
        replace(ENTRY, protect=Protect(break_even=True)),
        limits=_with_stop,
    ),
    Case(
        "below",
        RuleName.REQUIRES_STOP,
        PASS,
        _stopped("99.9"),
        limits=_with_stop,
        figures=("100", "99.9", "0.1", "USDT"),
    ),
    Case("at the entry", RuleName.REQUIRES_STOP, DENY, _stopped("100"), figures=("100", "100", "0", "USDT")),
    Case("above", RuleName.REQUIRES_STOP, DENY, _stopped("100.1")),
    Case(
        "all of it",
        RuleName.REQUIRES_STOP,
        DENY,
        _stopped("100", LevelBasis.PERCENT),
        figures=("100", "0", "100", "USDT"),
    ),
    Case("almost all of it", RuleName.REQUIRES_STOP, PASS, _stopped("99.9", LevelBasis.PERCENT)),
    Case("trailing", RuleName.REQUIRES_STOP, PASS, _trailing, limits=_with_stop, figures=("100", "95", "5", "USDT")),
    Case("a sale's, above", RuleName.REQUIRES_STOP, PASS, replace(_stopped("100.1"), side=Side.SELL)),
    Case("a sale's, at the entry", RuleName.REQUIRES_STOP, DENY, replace(_stopped("100"), side=Side.SELL)),
    Case(
        "without a price",
        RuleName.REQUIRES_STOP,
        DENY,
        replace(_stopped("99"), order_type=OrderType.MARKET, price=None),
        replace(VIEW, quote=None),
        _with_stop,
    ),
    Case("exit without stop", RuleName.REQUIRES_STOP, SKIP, EXIT, HOLDING, _with_stop),
)
