"""The doors of the engine: clock, journal, venue. Others implement them; the engine knows nothing behind them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from ..model.fill import Fill
from ..model.ids import Symbol, VenueOrderId
from ..model.market import Instrument, Quote
from ..model.order import Order, VenueOrder
from ..model.outcome import Absent, Balance, CancelOutcome, ClockOffset, SubmitOutcome, Unavailable


class Clock(Protocol):
    """Time comes in here and nowhere else."""

    def now_ns(self) -> int:
        """Give the wall-clock time in ns since the epoch (UTC)."""
        ...


class Draft(NamedTuple):
    """A record on its way into the journal. ``body`` is canonical JSON text; ``key`` the id that it is looked up by."""

    at_ns: int
    kind: str
    key: str
    body: str


class Record(NamedTuple):
    """A record as it stands in the journal. Hashes are 64 lower-case hex characters."""

    seq: int
    at_ns: int
    kind: str
    key: str
    body: str
    prev_hash: str
    hash: str


class Head(NamedTuple):
    """The end of the chain; ``seq`` 0 with the genesis hash for an empty journal."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwritable:
    """Nothing of the batch was kept: the disk refused, is full, read-only or locked."""

    cause: str


class JournalUnreadable(Exception):
    """What is on disk cannot be read now. The cause names the failure."""


class Journal(Protocol):
    """Append-only storage. When ``append`` answers with a head, the records survive a power cut."""

    @property
    def head(self) -> Head:
        """The last durable record's number and hash."""
        ...

    def records(self, after_seq: int = 0) -> Iterator[Record]:
        """Read records in order. Blocking: call it off the event loop. Raises :class:`JournalUnreadable`."""
        ...

    def find(self, key: str, after_seq: int = 0) -> Sequence[Record]:
        """Read all records of one key behind a number, oldest first. Blocking. Raises :class:`JournalUnreadable`."""
        ...

    async def append(self, drafts: Sequence[Draft]) -> Head | Unwritable:
        """Write all drafts in one transaction with one sync, or none of them."""
        ...

    async def close(self) -> None:
        """Finish waiting writes, checkpoint and let go of the lock."""
        ...


class Lane(Protocol):
    """A plain file for a few records while the journal cannot be written. All methods block."""

    def keep(self, drafts: Sequence[Draft]) -> Unwritable | None:
        """Write records that belong together and sync them; a refusal may leave them there all the same."""
        ...

    def keep_only(self, drafts: Sequence[Draft]) -> Unwritable | None:
        """Forget all records but these."""
        ...

    def pending(self) -> tuple[Draft, ...]:
        """Read the records that nobody has moved into the journal yet, oldest first."""
        ...

    def clear(self) -> Unwritable | None:
        """Forget all records, after the journal has confirmed them."""
        ...


type Wanted = Callable[[], bool]
"""Whether an order is still wanted: asked as the last thing before it leaves."""

ENTRIES_STOPPED: Final = "entries_stopped"
"""The cause of an order that did not leave because it was not wanted any more: it is not tried again."""


def always() -> bool:
    """Want an order, whatever happens."""
    return True


class Venue(Protocol):
    """Where orders go. Expected trouble is a value; an exception out of here is a bug.

    Deadlines: every call ends on its own within its documented time. ``submit`` is never retried inside.
    """

    async def submit(self, order: Order, wanted: Wanted = always) -> SubmitOutcome:
        """Ask for one order, exactly once; ``NotSent`` (:data:`ENTRIES_STOPPED`) if it is not wanted when it can leave.

        A venue that refused a request with certainty, for its timestamp, may be asked again: then ``wanted`` is asked
        again too.
        """
        ...

    async def cancel(self, order: Order, venue_order_id: VenueOrderId | None) -> CancelOutcome:
        """Ask to cancel; a repeat is harmless."""
        ...

    async def find(self, order: Order) -> VenueOrder | Absent | Unavailable:
        """Look one order up by our client id."""
        ...

    async def open_orders(self, symbols: Sequence[Symbol]) -> tuple[VenueOrder, ...] | Unavailable:
        """Read all open orders of the symbols, anybody's."""
        ...

    async def order_history(self, symbol: Symbol, since_ms: int) -> tuple[VenueOrder, ...] | Unavailable:
        """Read all orders of one symbol since a venue time in ms."""
        ...

    async def fills(
        self, symbol: Symbol, *, since_ms: int | None = None, venue_order_id: VenueOrderId | None = None
    ) -> tuple[Fill, ...] | Unavailable:
        """Read trades of one symbol, of one order or since a venue time in ms; oldest first."""
        ...

    async def balances(self) -> tuple[Balance, ...] | Unavailable:
        """Read all non-zero balances. An asset that is missing has none."""
        ...

    async def quotes(self, symbols: Sequence[Symbol]) -> tuple[Quote, ...] | Unavailable:
        """Read best bid and ask. Symbols with an empty book are left out."""
        ...

    async def instruments(self, symbols: Sequence[Symbol]) -> tuple[Instrument, ...] | Unavailable:
        """Read the trading terms. Symbols that the venue does not know are left out."""
        ...

    async def clock_offset(self) -> ClockOffset | Unavailable:
        """Measure the venue's clock minus ours."""
        ...
