"""What the rules look back on: windows that roll, intents, losses and streaks, conditions; bounded and replayable."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, strategies as st

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.answers import Decided
from custom_components.mexc_trading.engine.guard_inputs import ConditionIn
from custom_components.mexc_trading.model.decision import RuleName, Verdict
from custom_components.mexc_trading.model.ids import EpisodeId, StrategyId
from custom_components.mexc_trading.model.money import exact
from custom_components.mexc_trading.model.signal import Level, LevelBasis, Protect, Size, SizeBasis
from custom_components.mexc_trading.risk.flatten import Flatten
from custom_components.mexc_trading.risk.memory import BOOK, INTENTS_MAX, RiskMemory, intent
from custom_components.mexc_trading.risk.protection import Protection
from custom_components.mexc_trading.risk.rolling import Rolling
from custom_components.mexc_trading.risk.view import Losses

from ..engine.market import BTC, ETH, entry
from .pictures import decided
from .random_books import amounts
from .watch import COLLARED, Watch


@given(
    happenings=st.lists(st.tuples(st.integers(0, 50), amounts("0"))),
    forget=st.integers(0, 60),
    most=st.integers(0, 30),
    after=st.integers(0, 60),
)
def test_a_rolling_sum_is_a_plain_sum(
    happenings: list[tuple[int, Decimal]], forget: int, most: int, after: int
) -> None:
    """Counted again plainly: with clocks set back taken as standing still, and with what was forgotten left out."""
    rolling, plainly, last = Rolling(), [], 0
    with exact():
        for at_ns, amount in happenings:
            rolling.add(at_ns, amount)
            last = max(last, at_ns)
            plainly.append((last, amount))
        rolling.forget(forget, most=most)
        kept = [(at_ns, amount) for at_ns, amount in plainly if at_ns > forget][-most:] if most else []
        copied = rolling.copy()
        rolling.add(99, Decimal(1))

        for found, expected in ((copied, kept), (rolling, [*kept, (99, Decimal(1))])):
            assert found.count(after) == sum(at_ns > after for at_ns, _ in expected)
            assert found.sum(after) == sum((amount for at_ns, amount in expected if at_ns > after), start=Decimal(0))


def enter(scene: Watch, name: str, quantity: str = "0.1") -> list[RuleName]:
    """Wish to enter; name what denies it."""
    outcome = scene.do(inp.SignalIn(signal=scene.wish(None, quantity=quantity, name=name), digest="d"))
    assert isinstance(outcome.answer, Decided)
    return [denial.rule for denial in outcome.answer.decision.denials]


def test_bursts_and_rates_roll_with_time() -> None:
    """Three entries of ten in a minute are the most; a minute after the first, one more may come."""
    scene = Watch(replace(COLLARED, max_burst_notional=Decimal(30)))
    assert [enter(scene, str(number)) for number in range(3)] == [[], [], []]
    assert enter(scene, "fourth") == [RuleName.BURST_NOTIONAL]
    scene.tick(59.999)
    assert enter(scene, "fifth") == [RuleName.BURST_NOTIONAL]
    scene.tick(0.001)

    assert enter(scene, "sixth") == []


def test_a_source_that_runs_wild_stays_denied_until_it_falls_silent() -> None:
    """Denied wishes count; orders count only when they were planned."""
    scene = Watch(replace(COLLARED, max_signals_per_minute=2, max_orders_per_minute=2))
    assert [enter(scene, str(number)) for number in range(2)] == [[], []]
    for number in range(6):
        scene.tick(20)
        too_many_orders = [RuleName.ORDER_RATE] if number < 2 else []
        assert enter(scene, f"more{number}") == [*too_many_orders, RuleName.SOURCE_RATE]
    scene.tick(60)

    assert enter(scene, "calm") == []


def test_the_same_wish_under_another_name() -> None:
    """Symbol, side and size alone make it the same; the number's form does not."""
    scene = Watch(replace(COLLARED, duplicate_window_s=5))
    assert enter(scene, "a", "0.1") == []
    assert enter(scene, "b", "0.10") == [RuleName.DUPLICATE_INTENT]
    assert enter(scene, "c", "0.11") == []
    scene.tick(5)
    assert enter(scene, "d", "0.1") == []
    assert enter(scene, "e", "0.1") == [RuleName.DUPLICATE_INTENT]


def test_what_a_wish_is_about_is_written_plainly() -> None:
    """It is kept in snapshots: another text after an update would let a repeat through."""
    assert intent(entry(quantity="0.10")) == "BTCUSDT buy quantity 0.1"
    assert intent(replace(entry(), size=None)) == "BTCUSDT buy "


def test_a_repeat_becomes_the_youngest() -> None:
    """So that it is not the next to be forgotten."""
    memory = RiskMemory()
    for number, wish in enumerate((entry(quantity="1"), entry(quantity="2"), entry(quantity="1"))):
        memory.decided(wish, "d", decided(wish), number)

    assert list(memory.intents.items()) == [("BTCUSDT buy quantity 2", 1), ("BTCUSDT buy quantity 1", 2)]


def test_nobody_has_wished_or_bought_anything_yet() -> None:
    """Nought is the count of a strategy that never spoke; an exit is no entry of the last minute."""
    assert RiskMemory().last_minute(StrategyId("nobody"), 10**18) == (0, 0, Decimal(0))
    scene = Watch()
    scene.hold_of(None)
    before = scene.state.memory.last_minute(StrategyId("nobody"), scene.now_ns)
    scene.exit()

    orders, _, burst = scene.state.memory.last_minute(StrategyId("nobody"), scene.now_ns)
    assert (orders, burst) == (before[0] + 1, before[2])


def test_a_stop_that_is_gone_is_not_remembered() -> None:
    """When a later entry's exits name none."""
    memory = RiskMemory()
    watched = Protection(
        symbol=BTC,
        episode_id=EpisodeId("e"),
        strategy=StrategyId("ema"),
        opened_ns=0,
        plan=Protect(stop_loss=Level(basis=LevelBasis.PERCENT, value=Decimal(2))),
    )
    memory.watch(watched, Decimal(100))
    assert memory.stops == {BTC: Decimal(98)}
    memory.watch(replace(watched, plan=Protect()), Decimal(100))

    assert memory.stops == {}
    assert memory.protections[BTC].plan == Protect()


def test_intents_are_bounded() -> None:
    """The oldest go first; a repeat is young again."""
    memory, wish = RiskMemory(), entry()
    allowed = decided(wish)
    for number in range(INTENTS_MAX + 1):
        sized = replace(wish, size=Size(basis=SizeBasis.QUANTITY, value=Decimal(number + 1)))
        memory.decided(sized, "d", replace(allowed, verdict=allowed.verdict.ALLOW), number)
        memory.decided(wish, "d", replace(allowed, verdict=allowed.verdict.ALLOW), number)

    assert len(memory.intents) == INTENTS_MAX
    assert intent(wish) in memory.intents


def test_losses_and_streaks_of_symbol_and_book() -> None:
    """A loss counts for both; one too small counts for neither, and a profit ends both streaks."""
    memory = RiskMemory()

    def ended(symbol: str, result: str, at_ns: int) -> None:
        memory.ended(type(BTC)(symbol), Decimal(result), min_loss=Decimal(1), at_ns=at_ns)

    ended(BTC, "-2", 1)
    ended(BTC, "-1", 2)
    ended(ETH, "-3", 3)
    assert memory.losses == {BOOK: Losses(3, 2), BTC: Losses(1, 1), ETH: Losses(3, 1)}
    ended(BTC, "0", 4)
    assert memory.losses == {ETH: Losses(3, 1)}
    ended(ETH, "-5", 5)
    assert memory.losses == {BOOK: Losses(5, 1), ETH: Losses(5, 2)}


def test_a_pause_comes_from_the_fill_that_made_it_flat_and_survives_a_restart() -> None:
    """Sold at a loss: a minute without entries, counted from the fill, and known from the journal."""
    scene = Watch(replace(COLLARED, cooldown_after_loss_s=60, max_loss_streak=1, loss_streak_pause_s=90))
    scene.hold_of(None)
    order_id = scene.exit()
    scene.tick(5)
    scene.fill(order_id, "1", "99")
    lost_ns = scene.now_ns
    scene.tick(59)

    assert scene.restarted().memory.losses == {BOOK: Losses(lost_ns, 1), BTC: Losses(lost_ns, 1)}
    assert enter(scene, "soon") == [RuleName.COOLDOWN_AFTER_LOSS, RuleName.LOSS_STREAK]
    scene.tick(1)
    assert enter(scene, "later") == [RuleName.LOSS_STREAK]
    scene.tick(30)
    assert enter(scene, "at last") == []


def test_conditions_of_the_house() -> None:
    """Not known is not met; news is journaled, and a restart knows it."""
    scene = Watch(replace(COLLARED, home_conditions=("binary_sensor.ups",)))
    assert enter(scene, "unknown") == [RuleName.HOME_CONDITION]
    scene.do(ConditionIn(name="binary_sensor.ups", met=True))
    assert enter(scene, "on") == []
    before = len(scene.records)
    scene.do(ConditionIn(name="binary_sensor.ups", met=True))
    assert len(scene.records) == before
    scene.do(ConditionIn(name="binary_sensor.ups", met=False))
    assert enter(scene, "off") == [RuleName.HOME_CONDITION]
    assert scene.restarted().memory.conditions == {"binary_sensor.ups": False}


def test_a_copy_goes_its_own_way() -> None:
    """A batch that the disk refuses leaves no trace."""
    scene = Watch()
    scene.hold_of(None)
    scene.state.memory.ended(ETH, Decimal(-1), min_loss=Decimal(0), at_ns=1)
    scene.state.memory.conditions["b"] = False
    scene.state.memory.last_value = (1, Decimal(7))
    scene.state.memory.deepest = Decimal(3)
    asked = replace(decided(entry("asked")), verdict=Verdict.NEEDS_APPROVAL)
    scene.state.memory.decided(entry("asked"), "d", asked, scene.now_ns)
    assert scene.state.memory.waiting
    scene.state.memory.flatten = Flatten(who="me", why="test", since_ns=1)
    scene.state.memory.stops[ETH] = Decimal(3)
    fork = scene.state.fork()
    before = scene.state.memory.copy()
    assert before == scene.state.memory
    fork.memory.decided(entry("x"), "d", decided(entry("x")), scene.now_ns)
    fork.memory.conditions["a"] = True
    fork.memory.unwatch(BTC)
    fork.memory.ended(BTC, Decimal(-9), min_loss=Decimal(0), at_ns=1)
    fork.memory.valued(Decimal(99))

    assert scene.state.memory == before
    assert fork.memory != before
    assert scene.state.memory.repeats(StrategyId("nobody"), 60, scene.now_ns) == 0
