"""Opening a book: lock, verify, fold, move over what an emergency left behind, and begin a run on hold."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..engine.begin import begin, moved_already
from ..engine.events import BookReset, Event
from ..engine.fold import fold
from ..engine.ports import Clock, Draft, Head, JournalUnreadable, Lane, Unwritable
from ..engine.records import draft, event_of_draft
from ..engine.restore import restore
from ..engine.state import BookState
from ..journal.boot import Opened, open_journal
from ..journal.lane import EmergencyLane
from ..journal.reset import Reset, UnreadableReset, asked_reset, forget_reset, put_away
from ..journal.seal import LastRun
from ..journal.sqlite import SqliteJournal
from ..journal.storage import DISK, Storage
from ..model.ids import BookName
from .terms import AccountTerms
from .witnesses import Witnesses

_DOUBTS: Final = {
    LastRun.ALTERED: "the journal does not end where the last run left it",
    LastRun.QUARANTINED: "the journal was broken and has been set aside",
}


class JournalUnwritable(Exception):
    """The account's journal cannot be opened for writing; without one nothing is traded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBook:
    """A journal that is open, the state that it gives, its lane, and the record up to which a snapshot holds.

    ``doubtful``: it contradicts what was seen of it before, and entries are on hold for it.
    """

    journal: SqliteJournal
    state: BookState
    lane: Lane
    snapshot_seq: int
    doubtful: bool


async def open_book(
    terms: AccountTerms, *, clock: Clock, version: str, witnesses: Witnesses | None, storage: Storage = DISK
) -> OpenedBook:
    """Open a book's journal and begin a run; raises :class:`JournalUnwritable` and :class:`..journal.lock.Locked`.

    ``witnesses`` know heads of the journal that were seen before. A new start that was asked for is made first.
    """
    path = journal_path(terms)
    try:
        reset = await _put_former_away(path, terms.mode, witnesses)
        heads = () if witnesses is None else await witnesses.heads(terms.mode)
        opened = await _open(terms, clock=clock, version=version, heads=heads, storage=storage, reset=reset)
        try:
            if witnesses is not None:
                afresh = opened.doubtful or reset is not None
                await witnesses.note(terms.mode, opened.journal.head, afresh=afresh)
            if reset is not None:
                await asyncio.to_thread(forget_reset, path)
        except BaseException:
            await opened.journal.close()
            raise
    except (OSError, UnreadableReset) as error:
        raise JournalUnwritable(str(error)) from error
    return opened


def journal_path(terms: AccountTerms) -> Path:
    """Say where a book's journal is."""
    return terms.folder / f"{terms.mode}.db"


async def _put_former_away(path: Path, book: BookName, witnesses: Witnesses | None) -> Reset | None:
    """If a new start was asked for, put the former journal away, and what was seen of it; give what was asked for."""
    reset = await asyncio.to_thread(asked_reset, path)
    if reset is not None:
        await asyncio.to_thread(put_away, path, reset)
        if witnesses is not None:
            await witnesses.move(book, reset.former)
    return reset


async def _open(
    terms: AccountTerms,
    *,
    clock: Clock,
    version: str,
    heads: tuple[Head, ...],
    storage: Storage,
    reset: Reset | None,
) -> OpenedBook:
    path = journal_path(terms)
    opened = await open_journal(path, storage=storage, witnesses=heads)
    if isinstance(opened, Unwritable):
        raise JournalUnwritable(opened.cause)
    lane = EmergencyLane(path, storage)
    try:
        state = await _begun(terms, opened, lane, now_ns=clock.now_ns(), version=version, reset=reset)
    except JournalUnreadable as error:
        await opened.journal.close()
        raise JournalUnwritable(str(error)) from error
    except BaseException:
        await opened.journal.close()
        raise
    return OpenedBook(
        journal=opened.journal,
        state=state,
        lane=lane,
        snapshot_seq=opened.snapshot.head.seq if opened.snapshot else 0,
        doubtful=bool(doubts(opened)),
    )


async def _begun(
    terms: AccountTerms, opened: Opened, lane: EmergencyLane, *, now_ns: int, version: str, reset: Reset | None
) -> BookState:
    """Fold what is there, then write what is in the lane and the beginning of the run in one transaction.

    A book that is new because somebody asked for a new start says so in it.
    """
    blank = BookState(book=terms.mode, quote=terms.quote, zone=terms.zone)
    snapshot = opened.snapshot.state if opened.snapshot else None
    state = await asyncio.to_thread(restore, blank, opened.journal, snapshot)
    left = await asyncio.to_thread(lane.pending)
    drafts: list[Draft] = [] if moved_already(state, left) else list(left)
    for kept in drafts:
        fold(state, event_of_draft(kept), kept.at_ns)
    anew = _anew(reset) if reset is not None and not state.seq else ()
    first = begin(state, version=version, limits=terms.limits, doubts=doubts(opened), now_ns=now_ns)
    for event in (*first, *anew):
        fold(state, event, now_ns)
        drafts.append(draft(event, now_ns))
    if isinstance(head := await opened.journal.append(drafts), Unwritable):
        raise JournalUnwritable(head.cause)
    state.seen.keep()
    if left:
        await asyncio.to_thread(lane.clear)
    await asyncio.to_thread(lane.prepare)
    return state


def _anew(reset: Reset) -> tuple[Event, ...]:
    return (BookReset(capital=reset.capital, former=reset.former, who=reset.who, why=reset.why),)


def doubts(opened: Opened) -> tuple[str, ...]:
    """Say why a person must look at a journal before entries pass: it may be older than the venue's history."""
    found = [_DOUBTS[opened.last_run]] if opened.last_run in _DOUBTS else []
    if opened.behind:
        found.append("the journal ends before a head that was seen elsewhere: a restored backup, or a cut end")
    if opened.contradicted:
        found.append("the journal does not pass through a head that was seen elsewhere")
    return tuple(found)
