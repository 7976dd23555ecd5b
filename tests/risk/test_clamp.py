"""An entry that may be made smaller is, and says so; one that may not is denied."""

from dataclasses import replace
from decimal import Decimal

import pytest

from custom_components.mexc_trading.model.decision import Finding, RuleName, Verdict
from custom_components.mexc_trading.model.ids import StrategyId
from custom_components.mexc_trading.model.signal import Level, LevelBasis, Protect, SizeBasis
from custom_components.mexc_trading.risk.limits import Group, Limits, SymbolQuantity
from custom_components.mexc_trading.risk.proposal import propose
from custom_components.mexc_trading.risk.room import Ceiling
from custom_components.mexc_trading.risk.rules.result import within
from custom_components.mexc_trading.risk.strategy import StrategyTerms

from .pictures import BTC, BTCUSDT, ENTRY, ETH, LIMITS, MX, VIEW, decided, result, sized

_TERMS = StrategyTerms(strategy_id=StrategyId("ema"), name="EMA", symbols=frozenset({BTC}), clamp=True)
_WILLING = replace(VIEW, strategy=_TERMS, exposures={ETH: Decimal(50)}, gross=Decimal(50))
_WISH = sized(ENTRY, "100", SizeBasis.NOTIONAL)
"""One coin at 100."""

_TIGHT = (
    (RuleName.MAX_NOTIONAL_PER_ORDER, replace(LIMITS, max_notional_per_order=Decimal("60.09")), "0.6"),
    (
        RuleName.MAX_QUANTITY_PER_ORDER,
        replace(LIMITS, max_quantity_per_order=(SymbolQuantity(BTC, Decimal("0.7")),)),
        "0.7",
    ),
    (RuleName.MAX_SYMBOL_EXPOSURE, replace(LIMITS, max_symbol_exposure=Decimal(80)), "0.8"),
    (RuleName.MAX_GROUP_EXPOSURE, replace(LIMITS, groups=(Group("majors", (BTC, ETH), Decimal(140)),)), "0.9"),
    (RuleName.MAX_GROSS_EXPOSURE, replace(LIMITS, max_gross_exposure=Decimal(145)), "0.95"),
    (RuleName.MAX_UNPROTECTED_EXPOSURE, replace(LIMITS, max_unprotected_exposure=Decimal("145.1")), "0.951"),
)


@pytest.mark.parametrize(("rule", "limits", "quantity"), _TIGHT, ids=lambda value: str(value)[:30])
def test_it_is_cut_to_the_room_that_the_limit_leaves(rule: RuleName, limits: Limits, quantity: str) -> None:
    """Rounded down to the lot, so the limit is kept."""
    decision = decided(_WISH, _WILLING, limits)

    assert decision.verdict is Verdict.CLAMP
    assert decision.quantity == Decimal(quantity)
    assert result(decision, rule).finding is Finding.CLAMP


@pytest.mark.parametrize(("rule", "limits", "quantity"), _TIGHT, ids=lambda value: str(value)[:30])
def test_it_is_denied_where_nobody_wanted_less(rule: RuleName, limits: Limits, quantity: str) -> None:
    """A person's own wish, a strategy that did not ask for it, and a size in coins are taken at their word."""
    unwilling = replace(_WILLING, strategy=replace(_TERMS, clamp=False))

    for view, wish in ((unwilling, _WISH), (replace(_WILLING, strategy=None), _WISH), (_WILLING, ENTRY)):
        decision = decided(wish, view, limits)
        assert [denial.rule for denial in decision.denials] == [rule], quantity
        assert decision.quantity == Decimal(1)


def test_several_limits_leave_the_least_room() -> None:
    """Each that was in the way reports it."""
    limits = replace(LIMITS, max_notional_per_order=Decimal(60), max_symbol_exposure=Decimal(80))

    decision = decided(_WISH, _WILLING, limits)

    assert decision.quantity == Decimal("0.6")
    assert [found.rule for found in decision.results if found.finding is Finding.CLAMP] == [
        RuleName.MAX_NOTIONAL_PER_ORDER,
        RuleName.MAX_SYMBOL_EXPOSURE,
    ]


def test_no_room_is_no_order() -> None:
    """A clamp never ends above the limit, and less than the venue's least quantity is a denial."""
    limits = replace(LIMITS, max_gross_exposure=Decimal(50))

    decision = decided(_WISH, _WILLING, limits)

    assert decision.quantity == 0
    assert [denial.rule for denial in decision.denials] == [RuleName.TICK_LOT_MINIMUM]


def test_over_the_limit_already_stays_denied() -> None:
    """Even nothing would end above it."""
    limits = replace(LIMITS, max_gross_exposure=Decimal("49.99"))

    denials = [denial.rule for denial in decided(_WISH, _WILLING, limits).denials]

    assert denials == [RuleName.TICK_LOT_MINIMUM, RuleName.MAX_GROSS_EXPOSURE]


def test_an_unknown_worth_leaves_no_room() -> None:
    """What is held without a price could be worth anything."""
    view = replace(_WILLING, unpriced=frozenset({MX}))

    decision = decided(_WISH, view, replace(LIMITS, max_gross_exposure=Decimal(1000)))

    assert RuleName.MAX_GROSS_EXPOSURE in [denial.rule for denial in decision.denials]
    assert decision.quantity == 0


def test_what_is_held_of_the_symbol_takes_room() -> None:
    """Half of the symbol's limit is used: half is left."""
    view = replace(_WILLING, exposures={BTC: Decimal(40)}, gross=Decimal(40))

    decision = decided(_WISH, view, replace(LIMITS, max_symbol_exposure=Decimal(80)))

    assert (decision.verdict, decision.quantity) == (Verdict.CLAMP, Decimal("0.4"))


def test_a_price_of_less_than_one_is_cut_too() -> None:
    """Twenty coins at a half would be worth ten; a limit below one tick cuts nothing and buys nothing."""
    cheap = replace(_WILLING, instrument=replace(BTCUSDT, tick=Decimal("0.01")), quote=None, exposures={})
    limits = replace(LIMITS, max_notional_per_order=Decimal(5))

    assert decided(replace(_WISH, price=Decimal("0.5")), cheap, limits).quantity == Decimal(10)
    assert decided(replace(_WISH, price=Decimal("0.001")), cheap, limits).quantity == 0


@pytest.mark.parametrize(
    ("quantity", "per_unit", "finding"),
    [("2", "2", Finding.CLAMP), ("3", "2", Finding.DENY), ("5", "1", Finding.DENY), ("4", "1", Finding.CLAMP)],
)
def test_what_was_cut_must_fit(quantity: str, per_unit: str, finding: Finding) -> None:
    """An order that some other limit made smaller may still be too large for this one."""
    proposal = propose(sized(ENTRY, "10"), VIEW, LIMITS)._replace(asked=Decimal(10), quantity=Decimal(quantity))

    found = within(RuleName.HOLDS, proposal, Ceiling(Decimal(4), Decimal(0)), Decimal(per_unit), "USDT")

    assert found.finding is finding


def test_without_any_limit_nothing_is_cut() -> None:
    """Endless room is no size."""
    assert decided(_WISH, _WILLING).quantity == Decimal(1)


def test_a_wish_without_price_is_not_cut() -> None:
    """It cannot be sized in the first place."""
    wish = replace(_WISH, price=None)

    assert decided(wish, _WILLING).quantity == 0


def test_a_strategys_own_exits_serve_where_a_signal_names_none() -> None:
    """The signal's come first; each is part of the decision."""
    default = Protect(stop_loss=Level(basis=LevelBasis.PERCENT, value=Decimal(5)))
    asked = Protect(stop_loss=Level(basis=LevelBasis.PRICE, value=Decimal(90)))
    view = replace(VIEW, strategy=replace(_TERMS, protect=default))

    silent, outspoken = decided(ENTRY, view), decided(replace(ENTRY, protect=asked), view)

    assert (silent.protect, silent.stop_price) == (default, Decimal(95))
    assert (outspoken.protect, outspoken.stop_price) == (asked, Decimal(90))
    assert decided(ENTRY).stop_price is None


def test_of_two_stops_the_nearer_one_counts() -> None:
    """Fixed at 90 and trailing by 5 %: at the entry the trailing one stands higher."""
    both = Protect(stop_loss=Level(basis=LevelBasis.PRICE, value=Decimal(90)), trailing_percent=Decimal(5))

    assert decided(replace(ENTRY, protect=both)).stop_price == Decimal(95)
