"""Deciding again what was decided: the same bytes, or the difference is told."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
import json
from typing import Any, override

from hypothesis import settings
import pytest

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.guard_inputs import ApproveIn, FlattenIn
from custom_components.mexc_trading.engine.on_signal import decided
from custom_components.mexc_trading.engine.ports import Record
from custom_components.mexc_trading.engine.replay import UNFOLDED_MAX, Checkpoint, NotReplayable, replay
from custom_components.mexc_trading.engine.state_codec import document_of, written
from custom_components.mexc_trading.model.ids import StrategyId
from custom_components.mexc_trading.model.money import exact

from ..risk.test_approval import ASKING, asked
from ..risk.test_no_way_around import Trading
from ..risk.watch import COLLARED, Watch
from .market import BTC, ETH, entry, leave


class Remembering(Trading):
    """A book to which anything happens, in any order; in the end every decision is made again."""

    @override
    def teardown(self) -> None:
        """Decide everything again, and compare the state with that of the book at work."""
        scene = self.scene
        kept = Checkpoint(seq=len(scene.records), state=written(document_of(scene.state)))
        again = replay(scene.records, checkpoints=[kept])
        assert again.listed == []
        assert again.decisions == sum(record.kind == "signal_decided" for record in scene.records)
        assert again.snapshots_equal == [kept.seq]


TestAnythingReplays = Remembering.TestCase
TestAnythingReplays.settings = settings(max_examples=20, stateful_step_count=40, deadline=None)


def lived() -> Watch:
    """Let a book live: two episodes that are sold in one step, a question that was answered, orders at work."""
    scene = Watch(replace(COLLARED, max_orders_per_minute=50))
    scene.tick()
    for symbol in (BTC, ETH):
        order_id = scene.signal(entry(f"in {symbol}", symbol=symbol, at_ns=scene.now_ns))
        scene.fill(order_id, "1", "100")
    scene.signal(entry("at work", price="99", at_ns=scene.now_ns))
    scene.limit(ASKING)
    question = asked(scene)
    scene.do(ApproveIn(decision_id=question.decision_id, who="me", approved=True))
    scene.do(inp.SignalIn(signal=leave("too small", quantity="0.0001", at_ns=scene.now_ns), digest="d"))
    scene.do(FlattenIn(who="me", why="test"))
    scene.tick()
    return scene


def changed(records: list[Record], kind: str, change: Callable[[dict[str, Any]], object], nth: int = 0) -> list[Record]:
    """Give the records with one of a kind changed."""
    place = [at for at, record in enumerate(records) if record.kind == kind][nth]
    body = json.loads(records[place].body)
    change(body)
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return [*records[:place], records[place]._replace(body=text), *records[place + 1 :]]


def test_a_whole_life_comes_out_the_same() -> None:
    """Two decisions of one step share its state, and an answered question is decided as it was."""
    scene = lived()
    again = replay(scene.records)
    assert again.equal
    assert again.listed == []
    assert again.decisions > 6
    bases = [json.loads(record.body)["basis_seq"] for record in scene.records if record.kind == "signal_decided"]
    assert len(set(bases)) < len(bases), "two decisions of one step are wanted here"


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("signal_decided", lambda body: body["decision"].update(quantity="2")),
        ("signal_decided", lambda body: body["decision"]["results"][5].__setitem__(3, "never")),
        ("signal_decided", lambda body: body["marks"][0].update(ask="100.05")),
        ("signal_decided", lambda body: body["decision"].update(decided_at_ns=1)),
        ("limits_set", lambda body: body["limits"].update(price_collar_percent="0.01")),
        ("capital_set", lambda body: body.update(capital="1")),
    ],
)
def test_whatever_was_changed_is_told(kind: str, change: Callable[[dict[str, Any]], object]) -> None:
    """The decision itself, what it was made with, or the state that it was made in."""
    scene = Watch(replace(COLLARED, max_leverage=Decimal(5)))
    scene.tick()
    scene.signal(entry(at_ns=scene.now_ns))
    assert replay(scene.records).equal
    again = replay(changed(scene.records, kind, change, nth=-1))
    assert not again.equal
    (difference,) = again.listed
    assert (difference.signal_id, again.different) == ("in", 1)
    assert difference.fields


def test_the_state_of_the_moment_is_needed() -> None:
    """What one step decides shares its state; without the note of it, the second would seem to follow the first."""
    scene = Watch(replace(COLLARED, max_signals_per_minute=5))
    scene.tick()
    wishes = [entry(name, strategy=StrategyId("s"), at_ns=scene.now_ns) for name in ("one", "two")]
    with exact():
        events = [decided(scene.state, wish, scene.now_ns) for wish in wishes]
    for event in events:
        scene.happen(event)
    assert replay(scene.records).equal
    again = replay(changed(scene.records, "signal_decided", lambda body: body.update(basis_seq=0), nth=-1))
    (difference,) = again.listed
    assert (difference.signal_id, difference.rules) == ("two", ("source_rate",))


def test_a_snapshot_that_is_not_the_fold_is_told() -> None:
    """By its record; one that is passes."""
    scene = lived()
    middle = len(scene.records) // 2
    half = replay(scene.records[:middle], checkpoints=[])
    assert half.records == middle
    text = written(document_of(scene.state))
    again = replay(scene.records, checkpoints=[Checkpoint(seq=middle, state=text)])
    assert again.snapshots_different == [middle]
    assert not again.equal


def test_what_if_tells_which_decisions_would_differ_and_by_which_rule() -> None:
    """In the state of their moment; the journal's own limits give no difference."""
    scene = lived()
    assert replay(scene.records, limits={}).different == 0
    tight = replay(scene.records, limits={"max_notional_per_order": "99.5"})
    assert tight.by_rule["max_notional_per_order"] == tight.different == 4
    first = tight.listed[0]
    assert first.fields["verdict"] == ("allow", "deny")
    assert first.rules == ("max_notional_per_order",)
    with pytest.raises(NotReplayable, match="no such limit"):
        replay(scene.records, limits={"max_everything": "1"})


def test_missing_records_are_no_replay() -> None:
    """A beginning that is not there, a number that is left out, a kind that nobody knows."""
    records = lived().records
    for some in (records[1:], [*records[:3], *records[4:]], [records[0]._replace(kind="nonsense"), *records[1:]]):
        with pytest.raises(NotReplayable):
            replay(some)


def test_memory_is_bounded() -> None:
    """Records are folded behind the reader, however long no signal comes."""
    scene = Watch()
    quiet = next(record for record in scene.records if record.kind == "capital_set")
    ahead = 0

    def endless() -> Any:  # noqa: ANN401  # A generator that looks at what it feeds.
        nonlocal ahead
        yield from scene.records
        for seq in range(len(scene.records) + 1, 3 * UNFOLDED_MAX):
            yield quiet._replace(seq=seq)
            ahead = seq

    again = replay(endless())
    assert again.records == ahead
