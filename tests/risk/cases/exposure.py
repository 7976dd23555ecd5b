"""How much may be held together."""

from dataclasses import replace
from decimal import Decimal

from custom_components.mexc_trading.model.decision import RuleName
from custom_components.mexc_trading.model.money import ONE
from custom_components.mexc_trading.risk.limits import Group
from custom_components.mexc_trading.risk.view import RiskView

from ..case import DENY, PASS, SKIP, Case
from ..pictures import BTC, ENTRY, ETH, EXIT, HOLDING, LIMITS, MX, VIEW


def _held(worth: str) -> RiskView:
    return replace(VIEW, exposures={BTC: Decimal(worth)}, gross=Decimal(worth))


def _others(eth: str, mx: str = "0") -> RiskView:
    return replace(VIEW, exposures={ETH: Decimal(eth), MX: Decimal(mx)}, gross=Decimal(eth) + Decimal(mx))


_two_open = replace(LIMITS, max_open_positions=2)
_two_orders = replace(LIMITS, max_open_orders=2)
_symbol_300 = replace(LIMITS, max_symbol_exposure=Decimal(300))
_gross_300 = replace(LIMITS, max_gross_exposure=Decimal(300))
_bare_300 = replace(LIMITS, max_unprotected_exposure=Decimal(300))
_half = replace(LIMITS, max_leverage=Decimal("0.5"))
_groups = replace(
    LIMITS,
    groups=(
        Group("majors", (BTC, ETH), Decimal(300)),
        Group("all", (BTC, ETH, MX), Decimal(1000)),
        Group("small", (MX,), Decimal(1)),
    ),
)
_resting = replace(ENTRY, price=Decimal(90))
"""Worth 90 when it is placed, but 99.9 the moment after it was filled."""

CASES = (
    Case("unlimited count", RuleName.MAX_OPEN_POSITIONS, SKIP),
    Case("first", RuleName.MAX_OPEN_POSITIONS, PASS, limits=_two_open, figures=("2", "1", "1", "")),
    Case("last", RuleName.MAX_OPEN_POSITIONS, PASS, view=replace(VIEW, exposures={ETH: ONE}), limits=_two_open),
    Case(
        "one too many",
        RuleName.MAX_OPEN_POSITIONS,
        DENY,
        view=replace(VIEW, exposures={ETH: ONE, MX: ONE}),
        limits=_two_open,
        figures=("2", "3", "-1", ""),
    ),
    Case(
        "one more of the same",
        RuleName.MAX_OPEN_POSITIONS,
        PASS,
        view=replace(VIEW, exposures={ETH: ONE, BTC: ONE}),
        limits=_two_open,
    ),
    Case("exit, unlimited", RuleName.MAX_OPEN_POSITIONS, SKIP, EXIT, HOLDING, _two_open),
    Case("any number of orders", RuleName.MAX_OPEN_ORDERS, SKIP),
    Case("second order", RuleName.MAX_OPEN_ORDERS, PASS, view=replace(VIEW, open_orders=1), limits=_two_orders),
    Case(
        "first order",
        RuleName.MAX_OPEN_ORDERS,
        PASS,
        limits=_two_orders,
        figures=("2", "1", "1", ""),
    ),
    Case(
        "third order",
        RuleName.MAX_OPEN_ORDERS,
        DENY,
        view=replace(VIEW, open_orders=2),
        limits=_two_orders,
        figures=("2", "3", "-1", ""),
    ),
    Case("third exit", RuleName.MAX_OPEN_ORDERS, SKIP, EXIT, replace(HOLDING, open_orders=2), _two_orders),
    Case("unlimited", RuleName.MAX_SYMBOL_EXPOSURE, SKIP),
    Case(
        "room left",
        RuleName.MAX_SYMBOL_EXPOSURE,
        PASS,
        view=_held("199.99"),
        limits=_symbol_300,
        figures=("300", "299.99", "0.01", "USDT"),
    ),
    Case(
        "no room left",
        RuleName.MAX_SYMBOL_EXPOSURE,
        PASS,
        view=_held("200"),
        limits=_symbol_300,
        figures=("300", "300", "0", "USDT"),
    ),
    Case(
        "no room",
        RuleName.MAX_SYMBOL_EXPOSURE,
        DENY,
        view=_held("200.01"),
        limits=_symbol_300,
        figures=("300", "300.01", "-0.01", "USDT"),
    ),
    Case(
        "counted at the ask",
        RuleName.MAX_SYMBOL_EXPOSURE,
        DENY,
        _resting,
        _held("200.01"),
        _symbol_300,
        ("300", "300.01", "-0.01", "USDT"),
    ),
    Case("exit above", RuleName.MAX_SYMBOL_EXPOSURE, SKIP, EXIT, replace(HOLDING, gross=Decimal(999)), _symbol_300),
    Case("others do not count", RuleName.MAX_SYMBOL_EXPOSURE, PASS, view=_others("9999"), limits=_symbol_300),
    Case(
        "its worth unknown",
        RuleName.MAX_SYMBOL_EXPOSURE,
        DENY,
        view=replace(VIEW, unpriced=frozenset({BTC})),
        limits=_symbol_300,
        figures=("300", "unknown", "", "USDT"),
    ),
    Case(
        "another's worth unknown",
        RuleName.MAX_SYMBOL_EXPOSURE,
        PASS,
        view=replace(VIEW, unpriced=frozenset({ETH})),
        limits=_symbol_300,
    ),
    Case("unlimited", RuleName.MAX_GROUP_EXPOSURE, SKIP),
    Case(
        "room left",
        RuleName.MAX_GROUP_EXPOSURE,
        PASS,
        view=_others("199.99"),
        limits=_groups,
        figures=("300", "299.99", "0.01", "USDT"),
    ),
    Case(
        "no room left",
        RuleName.MAX_GROUP_EXPOSURE,
        PASS,
        view=_others("200"),
        limits=_groups,
        figures=("300", "300", "0", "USDT"),
    ),
    Case(
        "no room",
        RuleName.MAX_GROUP_EXPOSURE,
        DENY,
        view=_others("200.01"),
        limits=_groups,
        figures=("300", "300.01", "-0.01", "USDT"),
    ),
    Case(
        "counted at the ask",
        RuleName.MAX_GROUP_EXPOSURE,
        DENY,
        _resting,
        _others("200.01"),
        _groups,
        ("300", "300.01", "-0.01", "USDT"),
    ),
    Case("exit above", RuleName.MAX_GROUP_EXPOSURE, SKIP, EXIT, replace(HOLDING, gross=Decimal(999)), _groups),
    Case(
        "the wider group is the tighter",
        RuleName.MAX_GROUP_EXPOSURE,
        DENY,
        view=_others("100", "800.01"),
        limits=_groups,
        figures=("1000", "1000.01", "-0.01", "USDT"),
    ),
    Case("in no group", RuleName.MAX_GROUP_EXPOSURE, SKIP, limits=replace(LIMITS, groups=_groups.groups[2:])),
    Case(
        "a member's worth unknown",
        RuleName.MAX_GROUP_EXPOSURE,
        DENY,
        view=replace(VIEW, unpriced=frozenset({MX})),
        limits=_groups,
        figures=("1000", "unknown", "", "USDT"),
    ),
    Case(
        "a stranger's worth unknown",
        RuleName.MAX_GROUP_EXPOSURE,
        PASS,
        view=replace(VIEW, unpriced=frozenset({MX})),
        limits=replace(_groups, groups=_groups.groups[:1]),
    ),
    Case("unlimited", RuleName.MAX_GROSS_EXPOSURE, SKIP),
    Case(
        "room left",
        RuleName.MAX_GROSS_EXPOSURE,
        PASS,
        view=_others("199.99"),
        limits=_gross_300,
        figures=("300", "299.99", "0.01", "USDT"),
    ),
    Case(
        "no room left",
        RuleName.MAX_GROSS_EXPOSURE,
        PASS,
        view=_others("200"),
        limits=_gross_300,
        figures=("300", "300", "0", "USDT"),
    ),
    Case(
        "no room",
        RuleName.MAX_GROSS_EXPOSURE,
        DENY,
        view=_others("200.01"),
        limits=_gross_300,
        figures=("300", "300.01", "-0.01", "USDT"),
    ),
    Case(
        "counted at the ask",
        RuleName.MAX_GROSS_EXPOSURE,
        DENY,
        _resting,
        _others("200.01"),
        _gross_300,
        ("300", "300.01", "-0.01", "USDT"),
    ),
    Case("exit above", RuleName.MAX_GROSS_EXPOSURE, SKIP, EXIT, replace(HOLDING, gross=Decimal(999)), _gross_300),
    Case("unlimited", RuleName.MAX_UNPROTECTED_EXPOSURE, SKIP),
    Case(
        "room left",
        RuleName.MAX_UNPROTECTED_EXPOSURE,
        PASS,
        view=_others("199.99"),
        limits=_bare_300,
        figures=("300", "299.99", "0.01", "USDT"),
    ),
    Case(
        "no room left",
        RuleName.MAX_UNPROTECTED_EXPOSURE,
        PASS,
        view=_others("200"),
        limits=_bare_300,
        figures=("300", "300", "0", "USDT"),
    ),
    Case(
        "no room",
        RuleName.MAX_UNPROTECTED_EXPOSURE,
        DENY,
        view=_others("200.01"),
        limits=_bare_300,
        figures=("300", "300.01", "-0.01", "USDT"),
    ),
    Case(
        "counted at the ask",
        RuleName.MAX_UNPROTECTED_EXPOSURE,
        DENY,
        _resting,
        _others("200.01"),
        _bare_300,
        ("300", "300.01", "-0.01", "USDT"),
    ),
    Case("exit above", RuleName.MAX_UNPROTECTED_EXPOSURE, SKIP, EXIT, replace(HOLDING, gross=Decimal(999)), _bare_300),
    Case(
        "someone's worth unknown",
        RuleName.MAX_GROSS_EXPOSURE,
        DENY,
        view=replace(VIEW, unpriced=frozenset({MX})),
        limits=_gross_300,
    ),
    Case(
        "someone's worth unknown",
        RuleName.MAX_UNPROTECTED_EXPOSURE,
        DENY,
        view=replace(VIEW, unpriced=frozenset({MX})),
        limits=_bare_300,
    ),
    Case("any leverage", RuleName.MAX_LEVERAGE, SKIP),
    Case(
        "low",
        RuleName.MAX_LEVERAGE,
        PASS,
        view=_others("399.99"),
        limits=_half,
        figures=("0.5", "0.49999", "0.00001", "x"),
    ),
    Case(
        "as high as allowed",
        RuleName.MAX_LEVERAGE,
        PASS,
        view=_others("400"),
        limits=_half,
        figures=("0.5", "0.5", "0", "x"),
    ),
    Case("too high", RuleName.MAX_LEVERAGE, DENY, view=_others("400.01"), limits=_half),
    Case("equity unknown", RuleName.MAX_LEVERAGE, DENY, view=replace(VIEW, equity=None), limits=_half),
    Case("no equity", RuleName.MAX_LEVERAGE, DENY, view=replace(VIEW, equity=Decimal(0)), limits=_half),
    Case("worth unknown", RuleName.MAX_LEVERAGE, DENY, view=replace(VIEW, unpriced=frozenset({MX})), limits=_half),
    Case("exit at any leverage", RuleName.MAX_LEVERAGE, SKIP, EXIT, replace(HOLDING, equity=None), _half),
)
