"""Budgets are counted always and enforced when asked."""

from tests.double import MexcDouble

from .trader import Trader


async def test_counted_but_not_enforced(trader: Trader, double: MexcDouble) -> None:
    """By default nobody is refused, and peaks are known."""
    for _ in range(15):
        await trader.buy()
    await trader.public("exchangeInfo")
    assert double.limits.order_operations.peak == 15
    assert double.limits.ip.peak == 25
    assert double.limits.refused == 0


async def test_order_bucket(trader: Trader, double: MexcDouble) -> None:
    """Placing and cancelling share twelve a second."""
    double.limits.enforced = True
    for _ in range(11):
        assert (await trader.buy()).status == 200
    assert (await trader.signed("DELETE", "openOrders", symbol="ETHUSDT")).status == 200
    assert (await trader.buy()).status == 429
    assert len(double.venue.orders) == 11
    assert (await trader.signed("GET", "openOrders")).status == 200
    double.clock.advance(1)
    assert (await trader.buy()).status == 200


async def test_weights(trader: Trader, double: MexcDouble) -> None:
    """Weights add up over ten seconds, separately for address and account."""
    double.limits.enforced = True
    for _ in range(12):
        assert (await trader.public("exchangeInfo")).status == 200
    assert (await trader.public("ping")).status == 429
    assert (await trader.signed("GET", "uid")).status == 200
    double.clock.advance(10)
    assert (await trader.public("ping")).status == 200


async def test_endpoint_bound(trader: Trader, double: MexcDouble) -> None:
    """The account is readable twice a second."""
    double.limits.enforced = True
    double.limits.retry_after_s = 3
    statuses = [(await trader.signed("GET", "account")).status for _ in range(3)]
    assert statuses == [200, 200, 429]
    async with trader.session.get(f"{double.rest_url}/api/v3/account?{trader.sign({})}") as answer:
        assert answer.headers["Retry-After"] == "3"


async def test_ban(trader: Trader, double: MexcDouble) -> None:
    """Who ignores refusals is banned for a while, whatever is asked."""
    double.limits.enforced, double.limits.ban_after = True, 3
    double.limits.requests_per_s = 1
    statuses = [(await trader.public("ping")).status for _ in range(5)]
    assert statuses == [200, 429, 429, 418, 418]
    double.clock.advance(5)
    assert (await trader.public("time")).status == 418
    double.clock.advance(120)
    assert (await trader.public("time")).status == 200
