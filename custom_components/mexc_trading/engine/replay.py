"""Deciding again: every signal of a journal in the state of its moment, compared byte for byte with the record.

The state of a moment is the fold of what came before; prices, time and zone stand in the journal as well. So a
difference means that the software changed, that a record was changed, or that a decision had a source nobody kept.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from decimal import Decimal
from itertools import zip_longest
import json
from typing import Any, Final, get_args, get_type_hints
from zoneinfo import ZoneInfo

from ..model.codec import Unreadable, from_plain, to_plain
from ..model.decision import Decision, Finding
from ..model.money import exact
from ..risk.decide import Stamp, decide
from ..risk.limits import Limits
from ..risk.tighten import in_force
from . import events as ev
from .fold import fold
from .on_signal import decided
from .ports import Record
from .records import canonical, event_of
from .state import BookState
from .state_codec import document_of, written
from .view import risk_view, terms_of

UNFOLDED_MAX: Final = 4096
"""Records read ahead of the fold: what one transaction may hold. A decision's state lies within it."""

LISTED_MAX: Final = 1000
"""Differences told in full; beyond that they are counted."""


class NotReplayable(Exception):
    """Records that cannot be replayed: the beginning is missing, a number is, or a newer version wrote them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One decision that comes out otherwise. ``fields``: name → (as journaled, as decided again), as plain values.

    ``rules`` names the rules whose result is another.
    """

    seq: int
    at_ns: int
    decision_id: str
    signal_id: str
    fields: Mapping[str, tuple[Any, Any]]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A kept state to compare the fold with: the text of a snapshot at a record."""

    seq: int
    state: str


@dataclass(slots=True, kw_only=True)
class Replayed:
    """What a replay found. ``listed`` holds the first :data:`LISTED_MAX` of ``different``."""

    records: int = 0
    decisions: int = 0
    different: int = 0
    listed: list[Difference] = field(default_factory=list)
    by_rule: dict[str, int] = field(default_factory=dict)
    snapshots_equal: list[int] = field(default_factory=list)
    snapshots_different: list[int] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """Whether everything came out as it stands in the journal."""
        return not self.different and not self.snapshots_different

    def note(self, difference: Difference) -> None:
        """Count a difference, and keep it if there is room."""
        self.different += 1
        for rule in difference.rules:
            self.by_rule[rule] = self.by_rule.get(rule, 0) + 1
        if len(self.listed) < LISTED_MAX:
            self.listed.append(difference)


def replay(
    records: Iterable[Record], *, checkpoints: Iterable[Checkpoint] = (), limits: Mapping[str, object] | None = None
) -> Replayed:
    """Decide every signal again. Memory stays bounded; raises :class:`NotReplayable`.

    ``limits`` asks "what if": these fields take the place of those in force, each decision is made again in the state
    of its moment as it really was, and what differs is told. It does not go on from there to what would have followed.
    """
    run = _Run({checkpoint.seq: checkpoint.state for checkpoint in checkpoints}, limits)
    try:
        for record in records:
            run.take(record)
    except Unreadable as error:
        raise NotReplayable(str(error)) from error
    run.fold_to(run.newest)
    return run.replayed


class _Run:
    """Reads ahead and folds behind, so that the state stands where a decision was made when its record comes."""

    def __init__(self, checkpoints: Mapping[int, str], limits: Mapping[str, object] | None) -> None:
        self.replayed = Replayed()
        self.newest = 0
        self._state: BookState | None = None
        self._unfolded: deque[tuple[Record, ev.Event]] = deque()
        self._checkpoints = checkpoints
        self._limits = limits

    def take(self, record: Record) -> None:
        """Take the next record."""
        if record.seq != self.newest + 1:
            raise NotReplayable(f"record {record.seq} follows {self.newest}: records in between are missing")
        event = event_of(record)
        if isinstance(event, ev.RunStarted):
            self._run_started(event)
        self.newest = record.seq
        self.replayed.records += 1
        if isinstance(event, ev.SignalDecided):
            self.fold_to(event.basis_seq or record.seq - 1)
            self._again(record, event)
        self._unfolded.append((record, event))
        if len(self._unfolded) > UNFOLDED_MAX:
            self.fold_to(self._unfolded[0][0].seq)

    def fold_to(self, seq: int) -> None:
        """Fold what was read up to a record."""
        while self._unfolded and self._unfolded[0][0].seq <= seq:
            record, event = self._unfolded.popleft()
            state = self._begun(record)
            fold(state, event, record.at_ns)
            state.seen.keep()
            kept = self._checkpoints.get(record.seq)
            if kept is not None:
                same = written(document_of(state)) == kept
                (self.replayed.snapshots_equal if same else self.replayed.snapshots_different).append(record.seq)

    def _begun(self, record: Record) -> BookState:
        if self._state is None:
            raise NotReplayable(f"record {record.seq} is not the beginning of a run")
        return self._state

    def _run_started(self, event: ev.RunStarted) -> None:
        """Begin with the first run, and take over each run's zone."""
        if self._state is None:
            self._state = BookState(book=event.book, quote=event.quote)
        self.fold_to(self.newest)
        self._state.zone = zone_named(event.zone)

    def _again(self, record: Record, event: ev.SignalDecided) -> None:
        """Decide one signal again and compare."""
        state = self._begun(record)
        self.replayed.decisions += 1
        state.marks = {quote.symbol: quote for quote in event.marks}
        with exact():
            if self._limits is None:
                difference = _compared(record, event, _decided_again(state, event))
            else:
                difference = _weighed(record, event, _what_if(state, event, self._limits))
        if difference is not None:
            self.replayed.note(difference)


def zone_named(name: str) -> tzinfo:
    """Give the zone that a run named."""
    return UTC if name == "UTC" else ZoneInfo(name)


def limits_with(limits: Limits, changes: Mapping[str, object]) -> Limits:
    """Give limits with some fields in their place, as JSON has them; raises :class:`..model.codec.Unreadable`.

    An amount may be written as a whole number or as text.
    """
    plain, hints = to_plain(limits), get_type_hints(Limits)
    for name, value in changes.items():
        if name not in plain:
            raise Unreadable(f"no such limit: {name}")
        is_amount = Decimal in (hints[name], *get_args(hints[name]))
        plain[name] = str(value) if is_amount and type(value) is int else value
    return from_plain(Limits, plain)


def _approved(state: BookState, event: ev.SignalDecided) -> Any:  # noqa: ANN401  # A Decimal or nothing.
    """Give what a person had agreed to: a question that is decided again was answered with yes."""
    waiting = state.memory.waiting.get(event.decision.decision_id)
    return None if waiting is None else waiting.decision.quantity


def _decided_again(state: BookState, event: ev.SignalDecided) -> Decision:
    """Make a decision the way the book made it."""
    return decided(state, event.signal, event.decision.decided_at_ns, _approved(state, event)).decision


def _what_if(state: BookState, event: ev.SignalDecided, changes: Mapping[str, object]) -> Decision:
    """Make a decision under other limits, in the state that was."""
    signal, decision = event.signal, event.decision
    limits = in_force(limits_with(state.limits, changes), terms_of(state, signal.strategy))
    view = risk_view(state, signal, limits, decision.decided_at_ns, _approved(state, event))
    stamp = Stamp(decision.decision_id, decision.decision_hash, decision.limits_hash)
    return decide(signal, view, limits, stamp)


def _compared(record: Record, event: ev.SignalDecided, again: Decision) -> Difference | None:
    """Compare the record as it stands with the one that this decision would give."""
    if canonical(replace(event, decision=again)) == record.body:
        return None
    was: dict[str, Any] = json.loads(record.body)["decision"]
    return _difference(record, event, was, to_plain(again))


def _weighed(record: Record, event: ev.SignalDecided, again: Decision) -> Difference | None:
    """Compare what came of it: verdict, size, and what each rule found."""
    outcome = ("verdict", "quantity", "price", "results")
    was, now = ({name: to_plain(made)[name] for name in outcome} for made in (event.decision, again))
    found = [[(result.rule, _spoken(result.finding)) for result in made.results] for made in (event.decision, again)]
    same = was["verdict"] == now["verdict"] and was["quantity"] == now["quantity"] and found[0] == found[1]
    return None if same else _difference(record, event, was, now, by_finding=True)


def _difference(
    record: Record, event: ev.SignalDecided, was: Mapping[str, Any], now: Mapping[str, Any], *, by_finding: bool = False
) -> Difference:
    """Name the fields and rules that differ; rules apart, because they are what a person asks for."""
    rules = tuple(_rules_that_differ(was.get("results", ()), now.get("results", ()), by_finding=by_finding))
    fields = {
        name: (was.get(name), now.get(name))
        for name in sorted(was.keys() | now.keys())
        if name != "results" and was.get(name) != now.get(name)
    }
    for one, other in zip_longest(was.get("results", ()), now.get("results", ())):
        name = (one or other)[0]
        if name in rules:
            fields[f"rule {name}"] = (one, other)
    return Difference(
        seq=record.seq,
        at_ns=record.at_ns,
        decision_id=event.decision.decision_id,
        signal_id=event.signal.signal_id,
        fields=fields,
        rules=rules,
    )


def _spoken(finding: str) -> str:
    """Give what a rule had to say; that it passes and that it does not apply are the same to an order."""
    return "" if finding in {Finding.PASS, Finding.SKIP} else finding


def _rules_that_differ(was: Iterable[list[str]], now: Iterable[list[str]], *, by_finding: bool) -> Iterator[str]:
    for one, other in zip_longest(was, now):
        if one is None or other is None or one[0] != other[0]:
            yield (one or other)[0]
        elif _spoken(one[1]) != _spoken(other[1]) if by_finding else one != other:
            yield one[0]
