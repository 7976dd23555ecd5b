"""How fast, and how often the same."""

from dataclasses import replace
from decimal import Decimal

from custom_components.mexc_trading.model.decision import RuleName
from custom_components.mexc_trading.risk.view import RiskView

from ..case import DENY, PASS, SKIP, Case
from ..pictures import ENTRY, EXIT, HOLDING, LIMITS, NOW, VIEW, S, sized


def _same(seconds_ago: str) -> RiskView:
    return replace(VIEW, same_intent_ns=NOW - int(Decimal(seconds_ago) * S))


_burst_300 = replace(LIMITS, max_burst_notional=Decimal(300))
_ten_orders = replace(LIMITS, max_orders_per_minute=10)
_ten_wishes = replace(LIMITS, max_signals_per_minute=10)
_five_s = replace(LIMITS, duplicate_window_s=5)
_ten_entries = replace(LIMITS, max_repeats=10)

CASES = (
    Case("any burst", RuleName.BURST_NOTIONAL, SKIP, view=replace(VIEW, burst=Decimal(9999))),
    Case(
        "within the burst",
        RuleName.BURST_NOTIONAL,
        PASS,
        sized(ENTRY, "0.999"),
        replace(VIEW, burst=Decimal(200)),
        _burst_300,
        ("300", "299.9", "0.1", "USDT"),
    ),
    Case("at the burst", RuleName.BURST_NOTIONAL, PASS, ENTRY, replace(VIEW, burst=Decimal(200)), _burst_300),
    Case(
        "beyond the burst",
        RuleName.BURST_NOTIONAL,
        DENY,
        ENTRY,
        replace(VIEW, burst=Decimal("200.1")),
        _burst_300,
        ("300", "300.1", "-0.1", "USDT"),
    ),
    Case("exit in a burst", RuleName.BURST_NOTIONAL, SKIP, EXIT, replace(HOLDING, burst=Decimal(9999)), _burst_300),
    Case("any rate", RuleName.ORDER_RATE, SKIP, view=replace(VIEW, orders_last_minute=999)),
    Case("ninth order", RuleName.ORDER_RATE, PASS, view=replace(VIEW, orders_last_minute=8), limits=_ten_orders),
    Case(
        "tenth order",
        RuleName.ORDER_RATE,
        PASS,
        view=replace(VIEW, orders_last_minute=9),
        limits=_ten_orders,
        figures=("10", "10", "0", ""),
    ),
    Case(
        "eleventh order",
        RuleName.ORDER_RATE,
        DENY,
        view=replace(VIEW, orders_last_minute=10),
        limits=_ten_orders,
        figures=("10", "11", "-1", ""),
    ),
    Case("eleventh exit", RuleName.ORDER_RATE, SKIP, EXIT, replace(HOLDING, orders_last_minute=10), _ten_orders),
    Case("any talk", RuleName.SOURCE_RATE, SKIP, view=replace(VIEW, signals_last_minute=999)),
    Case("ninth wish", RuleName.SOURCE_RATE, PASS, view=replace(VIEW, signals_last_minute=8), limits=_ten_wishes),
    Case("tenth wish", RuleName.SOURCE_RATE, PASS, view=replace(VIEW, signals_last_minute=9), limits=_ten_wishes),
    Case(
        "eleventh wish",
        RuleName.SOURCE_RATE,
        DENY,
        view=replace(VIEW, signals_last_minute=10),
        limits=_ten_wishes,
        figures=("10", "11", "-1", ""),
    ),
    Case("wish to leave", RuleName.SOURCE_RATE, SKIP, EXIT, replace(HOLDING, signals_last_minute=99), _ten_wishes),
    Case("no window", RuleName.DUPLICATE_INTENT, SKIP, view=_same("0")),
    Case("first of its kind", RuleName.DUPLICATE_INTENT, SKIP, limits=_five_s),
    Case(
        "same again",
        RuleName.DUPLICATE_INTENT,
        DENY,
        view=_same("4.9999"),
        limits=_five_s,
        figures=("5", "4.999", "-0.001", "s"),
    ),
    Case("same at the window's end", RuleName.DUPLICATE_INTENT, PASS, view=_same("5"), limits=_five_s),
    Case("same later", RuleName.DUPLICATE_INTENT, PASS, view=_same("5.001"), limits=_five_s),
    Case("same exit", RuleName.DUPLICATE_INTENT, SKIP, EXIT, replace(HOLDING, same_intent_ns=NOW), _five_s),
    Case("any repeats", RuleName.REPEAT_EXECUTION, SKIP, view=replace(VIEW, repeats=999)),
    Case("ninth entry", RuleName.REPEAT_EXECUTION, PASS, view=replace(VIEW, repeats=8), limits=_ten_entries),
    Case("tenth entry", RuleName.REPEAT_EXECUTION, PASS, view=replace(VIEW, repeats=9), limits=_ten_entries),
    Case(
        "eleventh entry",
        RuleName.REPEAT_EXECUTION,
        DENY,
        view=replace(VIEW, repeats=10),
        limits=_ten_entries,
        figures=("10", "11", "-1", ""),
    ),
    Case("eleventh way out", RuleName.REPEAT_EXECUTION, SKIP, EXIT, replace(HOLDING, repeats=10), _ten_entries),
)
