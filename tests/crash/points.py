"""What the matrix is made of: steps, sides, wishes, what the venue does, and which cells make no sense."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Final


class Step(StrEnum):
    """The named steps from a wish to a snapshot, in their order."""

    RECEIVED = "received"
    """In the mailbox."""

    DEDUPED = "deduped"
    """Looked up among what is known."""

    DECIDED = "decided"
    INTENT = "intent written"
    """In the transaction that is not committed yet."""

    SYNCED = "synced"
    """Committed."""

    CONNECTED = "connected"
    WRITTEN = "request written"
    """The bytes are the kernel's."""

    ACCEPTED = "accepted"
    """Judged by the venue. The process is killed from outside, while the request or its answer is under way."""

    READ = "answer read"
    """Before: the head of the answer is there; after: the call has ended."""

    ACKNOWLEDGED = "acknowledged"
    """What came back is committed."""

    FILLED = "filled"
    """A trade is committed."""

    SNAPSHOT = "snapshot"
    """The file is in place."""


class When(StrEnum):
    """On which side of a step."""

    BEFORE = "before"
    AFTER = "after"


class Wish(StrEnum):
    """What is asked for."""

    ENTRY = "entry"
    EXIT = "exit"
    CANCEL = "cancel"
    """Of a resting entry, a part of which trades a moment before."""


class Fate(StrEnum):
    """What the venue does with the first request."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    LOST = "no answer, though taken"
    VANISHED = "no answer, and not taken"


class Moment(StrEnum):
    """The second crash: during the next boot, unless the same step comes again first."""

    FIRST_BEFORE = "before its first commit"
    FIRST_AFTER = "after its first commit"
    SECOND_BEFORE = "before its second commit"
    SECOND_AFTER = "after its second commit"


_MOMENTS: Final = tuple(Moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One case of the matrix. ``again``: the second crash in a row; None: there is only one."""

    wish: Wish
    step: Step
    when: When
    fate: Fate
    again: Moment | None

    @property
    def name(self) -> str:
        """Name it for people."""
        then = f", again {self.again}" if self.again else ""
        return f"{self.wish}, {self.fate}: {self.when} {self.step}{then}"


def pruned(cell: Cell) -> str:
    """Say why a combination makes no sense; empty if it does."""
    place = (cell.step, cell.when)
    if place == (Step.ACCEPTED, When.AFTER) and cell.fate is Fate.VANISHED:
        return "the request never comes before the venue's judgement, so there is no moment behind it"
    if place == (Step.READ, When.BEFORE) and cell.fate in (Fate.LOST, Fate.VANISHED):
        return "no answer ever begins"
    if cell.step is Step.FILLED and cell.wish is Wish.ENTRY and cell.fate in (Fate.REFUSED, Fate.VANISHED):
        return "an entry that the venue never had is not sent again, so nothing trades"
    if cell.step is Step.FILLED and cell.wish is Wish.EXIT and cell.fate is Fate.REFUSED:
        return "a refused exit trades nothing"
    if place == (Step.DEDUPED, When.AFTER) and cell.wish is Wish.CANCEL:
        return "a cancel is decided in the call that finds its order: this is the moment before `decided`"
    return ""


def everything() -> Iterator[Cell]:
    """Give all combinations, also those that make no sense. The second crash goes round its four moments."""
    for number, (wish, fate, step, when) in enumerate(product(Wish, Fate, Step, When)):
        yield Cell(wish=wish, step=step, when=when, fate=fate, again=None)
        again = _MOMENTS[(number + number // len(_MOMENTS)) % len(_MOMENTS)]
        yield Cell(wish=wish, step=step, when=when, fate=fate, again=again)


def cells() -> tuple[Cell, ...]:
    """Give the matrix."""
    return tuple(cell for cell in everything() if not pruned(cell))


def table() -> str:
    """Write the matrix as a table in Markdown: how many cells each side of each step has, and what is left out."""
    rows = [f"| step | side | {' | '.join(Wish)} |", f"|---|---|{'--:|' * len(Wish)}"]
    counts = Counter((cell.step, cell.when, cell.wish) for cell in cells())
    for step, when in product(Step, When):
        rows.append(f"| {step} | {when} | {' | '.join(str(counts[step, when, wish]) for wish in Wish)} |")
    left_out = Counter(reason for reason in map(pruned, everything()) if reason)
    rows += ["", *(f"* {count} cells: {reason}." for reason, count in left_out.items())]
    return "\n".join(rows)
