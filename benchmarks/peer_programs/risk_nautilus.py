"""Times NautilusTrader's pre-trade risk path, for orders that pass; runs in an environment of its own.

Arguments: positions held, orders to time. Prints JSON: microseconds of each ``RiskEngine.execute`` of a limit order,
from the command to its hand-over to the execution engine, with a limit on notional, rates and balance in force.
"""

import json
import sys
import time

from nautilus_trader.accounting.factory import AccountFactory
from nautilus_trader.common.component import MessageBus, TestClock
from nautilus_trader.common.factories import OrderFactory
from nautilus_trader.config import RiskEngineConfig
from nautilus_trader.core.uuid import UUID4
from nautilus_trader.execution.messages import SubmitOrder
from nautilus_trader.model.currencies import USDT
from nautilus_trader.model.data import QuoteTick
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.events import AccountState
from nautilus_trader.model.identifiers import AccountId, PositionId, StrategyId, TraderId
from nautilus_trader.model.objects import AccountBalance, Money, Price, Quantity
from nautilus_trader.model.position import Position
from nautilus_trader.portfolio.portfolio import Portfolio
from nautilus_trader.risk.engine import RiskEngine
from nautilus_trader.test_kit.providers import TestInstrumentProvider
from nautilus_trader.test_kit.stubs.component import TestComponentStubs
from nautilus_trader.test_kit.stubs.events import TestEventStubs

WARM_UP = 2_000


def main() -> None:
    """Build the engine, hold positions, time orders."""
    held, count = int(sys.argv[1]), int(sys.argv[2])
    trader, strategy = TraderId("TRADER-000"), StrategyId("S-001")
    clock = TestClock()
    bus = MessageBus(trader_id=trader, clock=clock)
    cache = TestComponentStubs.cache()
    portfolio = Portfolio(msgbus=bus, cache=cache, clock=clock)
    instrument = TestInstrumentProvider.btcusdt_binance()
    cache.add_instrument(instrument)
    account = AccountId("BINANCE-000")
    state = AccountState(
        account_id=account,
        account_type=AccountType.CASH,
        base_currency=None,
        reported=True,
        balances=[AccountBalance(Money(10_000_000, USDT), Money(0, USDT), Money(10_000_000, USDT))],
        margins=[],
        info={},
        event_id=UUID4(),
        ts_event=0,
        ts_init=0,
    )
    cache.add_account(AccountFactory.create(state))
    cache.add_quote_tick(
        QuoteTick(instrument.id, Price(49_999, 2), Price(50_000, 2), Quantity(10, 6), Quantity(10, 6), 0, 0)
    )
    factory = OrderFactory(trader_id=trader, strategy_id=strategy, clock=clock)
    for number in range(held):
        order = factory.market(instrument.id, OrderSide.BUY, Quantity.from_str("0.001000"))
        fill = TestEventStubs.order_filled(
            order, instrument, position_id=PositionId(f"P-{number}"), account_id=account, last_px=Price(50_000, 2)
        )
        cache.add_position(Position(instrument, fill), OmsType.HEDGING)
    passed: list[SubmitOrder] = []
    bus.register("ExecEngine.execute", passed.append)
    config = RiskEngineConfig(
        max_order_submit_rate="1000000000/00:00:01",
        max_order_modify_rate="1000000000/00:00:01",
        max_notional_per_order={str(instrument.id): 1_000_000},
    )
    engine = RiskEngine(portfolio=portfolio, msgbus=bus, cache=cache, clock=clock, config=config)
    engine.start()
    times = []
    for number in range(WARM_UP + count):
        order = factory.limit(instrument.id, OrderSide.BUY, Quantity.from_str("0.005000"), Price.from_str("49999.50"))
        command = SubmitOrder(trader, strategy, order, UUID4(), 0)
        started = time.perf_counter_ns()
        engine.execute(command)
        ended = time.perf_counter_ns()
        if number >= WARM_UP:
            times.append((ended - started) / 1000)
    if len(passed) != WARM_UP + count:
        raise SystemExit(f"only {len(passed)} orders passed")
    print(json.dumps(times))


main()
