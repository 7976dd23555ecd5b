"""Opening a book of an account: the venue is asked first, then the journal, then everything is put to work."""

import asyncio
from typing import Final

from aiohttp import ClientSession

from ..engine.book import Book
from ..engine.worker import Spawn
from ..exchange.paper.venue import PaperVenue
from ..journal.storage import DISK, Storage
from ..model.outcome import Unavailable
from .account import Account
from .bookkeeping import Bookkeeping
from .clock import MachineClock, SystemClock
from .kill_file import KillFile
from .opening import journal_path, open_book
from .snapshots import Snapshotter
from .terms import AccountTerms
from .timed_journal import TimedJournal
from .venues import AccountUnreachable, check_key, make_venue
from .witnesses import Witnesses

SYSTEM_CLOCK: Final = SystemClock()


async def open_account(
    terms: AccountTerms,
    *,
    session: ClientSession,
    spawn: Spawn,
    version: str,
    witnesses: Witnesses | None = None,
    clock: MachineClock = SYSTEM_CLOCK,
    storage: Storage = DISK,
    beside: Account | None = None,
) -> Account:
    """Open a book of an account: lock and verify the journal, fold it, start on hold ``reconciling``.

    ``witnesses`` know heads of the journal that were seen before. ``beside`` is the account's book that is open
    already: its kill switch and its view of the market are used.
    Raises :class:`AccountUnreachable`, :class:`.venues.AccountRefused`, :class:`.opening.JournalUnwritable`, and the
    journal's own :class:`~..journal.lock.Locked`.
    """
    market = None if beside is None else beside.market
    venue = make_venue(terms, session=session, clock=clock, market=market)
    offset = await venue.clock_offset()
    if isinstance(offset, Unavailable):
        raise AccountUnreachable(offset.cause)
    await check_key(venue, clock)
    opened = await open_book(terms, clock=clock, version=version, witnesses=witnesses, storage=storage)
    if isinstance(venue, PaperVenue):
        venue.resume(opened.state)
    journal = TimedJournal(opened.journal)
    book = Book(
        state=opened.state,
        journal=journal,
        venue=venue,
        clock=clock,
        install_secret=terms.install_secret,
        spawn=spawn,
        lane=opened.lane,
    )
    # A kill file that is already there holds before the first look at it.
    book.entries_stopped = await asyncio.to_thread(KillFile(terms.folder).present)
    snapshots = Snapshotter(book=book, journal=opened.journal, spawn=spawn, seq=opened.snapshot_seq)
    return Account(
        terms=terms,
        book=book,
        venue=venue,
        clock=clock,
        offset=offset,
        spawn=spawn,
        snapshots=snapshots,
        journal=journal,
        bookkeeping=Bookkeeping(path=journal_path(terms), journal=opened.journal, snapshots=snapshots),
        witnesses=witnesses,
        beside=beside,
    )
