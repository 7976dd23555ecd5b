"""From what is on disk to a book's state: a snapshot and the records after it, or all records."""

from ..model.codec import Unreadable
from .fold import fold
from .ports import Journal
from .records import event_of
from .state import BookState
from .state_codec import read


def restore(blank: BookState, journal: Journal, snapshot: str | None = None) -> BookState:
    """Fold a journal. Blocking; raises :class:`.ports.JournalUnreadable`.

    ``blank`` names the book; ``snapshot`` is the text of a state that the journal's chain passes through. One that
    belongs to another book or cannot be read is left aside: it is a short cut and never the truth.
    """
    state = blank
    if snapshot is not None:
        try:
            found = read(snapshot, zone=blank.zone)
        except Unreadable:
            found = blank
        if (found.book, found.quote) == (blank.book, blank.quote):
            state = found
    for record in journal.records(state.seq):
        fold(state, event_of(record), record.at_ns)
    state.seen.keep()
    return state
