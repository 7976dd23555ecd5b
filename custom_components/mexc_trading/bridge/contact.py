"""How a book stays in touch with the exchange between its requests: streams, late answers, and what its key may do."""

from collections.abc import Callable

from ..engine.book import Book
from ..engine.ports import Clock, Venue
from ..engine.upkeep import Upkeep
from ..exchange.mexc.key import KeyConcern
from ..exchange.mexc.spot import MexcSpot
from ..exchange.mexc.streams.streams import StreamHealth
from ..exchange.paper.venue import PaperVenue
from .key_watch import KeyWatch
from .listening import Hearer, Listening
from .overhearing import Overhearing
from .running import Running


class Contact:
    """A live book's own contact; on paper there is none, but the prices of the live book beside it are heard."""

    def __init__(self, *, book: Book, upkeep: Upkeep, venue: Venue, clock: Clock, stream_url: str) -> None:
        """Nothing is heard before :meth:`start`."""
        self._book = book
        self._venue = venue
        self._key_watch: KeyWatch | None = None
        self._listening: Listening | None = None
        self._stop_overhearing: Callable[[], None] = lambda: None
        if isinstance(venue, MexcSpot):
            self._key_watch = KeyWatch(book=book, venue=venue, clock=clock)
            self._listening = Listening(book=book, upkeep=upkeep, venue=venue, stream_url=stream_url)
            venue.on_late_outcome = book.late

    def start(self, running: Running, beside: Contact | None) -> None:
        """Listen from now on; on paper to what the book beside hears."""
        if self._key_watch is not None:
            running.start(self._key_watch.run(), "key")
        if self._listening is not None:
            running.start(self._listening.run(), "streams")
        if beside is not None and isinstance(self._venue, PaperVenue):
            self._stop_overhearing = beside.share_prices(Overhearing(book=self._book, venue=self._venue))

    def share_prices(self, hearer: Hearer) -> Callable[[], None]:
        """Let somebody else have the prices that this book hears, until the returned function is called."""
        return (lambda: None) if self._listening is None else self._listening.share(hearer)

    def streams(self) -> StreamHealth | None:
        """Tell how the streams of a live book are doing; None for paper."""
        return None if self._listening is None else self._listening.health()

    @property
    def key_concerns(self) -> tuple[KeyConcern, ...]:
        """What is to be said about the key; nothing on paper."""
        return () if self._key_watch is None else self._key_watch.concerns

    def look_at_key(self) -> None:
        """Ask now what the key may do."""
        if self._key_watch is not None:
            self._key_watch.wake()

    def close(self) -> None:
        """Hear no more from the book beside. What was started ends with the tasks that it was started among."""
        self._stop_overhearing()
