"""What must hold for every picture of a book."""

from dataclasses import replace
from decimal import Decimal
from operator import attrgetter
from unittest.mock import patch

from hypothesis import given, strategies as st

from custom_components.mexc_trading.model.decision import Finding, RuleName
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.signal import Signal
from custom_components.mexc_trading.risk import decide as gate
from custom_components.mexc_trading.risk.limits import Limits
from custom_components.mexc_trading.risk.rules import RULES, Rule
from custom_components.mexc_trading.risk.view import NEVER_LOST, RiskView

from .pictures import BTCUSDT, decided
from .random_books import EXITS, LIMITS_OF_ANY_KIND, VIEWS, WISHES

_MAY_STOP_AN_EXIT = {RuleName.EXIT_OWNED, RuleName.TICK_LOT_MINIMUM}
"""Nothing is free to sell, or too little: dust. The freeze is left out of these books."""


@given(limits=LIMITS_OF_ANY_KIND, view=VIEWS, wish=EXITS)
def test_an_exit_passes_unless_there_is_nothing_to_sell(limits: Limits, view: RiskView, wish: Signal) -> None:
    """Whatever is lost, stopped, stale or in excess; and it never sells more than is free."""
    decision = decided(wish, view, limits)

    assert {denial.rule for denial in decision.denials} <= _MAY_STOP_AN_EXIT
    assert not any(found.finding is Finding.APPROVAL for found in decision.results)
    assert 0 <= decision.quantity <= view.free
    if not decision.allowed:
        least = BTCUSDT.min_notional_market if decision.order_type is OrderType.MARKET else BTCUSDT.min_notional
        too_little = decision.price is not None and decision.quantity * decision.price < least
        assert decision.quantity < BTCUSDT.lot or too_little
    if wish.size is None and view.instrument is not None and view.free < 100:
        assert decision.quantity == BTCUSDT.quantity_down(view.free)


@given(limits=LIMITS_OF_ANY_KIND, view=VIEWS, wish=EXITS)
def test_a_hold_makes_no_difference_to_an_exit(limits: Limits, view: RiskView, wish: Signal) -> None:
    """Nor do losses, rates, conditions or approvals: the decision is the same without any of them."""
    calm = replace(
        view,
        holds=(),
        book_losses=NEVER_LOST,
        symbol_losses=NEVER_LOST,
        daily_pnl=Decimal(0),
        daily_drawdown=Decimal(0),
        total_drawdown=Decimal(0),
        orders_last_minute=0,
        conditions={},
        approved=None,
    )

    assert decided(wish, view, limits) == decided(wish, calm, limits)


@given(limits=LIMITS_OF_ANY_KIND, view=VIEWS, wish=EXITS)
def test_an_exit_that_buys_is_no_exit(limits: Limits, view: RiskView, wish: Signal) -> None:
    """It would enlarge a position, or turn it round."""
    decision = decided(replace(wish, side=Side.BUY), view, limits)

    assert RuleName.EXIT_OWNED in {denial.rule for denial in decision.denials}


@given(limits=LIMITS_OF_ANY_KIND, view=VIEWS, wish=WISHES | EXITS, order=st.permutations(RULES))
def test_rules_do_not_hear_of_one_another(limits: Limits, view: RiskView, wish: Signal, order: list[Rule]) -> None:
    """In whatever order they are asked, each finds the same, and so does all of them together."""
    before = decided(wish, view, limits)

    with patch.object(gate, "RULES", tuple(order)):
        after = decided(wish, view, limits)

    assert sorted(after.results, key=attrgetter("rule")) == sorted(before.results, key=attrgetter("rule"))
    assert replace(after, results=before.results) == before


@given(limits=LIMITS_OF_ANY_KIND, view=VIEWS, wish=WISHES)
def test_an_allowed_entry_keeps_every_limit(limits: Limits, view: RiskView, wish: Signal) -> None:
    """Computed again, plainly, from the order that would be sent."""
    decision = decided(wish, view, limits)
    if not decision.allowed:
        return
    quantity, price = decision.quantity, decision.price
    assert price is not None
    assert view.quote is not None
    assert decision.order_type is OrderType.LIMIT
    worth, after = quantity * price, quantity * max(price, view.quote.ask)
    held = view.exposures.get(wish.symbol, Decimal(0))

    for value, limit in (
        (worth, limits.max_notional_per_order),
        (view.burst + worth, limits.max_burst_notional),
        (held + after, limits.max_symbol_exposure),
        (view.gross + after, limits.max_gross_exposure),
        (view.gross + after, limits.max_unprotected_exposure),
        (view.gross + after, limits.max_leverage and limits.max_leverage * (view.equity or 0)),
        (len({*view.exposures, wish.symbol}), limits.max_open_positions),
    ):
        assert limit is None or value <= limit
    for group in limits.groups:
        if wish.symbol in group.symbols:
            together = sum(view.exposures.get(symbol, Decimal(0)) for symbol in group.symbols)
            assert together + after <= group.max_exposure
    assert not view.holds or all(hold.scope.name == "ETHUSDT" for hold in view.holds)
