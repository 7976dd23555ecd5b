"""Degraded mode: when a measured trouble stops entries, and when it is over. Pure: measurements in, holds out.

Whoever measures calls :meth:`Health.judge` with what was measured and tells the engine the inputs that come back. A
trouble is raised at once and cleared only after it has been gone for a while, so that a value at the border does not
flap. Exits go on in all of them. What was not measured (None) changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ..model.hold import WHOLE_BOOK, Hold, HoldKind, Release, Scope, ScopeKind
from ..model.ids import StrategyId
from .inputs import ClearIn, RaiseIn

_NS_PER_S: Final = 1_000_000_000


class Threshold(NamedTuple):
    """When a trouble begins: a measurement above ``limit``, in ``unit``; and how long it must be gone to be over, in s.

    ``below`` turns it round: too little is the trouble.
    """

    kind: HoldKind
    limit: int
    unit: str
    calm_s: int
    below: bool = False


THRESHOLDS: Final[Mapping[str, Threshold]] = {
    "loop_lag_ms": Threshold(HoldKind.LOOP_LAG, 500, "ms", 10),
    # One refused input may be one burst; it is still the moment to stop taking more risk.
    "mailbox_refused": Threshold(HoldKind.MAILBOX_FULL, 0, "inputs refused", 10),
    # The venue refuses what is a second ahead of its clock, and what is five seconds behind.
    "clock_skew_ms": Threshold(HoldKind.CLOCK_SKEW, 1_000, "ms", 30),
    # Older than any price that an entry may be decided with.
    "price_age_s": Threshold(HoldKind.PRICE_AGE, 60, "s", 10),
    "stream_age_s": Threshold(HoldKind.STREAM_AGE, 120, "s", 10),
    "journal_ms": Threshold(HoldKind.JOURNAL_SLOW, 2_000, "ms", 30),
    # A day of heavy trading writes less than a tenth of this.
    "disk_free_mib": Threshold(HoldKind.DISK_NEARLY_FULL, 200, "MiB free", 60, below=True),
}
"""What is measured, and from where on it stops entries. The names are those of :class:`Measured`'s fields."""

KINDS: Final = frozenset(
    {
        *(threshold.kind for threshold in THRESHOLDS.values()),
        HoldKind.HOME_STARTING,
        HoldKind.HOME_DATABASE,
        HoldKind.QUANTITY_DRIFT,
        HoldKind.HEARTBEAT,
    }
)
"""The holds that health raises, and so clears."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured at one moment. None: not measured, or of no interest now."""

    loop_lag_ms: int | None = None
    """How much later than asked for the event loop came round."""

    mailbox_refused: int | None = None
    """Inputs that found no place since the last look."""

    clock_skew_ms: int | None = None
    """Our clock against the venue's, either way, with what the measurement leaves open."""

    price_age_s: int | None = None
    """The age of the oldest price of what is held; 0 when nothing is."""

    stream_age_s: int | None = None
    """Since the streams were last all there."""

    journal_ms: int | None = None
    """The slowest write since the last look."""

    disk_free_mib: int | None = None
    home_running: bool | None = None
    """Whether Home Assistant has started and is not stopping."""

    database_works: bool | None = None
    """Whether Home Assistant's own database takes what it is given."""

    drifting: bool | None = None
    """Whether the last comparison found the books and the venue apart."""

    silence_s: Mapping[StrategyId, int] = field(default_factory=dict)
    """Since each strategy that must not be silent last spoke."""


class _Trouble(NamedTuple):
    kind: HoldKind
    scope: Scope
    why: str
    """Empty when it is gone."""

    calm_s: int


@dataclass(slots=True)
class Health:
    """The troubles in force, and since when those that are over have been gone. Lost with the process, and rebuilt."""

    heartbeats: Mapping[StrategyId, int] = field(default_factory=dict)
    """Seconds after which each strategy's silence is a trouble."""

    _raised: dict[tuple[HoldKind, Scope], int | None] = field(default_factory=dict)

    def resume(self, holds: Iterable[Hold]) -> None:
        """Take over the holds of a former run, so that they are cleared when their trouble is gone."""
        for hold in holds:
            if hold.kind in KINDS and hold.release is Release.AUTOMATIC:
                self._raised[hold.kind, hold.scope] = None

    def judge(self, measured: Measured, now_ns: int) -> tuple[RaiseIn | ClearIn, ...]:
        """Say which troubles began and which are over."""
        said: list[RaiseIn | ClearIn] = []
        for trouble in self._troubles(measured):
            key = (trouble.kind, trouble.scope)
            if trouble.why:
                if key not in self._raised:
                    said.append(_raise(trouble))
                self._raised[key] = None
            elif key in self._raised:
                gone_ns = self._raised[key]
                self._raised[key] = since_ns = now_ns if gone_ns is None else min(gone_ns, now_ns)
                if now_ns - since_ns >= trouble.calm_s * _NS_PER_S:
                    del self._raised[key]
                    said.append(ClearIn(kind=trouble.kind, scope=trouble.scope, reason="healthy again"))
        return tuple(said)

    def _troubles(self, measured: Measured) -> Iterator[_Trouble]:
        """Compare each measurement with its threshold."""
        for name, threshold in THRESHOLDS.items():
            value: int | None = getattr(measured, name)
            if value is not None:
                bad = value < threshold.limit if threshold.below else abs(value) > threshold.limit
                why = f"{value} {threshold.unit}, limit {threshold.limit}" if bad else ""
                yield _Trouble(threshold.kind, WHOLE_BOOK, why, threshold.calm_s)
        if measured.home_running is not None:
            why = "" if measured.home_running else "Home Assistant is not running"
            yield _Trouble(HoldKind.HOME_STARTING, WHOLE_BOOK, why, 0)
        if measured.database_works is not None:
            why = "" if measured.database_works else "Home Assistant's database takes nothing"
            yield _Trouble(HoldKind.HOME_DATABASE, WHOLE_BOOK, why, 0)
        if measured.drifting is not None:
            why = "the venue has other quantities" if measured.drifting else ""
            yield _Trouble(HoldKind.QUANTITY_DRIFT, WHOLE_BOOK, why, 0)
        yield from self._silences(measured)

    def _silences(self, measured: Measured) -> Iterator[_Trouble]:
        """Compare each strategy's silence with its heartbeat. One that has none any more may be silent."""
        raised = {scope.name for kind, scope in self._raised if kind is HoldKind.HEARTBEAT}
        for strategy in sorted({*raised, *self.heartbeats}):
            limit_s = self.heartbeats.get(StrategyId(strategy))
            silent_s = measured.silence_s.get(StrategyId(strategy))
            scope = Scope(kind=ScopeKind.STRATEGY, name=strategy)
            if limit_s is None:
                yield _Trouble(HoldKind.HEARTBEAT, scope, "", 0)
            elif silent_s is not None:
                why = f"silent for {silent_s} s, limit {limit_s}" if silent_s > limit_s else ""
                yield _Trouble(HoldKind.HEARTBEAT, scope, why, 0)


def _raise(trouble: _Trouble) -> RaiseIn:
    return RaiseIn(kind=trouble.kind, scope=trouble.scope, why=trouble.why, release=Release.AUTOMATIC)
