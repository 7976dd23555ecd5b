"""Whatever is ordered and wherever prices go, no coin appears or vanishes."""

from collections import defaultdict
from decimal import Decimal

from hypothesis import given, settings, strategies as st

from tests.double.clock import VenueClock
from tests.double.errors import Refusal
from tests.double.orders import OrderRequest, OrderType, Side
from tests.double.settings import FeeAsset, Settings
from tests.double.symbols import default_symbols
from tests.double.venue import START_BALANCES, Venue

_ORDER = st.builds(
    OrderRequest,
    symbol=st.sampled_from(["BTCUSDT", "ETHUSDT", "ETHBTC", "MXUSDT"]),
    side=st.sampled_from(Side),
    type=st.sampled_from(OrderType),
    quantity=st.decimals("0.0001", "5", places=4),
    price=st.decimals("0.01", "99000", places=2),
)
_VALUE = st.builds(
    OrderRequest,
    symbol=st.sampled_from(["BTCUSDT", "ETHBTC"]),
    side=st.sampled_from(Side),
    type=st.just(OrderType.MARKET),
    quote_quantity=st.decimals("0.001", "9000", places=3),
)
_MOVE = st.tuples(st.sampled_from(["BTCUSDT", "ETHUSDT"]), st.decimals("500", "99000", places=2))


def _play(venue: Venue, step: OrderRequest | tuple[str, Decimal] | int) -> None:
    """Do one step: an order, a price, or a cancel of the n-th open order."""
    if isinstance(step, tuple):
        venue.set_price(*step)
    elif isinstance(step, int):
        for order in venue.shelf.open_orders()[step : step + 1]:
            venue.cancel(order)
    else:
        if step.type is OrderType.MARKET and step.quantity is not None:
            step = OrderRequest(symbol=step.symbol, side=step.side, type=step.type, quantity=step.quantity)
        try:
            venue.place(step)
        except Refusal:
            return


@given(
    steps=st.lists(st.one_of(_ORDER, _VALUE, _MOVE, st.integers(0, 3)), max_size=40),
    mode=st.sampled_from(FeeAsset),
    share=st.sampled_from([Decimal(1), Decimal("0.3")]),
    level=st.sampled_from([Decimal(20_000), Decimal(100)]),
)
@settings(max_examples=150, deadline=None)
def test_conserved(
    steps: list[OrderRequest | tuple[str, Decimal] | int],
    mode: FeeAsset,
    share: Decimal,
    level: Decimal,
) -> None:
    """Balances are the start plus the fills minus the fees; locks are those of open orders."""
    chosen = Settings(fee_asset_mode=mode, maker_fill_share=share, level_quote=level)
    venue = Venue(default_symbols(), VenueClock(), chosen, seed=1)
    for step in steps:
        _play(venue, step)
    totals = defaultdict(Decimal, START_BALANCES)
    for fill in venue.fills:
        row, sign = venue.symbols[fill.symbol], 1 if fill.side is Side.BUY else -1
        totals[row.base] += sign * fill.quantity
        totals[row.quote] -= sign * fill.quote
        totals[fill.fee_asset] -= fill.fee
    locked: defaultdict[str, Decimal] = defaultdict(Decimal)
    for order in venue.shelf.open_orders():
        locked[order.locked_asset] += order.locked
    for asset, balance in venue.balances.items():
        assert balance.total == totals[asset]
        assert balance.locked == locked[asset]
        assert balance.free >= 0
    for order in venue.orders:
        assert order.executed == sum(fill.quantity for fill in order.fills)
        assert order.is_open == (order in venue.shelf.open_orders())
