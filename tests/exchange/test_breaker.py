"""The breaker opens on failures, asks once, and comes back."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from custom_components.mexc_trading.exchange.resilience.breaker import (
    NS_PER_S,
    Breaker,
    BreakerState,
    BreakerTerms,
    Pass,
    Verdict,
)

TERMS = BreakerTerms(window_s=60, calls_min=4, failed_share=0.5, open_s=5, open_s_max=20)


def _call(breaker: Breaker, verdict: Verdict, at_s: float) -> Pass:
    now_ns = round(at_s * NS_PER_S)
    assert not breaker.turns_away(now_ns)
    admitted = breaker.admit(now_ns)
    breaker.record(admitted, verdict, now_ns)
    return admitted


def _open(at_s: float = 0) -> Breaker:
    breaker = Breaker(TERMS)
    for _ in range(4):
        _call(breaker, Verdict.FAILED, at_s)
    assert breaker.state(round(at_s * NS_PER_S)) is BreakerState.OPEN
    return breaker


def test_it_opens_at_the_share_and_not_below() -> None:
    """Half of at least four calls; one failure fewer leaves it closed."""
    breaker = Breaker(TERMS)
    for verdict in (Verdict.FAILED, Verdict.HEALTHY, Verdict.HEALTHY, Verdict.HEALTHY, Verdict.FAILED):
        _call(breaker, verdict, 1)
    assert breaker.state(NS_PER_S) is BreakerState.CLOSED
    _call(breaker, Verdict.FAILED, 1)
    assert breaker.state(NS_PER_S) is BreakerState.OPEN


def test_too_few_calls_say_nothing() -> None:
    """Three failures are fewer than the minimum."""
    breaker = Breaker(TERMS)
    for _ in range(3):
        _call(breaker, Verdict.FAILED, 1)
    assert breaker.state(NS_PER_S) is BreakerState.CLOSED


def test_old_failures_and_silence_do_not_count() -> None:
    """Only the window counts, and a throttle is no failure."""
    breaker = Breaker(TERMS)
    for _ in range(3):
        _call(breaker, Verdict.FAILED, 0)
    for _ in range(20):
        _call(breaker, Verdict.SILENT, 1)
    _call(breaker, Verdict.FAILED, 61)
    assert breaker.state(61 * NS_PER_S) is BreakerState.CLOSED


def test_while_open_nothing_goes_and_then_one_probe() -> None:
    """After its time, exactly one call is let through until it has ended."""
    breaker = _open()
    assert breaker.turns_away(NS_PER_S * 5 - 1)
    assert breaker.wait_ns(NS_PER_S) == 4 * NS_PER_S
    now_ns = 5 * NS_PER_S
    assert breaker.state(now_ns) is BreakerState.HALF_OPEN
    assert not breaker.turns_away(now_ns)
    assert breaker.admit(now_ns) is Pass.PROBE
    assert breaker.turns_away(now_ns)
    breaker.record(Pass.PROBE, Verdict.HEALTHY, now_ns)
    assert breaker.state(now_ns) is BreakerState.CLOSED


def test_a_failed_probe_doubles_the_wait_up_to_the_most() -> None:
    """5, 10, 20, 20 seconds; and a success starts over at 5."""
    breaker, now_ns = _open(), 0
    for wait_s in (5, 10, 20, 20):
        assert breaker.wait_ns(now_ns) == wait_s * NS_PER_S
        now_ns += wait_s * NS_PER_S
        assert breaker.admit(now_ns) is Pass.PROBE
        breaker.record(Pass.PROBE, Verdict.FAILED, now_ns)
    now_ns += 20 * NS_PER_S
    breaker.record(breaker.admit(now_ns), Verdict.HEALTHY, now_ns)
    for _ in range(4):
        breaker.record(breaker.admit(now_ns), Verdict.FAILED, now_ns)
    assert breaker.wait_ns(now_ns) == 5 * NS_PER_S


def test_a_probe_that_says_nothing_makes_room_for_the_next() -> None:
    """A probe that was given up or throttled does not block for ever."""
    breaker = _open()
    now_ns = 5 * NS_PER_S
    breaker.record(breaker.admit(now_ns), Verdict.SILENT, now_ns)
    assert not breaker.turns_away(now_ns)
    assert breaker.admit(now_ns) is Pass.PROBE


def test_late_news_of_earlier_calls() -> None:
    """A call from before that fails changes nothing; one that succeeds shows that the venue is back."""
    breaker = _open()
    breaker.record(Pass.CALL, Verdict.FAILED, NS_PER_S)
    assert breaker.wait_ns(NS_PER_S) == 4 * NS_PER_S
    breaker.record(Pass.CALL, Verdict.HEALTHY, 2 * NS_PER_S)
    assert breaker.state(2 * NS_PER_S) is BreakerState.CLOSED


def test_one_that_stops_nothing_is_still_counted() -> None:
    """The exits' breaker opens and is shown, and every call goes."""
    breaker = Breaker(TERMS, stops=False)
    for at_s in range(4):
        _call(breaker, Verdict.FAILED, at_s)
    assert breaker.state(3 * NS_PER_S) is BreakerState.OPEN
    _call(breaker, Verdict.FAILED, 3.5)
    assert breaker.state(4 * NS_PER_S) is BreakerState.OPEN
    _call(breaker, Verdict.HEALTHY, 4)
    assert breaker.state(4 * NS_PER_S) is BreakerState.CLOSED


class BreakerMachine(RuleBasedStateMachine):
    """Any order of calls, answers and time."""

    @initialize()
    def begin(self) -> None:
        """Start closed."""
        self.breaker = Breaker(TERMS)
        self.now_ns = 0
        self.out: list[Pass] = []

    @rule(seconds=st.floats(0, 30))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now_ns += round(seconds * NS_PER_S)

    @rule()
    def ask(self) -> None:
        """Make a call if it is let through."""
        if not self.breaker.turns_away(self.now_ns):
            self.out.append(self.breaker.admit(self.now_ns))

    @precondition(lambda self: self.out)
    @rule(number=st.integers(0, 1000), verdict=st.sampled_from(Verdict))
    def end(self, number: int, verdict: Verdict) -> None:
        """End one of the calls."""
        self.breaker.record(self.out.pop(number % len(self.out)), verdict, self.now_ns)

    @invariant()
    def one_probe_at_most(self) -> None:
        """There is never a second probe."""
        assert self.out.count(Pass.PROBE) <= 1

    @invariant()
    def never_stuck(self) -> None:
        """With no probe under way, waiting always opens the way again."""
        if Pass.PROBE not in self.out:
            assert not self.breaker.turns_away(self.now_ns + 21 * NS_PER_S)


TestBreakerMachine = BreakerMachine.TestCase
