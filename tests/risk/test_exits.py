"""Exits always pass, in their safest form, and never sell what is not ours."""

from dataclasses import replace
from decimal import Decimal

import pytest

from custom_components.mexc_trading.model.decision import Finding, RuleName, Verdict
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, Hold, HoldKind, Release
from custom_components.mexc_trading.model.ids import HoldId
from custom_components.mexc_trading.model.market import OrderType
from custom_components.mexc_trading.model.signal import SizeBasis
from custom_components.mexc_trading.risk.limits import Limits
from custom_components.mexc_trading.risk.view import Losses

from .pictures import BTCUSDT, EXIT, HOLDING, LIMITS, NOW, QUOTE, S, decided, finding, sized

_TIGHT = Limits(
    max_notional_per_order=Decimal("0.01"),
    max_open_positions=1,
    max_daily_loss=Decimal(1),
    cooldown_after_loss_s=3600,
    max_price_age_s=1,
)

_STOPPED = tuple(
    Hold(hold_id=HoldId(kind), kind=kind, scope=WHOLE_BOOK, since_ns=NOW, why="test", release=Release.AUTOMATIC)
    for kind in HoldKind
    if kind is not HoldKind.FREEZE
)


def test_an_exit_passes_when_everything_else_is_stopped() -> None:
    """Given every limit broken, every hold but a freeze, no price and a closed market, the exit passes."""
    view = replace(
        HOLDING,
        instrument=replace(BTCUSDT, tradable=False, sides=frozenset()),
        quote=None,
        equity=None,
        daily_pnl=None,
        book_losses=Losses(NOW, 9),
        symbol_losses=Losses(NOW, 9),
        holds=_STOPPED,
    )

    decision = decided(EXIT, view, _TIGHT)

    assert decision.verdict is Verdict.ALLOW
    assert (decision.order_type, decision.quantity, decision.price) == (OrderType.MARKET, Decimal(2), None)


def test_a_market_exit_is_an_ioc_limit_inside_the_collar() -> None:
    """With a fresh bid of 99.9 and a collar of 1 % it takes no less than 98.901, rounded up to the tick."""
    decision = decided(EXIT, HOLDING)

    assert (decision.order_type, decision.price) == (OrderType.IOC, Decimal("99.0"))


def test_an_exit_with_a_stale_price_goes_to_the_market() -> None:
    """No price is better than a wrong one, as long as the order is taken."""
    decision = decided(EXIT, replace(HOLDING, quote=replace(QUOTE, at_ns=NOW - 11 * S)))

    assert (decision.order_type, decision.price) == (OrderType.MARKET, None)


def test_where_no_market_orders_are_taken_the_last_price_serves() -> None:
    """Some symbols take only limits: then a stale price has to do, and without any the market is tried."""
    view = replace(
        HOLDING,
        instrument=replace(BTCUSDT, order_types=frozenset({OrderType.LIMIT})),
        quote=replace(QUOTE, at_ns=NOW - 11 * S),
    )

    assert (decided(EXIT, view).order_type, decided(EXIT, view).price) == (OrderType.IOC, Decimal("99.0"))
    assert decided(EXIT, replace(view, quote=None)).order_type is OrderType.MARKET


def test_where_only_market_orders_are_taken_an_exit_is_one() -> None:
    """The worst price is still known and recorded. A limit that the market does not pay yet is tried as it is."""
    view = replace(HOLDING, instrument=replace(BTCUSDT, order_types=frozenset({OrderType.MARKET})))
    paid = replace(EXIT, order_type=OrderType.LIMIT, price=Decimal("99.9"))

    assert (decided(EXIT, view).order_type, decided(EXIT, view).price) == (OrderType.MARKET, Decimal("99.0"))
    assert decided(paid, view).order_type is OrderType.MARKET
    assert decided(replace(paid, price=Decimal(100)), view).order_type is OrderType.LIMIT
    assert decided(paid, replace(view, quote=None)).order_type is OrderType.LIMIT


@pytest.mark.parametrize(
    ("urgency", "order_type", "price"),
    [
        (0, OrderType.IOC, "99.0"),
        (1, OrderType.IOC, "98.0"),
        (2, OrderType.IOC, "96.0"),
        (3, OrderType.MARKET, None),
        (4, OrderType.MARKET, None),
    ],
)
def test_urgency_widens_the_collar_and_ends_at_the_market(
    urgency: int, order_type: OrderType, price: str | None
) -> None:
    """One, two and four percent below the bid of 99.9; then whatever is paid."""
    decision = decided(replace(EXIT, urgency=urgency), HOLDING)

    assert (decision.order_type, decision.price) == (order_type, None if price is None else Decimal(price))


def test_where_no_market_orders_are_taken_urgency_ends_at_half_the_price() -> None:
    """A price further away is wrong, not urgent."""
    view = replace(HOLDING, instrument=replace(BTCUSDT, order_types=frozenset({OrderType.LIMIT})))

    decision = decided(replace(EXIT, urgency=9), view)

    assert (decision.order_type, decision.price) == (OrderType.IOC, Decimal("50.0"))


@pytest.mark.parametrize(
    ("order_type", "price", "sent_type", "sent_price"),
    [
        pytest.param(OrderType.LIMIT, "120.123456", OrderType.LIMIT, "120.2", id="rounded up to the tick"),
        pytest.param(OrderType.LIMIT, "50", OrderType.LIMIT, "99.0", id="raised to the collar"),
        pytest.param(OrderType.FOK, "99.5", OrderType.FOK, "99.5", id="kept"),
        pytest.param(OrderType.POST_ONLY, "101", OrderType.LIMIT, "101.0", id="as a type that is offered"),
    ],
)
def test_an_exits_own_limit(order_type: OrderType, price: str, sent_type: OrderType, sent_price: str) -> None:
    """It is kept where that is harmless."""
    offered = frozenset({OrderType.LIMIT, OrderType.FOK, OrderType.MARKET})
    view = replace(HOLDING, instrument=replace(BTCUSDT, order_types=offered))

    decision = decided(replace(EXIT, order_type=order_type, price=Decimal(price)), view)

    assert decision.allowed
    assert (decision.order_type, decision.price) == (sent_type, Decimal(sent_price))


def test_an_exits_own_limit_without_a_price_to_compare_is_kept() -> None:
    """Post-only where it is offered, and no reference."""
    decision = decided(replace(EXIT, order_type=OrderType.POST_ONLY, price=Decimal(50)), replace(HOLDING, quote=None))

    assert (decision.order_type, decision.price) == (OrderType.POST_ONLY, Decimal(50))


def test_an_exit_never_asks_for_more_than_is_free() -> None:
    """Two owned, half a coin being sold already: one and a half is the most."""
    view = replace(HOLDING, exiting=Decimal("0.5"))

    decision = decided(sized(EXIT, "1000000"), view)

    assert (decision.verdict, decision.quantity) == (Verdict.CLAMP, Decimal("1.5"))


def test_an_exit_is_rounded_down_to_the_lot() -> None:
    """Fees in base leave odd quantities; the rest is dust."""
    assert decided(EXIT, replace(HOLDING, owned=Decimal("1.23456"))).quantity == Decimal("1.234")


def test_more_exits_under_way_than_owned_leave_nothing() -> None:
    """The free quantity never becomes negative."""
    decision = decided(EXIT, replace(HOLDING, exiting=Decimal(3)))

    assert (decision.verdict, decision.quantity) == (Verdict.DENY, Decimal(0))


@pytest.mark.parametrize(
    ("basis", "value", "quantity"),
    [
        (SizeBasis.QUANTITY, "0.5", "0.5"),
        (SizeBasis.NOTIONAL, "49.95", "0.5"),
        (SizeBasis.EQUITY_PERCENT, "9.99", "1"),
        (SizeBasis.RISK_PERCENT, "1", "2"),
    ],
)
def test_exit_sizes(basis: SizeBasis, value: str, quantity: str) -> None:
    """Sold at the bid of 99.9; what cannot be worked out is the whole position."""
    assert decided(sized(EXIT, value, basis), HOLDING).quantity == Decimal(quantity)


def test_exit_sizes_without_price_or_equity() -> None:
    """The average cost of 95 stands in for a price; without any figure the whole position leaves."""
    view = replace(HOLDING, quote=None)

    assert decided(sized(EXIT, "95", SizeBasis.NOTIONAL), view).quantity == Decimal(1)
    assert decided(sized(EXIT, "95", SizeBasis.NOTIONAL), replace(view, average_price=None)).quantity == Decimal(2)
    assert decided(sized(EXIT, "95", SizeBasis.NOTIONAL), replace(view, average_price=Decimal(0))).quantity == 2
    assert decided(sized(EXIT, "1", SizeBasis.EQUITY_PERCENT), replace(view, equity=None)).quantity == Decimal(2)
    assert decided(sized(EXIT, "1", SizeBasis.EQUITY_PERCENT), replace(view, equity=Decimal(0))).quantity == Decimal(2)


def test_an_exit_above_the_venues_largest_order_is_cut() -> None:
    """2000 coins at 99.0 are worth 198,000: the first slice is worth at most 100,000."""
    decision = decided(EXIT, replace(HOLDING, owned=Decimal(2000)))

    assert decision.verdict is Verdict.CLAMP
    assert decision.quantity == Decimal("1010.101")
    assert finding(RuleName.TICK_LOT_MINIMUM, EXIT, replace(HOLDING, owned=Decimal(2000))) is Finding.CLAMP


def test_a_market_only_exit_is_cut_to_the_largest_market_order() -> None:
    """The venue's ceiling for market orders is lower."""
    view = replace(
        HOLDING,
        owned=Decimal(2000),
        instrument=replace(BTCUSDT, order_types=frozenset({OrderType.MARKET})),
    )

    assert decided(EXIT, view).quantity == Decimal("505.05")


def test_an_exit_without_a_ceiling_is_not_cut() -> None:
    """Zero means that the venue states none."""
    view = replace(HOLDING, owned=Decimal(2000), instrument=replace(BTCUSDT, max_notional=Decimal(0)))

    assert decided(EXIT, view).quantity == Decimal(2000)


def test_a_small_exit_asks_for_a_price_that_makes_it_large_enough() -> None:
    """0.0101 coins are worth 1.009 at the bid but 0.9999 at the collar: the limit moves up to what is needed."""
    fine = replace(BTCUSDT, lot=Decimal("0.0001"))
    view = replace(HOLDING, owned=Decimal("0.0101"), instrument=fine)

    decision = decided(EXIT, view)

    assert decision.allowed
    assert decision.price == Decimal("99.1")


def test_the_bid_itself_is_not_too_high_a_price() -> None:
    """0.01002 coins are worth the least at exactly the bid of 99.9."""
    fine = replace(BTCUSDT, lot=Decimal("0.00001"))

    decision = decided(EXIT, replace(HOLDING, owned=Decimal("0.01002"), instrument=fine))

    assert decision.allowed
    assert decision.price == Decimal("99.9")


@pytest.mark.parametrize(("basis", "value"), [(SizeBasis.NOTIONAL, "0.45"), (SizeBasis.EQUITY_PERCENT, "45")])
def test_a_value_of_a_cheap_coin_is_sold_by_its_bid(basis: SizeBasis, value: str) -> None:
    """A bid of 0.45, an equity of one: nothing below one counts as nothing."""
    view = replace(HOLDING, quote=replace(QUOTE, bid=Decimal("0.45")), equity=Decimal(1))

    assert decided(sized(EXIT, value, basis), view).quantity == Decimal(1)


@pytest.mark.parametrize("ceiling", ["1", "90"])
def test_a_cheap_coin_is_cut_to_the_largest_order_too(ceiling: str) -> None:
    """Two coins at 0.5 fit; the limit of an order is worth what it says, however small."""
    cheap = replace(BTCUSDT, max_notional=Decimal(ceiling), lot=Decimal(1), min_notional=Decimal(0))
    view = replace(HOLDING, instrument=cheap, owned=Decimal(1000), quote=replace(QUOTE, bid=Decimal("0.51")))

    decision = decided(EXIT, view)

    assert decision.price == Decimal("0.6")
    assert decision.quantity == Decimal(int(Decimal(ceiling) / Decimal("0.6")))


def test_a_limit_without_a_price_is_an_exit_all_the_same() -> None:
    """The schema refuses it; the gate sells inside the collar."""
    decision = decided(replace(EXIT, order_type=OrderType.LIMIT, price=None), HOLDING)

    assert (decision.order_type, decision.price) == (OrderType.IOC, Decimal("99.0"))


def test_a_smaller_one_is_dust() -> None:
    """0.0100 coins are worth less than the least even at the bid; the price stays, the denial says why."""
    decision = decided(EXIT, replace(HOLDING, owned=Decimal("0.01")))

    assert [denial.rule for denial in decision.denials] == [RuleName.TICK_LOT_MINIMUM]
    assert decision.price == Decimal("99.0")


def test_a_bid_of_almost_nothing_still_gives_a_price() -> None:
    """A limit of zero would be refused: one tick is the lowest."""
    view = replace(HOLDING, quote=replace(QUOTE, bid=Decimal(0)), owned=Decimal(100))

    assert decided(EXIT, view, LIMITS).price == Decimal("0.1")
