"""Questions to a person: asked above a size, answered once, ended with the signal, and never above a limit."""

from dataclasses import replace
from decimal import Decimal

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.answers import Decided, Done, Unknown
from custom_components.mexc_trading.engine.guard_inputs import ApproveIn
from custom_components.mexc_trading.model.decision import Decision, RuleName, Verdict
from custom_components.mexc_trading.model.ids import DecisionId, StrategyId
from custom_components.mexc_trading.risk.memory import WAITING_MAX

from ..engine.market import S, entry
from .watch import COLLARED, Watch

ASKING = replace(COLLARED, approval_above=Decimal(100))


def asked(scene: Watch, name: str = "large", quantity: str = "2") -> Decision:
    """Send a wish that has to be asked about."""
    outcome = scene.do(inp.SignalIn(signal=scene.wish(None, quantity=quantity, name=name), digest="digest"))
    assert isinstance(outcome.answer, Decided)
    assert outcome.answer.order_id is None
    assert outcome.answer.decision.verdict is Verdict.NEEDS_APPROVAL
    return outcome.answer.decision


def answer(scene: Watch, decision_id: DecisionId, *, approved: bool = True) -> object:
    """Answer as a person."""
    return scene.do(ApproveIn(decision_id=decision_id, who="me", approved=approved)).answer


def test_nothing_is_sent_before_the_answer() -> None:
    """The decision is on disk and asks; a repeat gets it back."""
    scene = Watch(ASKING)
    decision = asked(scene)

    repeat = scene.do(inp.SignalIn(signal=scene.wish(None, quantity="2", name="large"), digest="digest"))

    assert not scene.sent()
    assert isinstance(repeat.answer, Decided)
    assert (repeat.answer.duplicate, repeat.answer.decision) == (True, decision)


def test_yes_sends_it_once() -> None:
    """Under the same decision id; afterwards the question is closed and the new decision is the stored one."""
    scene = Watch(ASKING)
    decision = asked(scene)

    yes = answer(scene, decision.decision_id)

    assert isinstance(yes, Decided)
    assert (yes.decision.verdict, yes.decision.decision_id) == (Verdict.ALLOW, decision.decision_id)
    (order,) = scene.sent()
    assert (order.quantity, order.order_id) == (Decimal(2), yes.order_id)
    assert answer(scene, decision.decision_id) == Unknown()
    repeat = scene.do(inp.SignalIn(signal=scene.wish(None, quantity="2", name="large"), digest="digest"))
    assert isinstance(repeat.answer, Decided)
    assert (repeat.answer.duplicate, repeat.answer.order_id) == (True, order.order_id)
    assert scene.restarted().memory.waiting == {}


def test_no_ends_it() -> None:
    """Nothing is sent, then or later."""
    scene = Watch(ASKING)
    decision = asked(scene)

    assert answer(scene, decision.decision_id, approved=False) == Done()
    assert answer(scene, decision.decision_id) == Unknown()
    assert not scene.sent()


def test_the_question_ends_with_the_signal() -> None:
    """Thirty seconds: then it is closed without anybody."""
    scene = Watch(ASKING)
    decision = asked(scene)
    scene.tick(30)
    assert decision.decision_id in scene.state.memory.waiting

    scene.tick(0.001)

    assert not scene.state.memory.waiting
    assert answer(scene, decision.decision_id) == Unknown()


def test_a_late_yes_is_a_denial() -> None:
    """Between the last tick and the answer the signal became too old: the rule about age says so."""
    scene = Watch(ASKING)
    decision = asked(scene)
    scene.now_ns += 31 * S
    scene.price()

    yes = answer(scene, decision.decision_id)

    assert isinstance(yes, Decided)
    assert [denial.rule for denial in yes.decision.denials] == [RuleName.SIGNAL_AGE]
    assert not scene.sent()


def test_an_approval_overrules_no_limit() -> None:
    """Between question and answer the limit was lowered: the answer changes nothing about it."""
    scene = Watch(ASKING)
    decision = asked(scene)
    scene.limit(replace(ASKING, max_notional_per_order=Decimal(150)))

    yes = answer(scene, decision.decision_id)

    assert isinstance(yes, Decided)
    assert [denial.rule for denial in yes.decision.denials] == [RuleName.MAX_NOTIONAL_PER_ORDER]


def test_a_question_is_one_wish_not_two() -> None:
    """Asked and answered, it counts once toward the rates."""
    scene = Watch(replace(ASKING, max_signals_per_minute=2, max_repeats=2))
    decision = asked(scene)
    answer(scene, decision.decision_id)

    assert scene.state.memory.wishes[decision.strategy].count(0) == 1
    assert scene.state.memory.repeats(decision.strategy, 3600, scene.now_ns) == 1


def test_questions_are_bounded() -> None:
    """The oldest go first, and with them the wish."""
    scene = Watch(ASKING)
    first = asked(scene, "0")
    for number in range(1, WAITING_MAX + 1):
        asked(scene, str(number))

    assert len(scene.state.memory.waiting) == WAITING_MAX
    assert answer(scene, first.decision_id) == Unknown()


def test_a_strategy_that_will_not_stop_entering_is_stopped() -> None:
    """The third entry within the hour is denied and stops the strategy, and nobody else, until a person has looked."""
    scene = Watch(replace(COLLARED, max_repeats=2, repeat_window_s=3600))
    scene.do(inp.StrategiesIn(strategies=()))
    wild = StrategyId("person")
    for number in range(3):
        scene.do(inp.SignalIn(signal=entry(str(number), quantity="0.1", at_ns=scene.now_ns, strategy=wild), digest="d"))

    assert scene.held() == {"repeat_execution:person"}
    (hold,) = scene.state.holds.values()
    assert hold.why == "3 entries, 2 allowed"
    assert scene.do(inp.ReleaseIn(hold_id=hold.hold_id, who="me", reason="looked")).answer == Done()
