"""The ledger against a plain reference: coins in and out, money in and out, fees wherever they are taken."""

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.mexc_trading.model.fill import Fill
from custom_components.mexc_trading.model.ids import Asset, EpisodeId
from custom_components.mexc_trading.model.market import Side
from custom_components.mexc_trading.model.money import ZERO, exact
from custom_components.mexc_trading.portfolio.ledger import Ledger, fee_in_quote, is_dust, third_symbol
from tests.engine.market import BTC, ETH, NOW, USDT, fill, instrument

TERMS = instrument()
MX_PRICE = Decimal("3.07")
TINY = Decimal("1e-30")
"""Division is exact to 60 digits, so sums of hundreds of trades agree far below this."""


@dataclass(frozen=True, slots=True)
class Trade:
    """What a test lets happen."""

    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_asset: str
    more: bool


def amounts(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    """Draw amounts."""
    return st.decimals(Decimal(low), Decimal(high), places=places, allow_nan=False, allow_infinity=False)


TRADES = st.builds(
    Trade,
    side=st.sampled_from(Side),
    quantity=amounts("0.001", "3", 3),
    price=amounts("0.1", "200", 1),
    fee=amounts("0", "0.0005", 4),
    fee_asset=st.sampled_from(["USDT", "BTC", "MX"]),
    more=st.booleans(),
)


def told_of(trade: Trade, number: int) -> Fill:
    """Give a trade as the venue tells it."""
    return fill(
        None,
        str(number),
        side=trade.side,
        quantity=str(trade.quantity),
        price=str(trade.price),
        fee=str(trade.fee),
        fee_asset=trade.fee_asset,
    )


def book(ledger: Ledger, trade: Trade, number: int) -> Fill:
    """Book a trade; give it as the venue tells it."""
    told = told_of(trade, number)
    with exact():
        value = fee_in_quote(told, TERMS, MX_PRICE)
        assert value is not None
        ledger.book(told, instrument=TERMS, fee_quote=value, at_ns=NOW + number, more=trade.more)
    return told


@given(st.lists(TRADES, max_size=40))
def test_money_and_coins_are_conserved(trades: list[Trade]) -> None:
    """Realised PnL less the cost of what is held is exactly the money that went in and out; so are the coins.

    The reference knows no averages and no episodes. It stops where more would be sold than is there.
    """
    ledger, money, coins = Ledger(), ZERO, ZERO
    for number, trade in enumerate(trades):
        base_fee = trade.fee if trade.fee_asset == "BTC" else ZERO
        if trade.side is Side.SELL and trade.quantity + base_fee > coins:
            continue
        told = book(ledger, trade, number)
        with exact():
            way = 1 if trade.side is Side.BUY else -1
            paid = trade.fee if trade.fee_asset == "USDT" else trade.fee * MX_PRICE if trade.fee_asset == "MX" else ZERO
            money -= way * told.quote_quantity + paid
            coins += way * trade.quantity - base_fee
            cost = sum((position.cost for position in ledger.positions.values()), start=ZERO)
            assert abs(ledger.holding(BTC) - coins) < TINY
            assert abs(ledger.realized - cost - money) < TINY


@given(st.lists(TRADES, max_size=30))
def test_what_was_sold_beyond_what_is_owned_is_never_profit(trades: list[Trade]) -> None:
    """However wrong the books are: no negative position, no gain from coins that were not ours."""
    ledger, bought = Ledger(), ZERO
    for number, trade in enumerate(trades):
        book(ledger, trade, number)
        with exact():
            if trade.side is Side.BUY:
                bought += trade.quantity
            assert 0 <= ledger.holding(BTC) <= bought
            assert all(position.quantity > 0 and position.cost >= 0 for position in ledger.positions.values())
            assert ledger.realized <= bought * 200


class TestEpisode:
    """One flat → open → flat cycle."""

    def test_of_two_buys_and_a_sale_has_one_result(self) -> None:
        """Average cost, fees included."""
        ledger = Ledger()
        for number, (quantity, price) in enumerate([("1", "100"), ("1", "110")]):
            told = fill(None, str(number), quantity=quantity, price=price, fee="0.5")
            assert ledger.book(told, instrument=TERMS, fee_quote=told.fee, at_ns=NOW) is None
        position = ledger.positions[BTC]
        assert (position.average_price, position.realized) == (Decimal(105), Decimal(-1))
        assert position.unrealized(Decimal(120)) == 30
        sold = fill(None, "2", side=Side.SELL, quantity="2", price="120", fee="1")
        closed = ledger.book(sold, instrument=TERMS, fee_quote=sold.fee, at_ns=NOW + 7)
        assert closed is not None
        assert (closed.realized, closed.episode_id, closed.at_ns) == (Decimal(28), EpisodeId("BTCUSDT:0"), NOW + 7)
        assert (ledger.realized, ledger.positions, ledger.dust) == (Decimal(28), {}, {})

    def test_with_a_fee_in_coins_owns_less_than_was_bought(self) -> None:
        """They never reach us; their value is a fee."""
        ledger = Ledger()
        told = fill(None, "1", fee="0.002", fee_asset="BTC")
        ledger.book(told, instrument=TERMS, fee_quote=Decimal("0.2"), at_ns=NOW)
        assert ledger.owned(BTC) == Decimal("0.998")
        assert ledger.positions[BTC].cost == Decimal("99.8")
        assert ledger.realized == Decimal("-0.2")

    def test_that_leaves_less_than_can_be_sold_is_over(self) -> None:
        """The rest is dust, expensed, and comes back with the next episode."""
        ledger = Ledger()
        bought = fill(None, "1", quantity="1.0005")
        ledger.book(bought, instrument=TERMS, fee_quote=ZERO, at_ns=NOW)
        sold = fill(None, "2", side=Side.SELL, quantity="1", price="100")
        closed = ledger.book(sold, instrument=TERMS, fee_quote=ZERO, at_ns=NOW)
        assert closed is not None
        assert closed.realized == Decimal("-0.05")
        assert ledger.dust == {BTC: Decimal("0.0005")}
        assert ledger.owned(BTC) == 0
        assert ledger.holding(BTC) == Decimal("0.0005")
        ledger.book(fill(None, "3"), instrument=TERMS, fee_quote=ZERO, at_ns=NOW)
        assert ledger.owned(BTC) == Decimal("1.0005")
        assert ledger.dust == {}

    def test_waits_for_the_orders_that_may_still_trade(self) -> None:
        """Then it is settled, once."""
        ledger = Ledger()
        ledger.book(fill(None, "1", quantity="1.005"), instrument=TERMS, fee_quote=ZERO, at_ns=NOW)
        sold = fill(None, "2", side=Side.SELL, quantity="1")
        assert ledger.book(sold, instrument=TERMS, fee_quote=ZERO, at_ns=NOW, more=True) is None
        assert ledger.owned(BTC) == Decimal("0.005")
        closed = ledger.settle(BTC, instrument=TERMS, at_ns=NOW)
        assert closed is not None
        assert ledger.settle(BTC, instrument=TERMS, at_ns=NOW) is None
        assert ledger.dust == {BTC: Decimal("0.005")}

    def test_that_can_be_sold_is_not_settled(self) -> None:
        """It is a position."""
        ledger = Ledger()
        ledger.book(fill(None, "1"), instrument=TERMS, fee_quote=ZERO, at_ns=NOW)
        assert ledger.settle(BTC, instrument=TERMS, at_ns=NOW) is None
        assert ledger.owned(BTC) == 1

    def test_dust_that_is_sold_after_all_is_all_gain(self) -> None:
        """Its cost was expensed before; what is sold beyond it is not ours."""
        ledger = Ledger(dust={BTC: Decimal("0.4")})
        sold = fill(None, "1", side=Side.SELL, quantity="0.1", price="100")
        ledger.book(sold, instrument=TERMS, fee_quote=ZERO, at_ns=NOW)
        assert (ledger.realized, ledger.dust) == (Decimal(10), {BTC: Decimal("0.3")})
        more = fill(None, "2", side=Side.SELL, quantity="0.6", price="100")
        ledger.book(more, instrument=TERMS, fee_quote=ZERO, at_ns=NOW)
        assert (ledger.realized, ledger.dust) == (Decimal(40), {})

    def test_pays_a_fee_that_is_valued_later_if_it_is_still_open(self) -> None:
        """Another episode of the same symbol does not."""
        ledger = Ledger()
        ledger.book(fill(None, "1"), instrument=TERMS, fee_quote=ZERO, at_ns=NOW)
        ledger.charge(BTC, EpisodeId("BTCUSDT:1"), Decimal(2))
        ledger.charge(BTC, EpisodeId("another"), Decimal(3))
        ledger.charge(ETH, EpisodeId("another"), Decimal(4))
        assert (ledger.positions[BTC].realized, ledger.realized) == (Decimal(-2), Decimal(-9))


def test_a_copy_goes_its_own_way() -> None:
    """What is done to one does not show in the other."""
    ledger = Ledger()
    ledger.book(fill(None, "1"), instrument=TERMS, fee_quote=ZERO, at_ns=NOW)
    copy = ledger.copy()
    copy.book(fill(None, "2", side=Side.SELL), instrument=TERMS, fee_quote=Decimal(1), at_ns=NOW)
    assert ledger.owned(BTC) == 1
    assert (ledger.realized, copy.realized, copy.positions) == (ZERO, Decimal(-1), {})


@pytest.mark.parametrize(
    ("quantity", "price", "dust"),
    [
        ("0.0009", "100000", True),  # below the lot
        ("0.001", "1000", False),  # exactly the minimum quantity and value
        ("0.001", "999.9", True),  # below the minimum value
        ("0.0109", "99.9", True),  # the lot takes it below the minimum value
        ("0.011", "100", False),
    ],
)
def test_dust_is_what_the_venue_would_refuse_to_sell(quantity: str, price: str, *, dust: bool) -> None:
    """By lot, minimum quantity or minimum value."""
    assert is_dust(Decimal(quantity), TERMS, Decimal(price)) is dust


@pytest.mark.parametrize(
    ("fee", "asset", "third", "value"),
    [
        ("0", "MX", None, "0"),
        ("0.5", "USDT", None, "0.5"),
        ("0.002", "BTC", None, "0.2"),
        ("0.5", "MX", "3", "1.5"),
        ("0.5", "MX", None, None),
    ],
)
def test_a_fee_has_its_value_in_quote(fee: str, asset: str, third: str | None, value: str | None) -> None:
    """A third asset without a price has none yet; it is never taken for nought."""
    told = fill(None, "1", fee=fee, fee_asset=asset)
    found = fee_in_quote(told, TERMS, Decimal(third) if third else None)
    assert found == (None if value is None else Decimal(value))


def test_the_market_of_a_fee_asset_is_named_after_both_coins() -> None:
    """As the venue spells it."""
    assert third_symbol(Asset("MX"), USDT) == "MXUSDT"
