"""The index of what was seen: exact, undoable, small."""

from hypothesis import given, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
import pytest

from custom_components.mexc_trading.engine import seen as seen_module
from custom_components.mexc_trading.engine.seen import Seen

NAMES = st.text(max_size=3)


class SeenMachine(RuleBasedStateMachine):
    """The index beside a plain dict of lists."""

    def __init__(self) -> None:
        """Start both empty."""
        super().__init__()
        self.index = Seen()
        self.kept: list[tuple[str, int]] = []
        self.fresh: list[tuple[str, int]] = []
        self.seq = 0

    @rule(name=NAMES)
    def add(self, name: str) -> None:
        """A record makes a name known."""
        self.seq += 1
        self.index.add(name, self.seq)
        self.fresh.append((name, self.seq))

    @rule()
    def keep(self) -> None:
        """A batch reached the disk."""
        self.index.keep()
        self.kept, self.fresh = [*self.kept, *self.fresh], []

    @rule()
    def undo(self) -> None:
        """A batch did not."""
        self.index.undo()
        self.fresh = []

    @rule()
    def reload(self) -> None:
        """A snapshot is written, perhaps while a batch is on its way to the disk, and read after a crash."""
        self.index = Seen.load(self.index.dump())
        self.fresh = []

    @rule(name=NAMES)
    def look(self, name: str) -> None:
        """Whatever is asked for is where the dict has it."""
        assert sorted(self.index.places(name)) == [seq for n, seq in [*self.kept, *self.fresh] if n == name]

    @invariant()
    def counts(self) -> None:
        """Nothing more and nothing less."""
        assert len(self.index) == len(self.kept) + len(self.fresh)


TestSeenMachine = SeenMachine.TestCase
TestSeenMachine.settings = settings(max_examples=50, deadline=None)


def test_two_names_that_share_a_hash_both_lead_to_their_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index says where to look, never what is there; taking one back leaves the other."""
    monkeypatch.setattr(seen_module, "_hash", lambda _: 7)
    index = Seen()
    index.add("a", 1)
    index.keep()
    index.add("b", 2)
    assert sorted(index.places("a")) == [1, 2]
    index.undo()
    assert index.places("b") == (1,)


@given(st.integers(1, 40))
def test_an_index_that_was_cut_short_is_refused(cut: int) -> None:
    """A snapshot is never trusted beyond what it can show."""
    index = Seen()
    index.add("a", 1)
    index.keep()
    text = index.dump()
    with pytest.raises(ValueError, match=r"cut short|padding|base64"):
        Seen.load(text[:-cut] if cut % 4 else text[: -cut * 4])


def test_a_million_names_take_sixteen_bytes_each() -> None:
    """A book of many years stays small; measured on a tenth of that."""
    index = Seen()
    for number in range(100_000):
        index.add(f"signal-{number}", number)
    index.keep()
    stored = sum(len(shard) * shard.itemsize for shard in [*index._hashes, *index._seqs])
    assert stored == 16 * len(index)
