"""A hold: a reason why entries are stopped."""

from dataclasses import dataclass
from enum import StrEnum

from .ids import HoldId


class HoldKind(StrEnum):
    """Why entries stop. ``freeze`` stops exits too; nothing else does."""

    KILL_SWITCH = "kill_switch"
    FREEZE = "freeze"
    RECONCILING = "reconciling"
    DAILY_LOSS = "daily_loss"
    ACKNOWLEDGEMENT_MISMATCH = "acknowledgement_mismatch"
    ILLEGAL_TRANSITION = "illegal_transition"
    JOURNAL = "journal"
    VENUE_UNREACHABLE = "venue_unreachable"
    STOPPING = "stopping"
    UNRESOLVED_ORDER = "unresolved_order"
    CREDENTIALS = "credentials"
    KEY_UNFIT = "key_unfit"
    CLOCK_SKEW = "clock_skew"
    VENUE_BAN = "venue_ban"
    ENGINE_FAULT = "engine_fault"
    QUANTITY_DRIFT = "quantity_drift"
    ORPHAN_ORDER = "orphan_order"
    RESTORED_BACKUP = "restored_backup"
    DAILY_DRAWDOWN = "daily_drawdown"
    TOTAL_DRAWDOWN = "total_drawdown"
    REPEAT_EXECUTION = "repeat_execution"
    FLATTEN = "flatten"
    HOME_STARTING = "home_starting"
    HOME_DATABASE = "home_database"
    LOOP_LAG = "loop_lag"
    MAILBOX_FULL = "mailbox_full"
    HEARTBEAT = "heartbeat"
    PRICE_AGE = "price_age"
    STREAM_AGE = "stream_age"
    JOURNAL_SLOW = "journal_slow"
    DISK_NEARLY_FULL = "disk_nearly_full"


class Release(StrEnum):
    """How a hold ends."""

    AUTOMATIC = "automatic"
    NEXT_DAY = "next_day"
    PERSON = "person"


class ScopeKind(StrEnum):
    """What a hold covers."""

    BOOK = "book"
    STRATEGY = "strategy"
    SYMBOL = "symbol"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The book, one strategy, or one symbol; ``name`` is empty for the book."""

    kind: ScopeKind
    name: str = ""

    def covers(self, *, strategy: str, symbol: str) -> bool:
        """Whether an order of this strategy and symbol falls under the scope."""
        match self.kind:
            case ScopeKind.BOOK:
                return True
            case ScopeKind.STRATEGY:
                return self.name == strategy
            case ScopeKind.SYMBOL:
                return self.name == symbol


WHOLE_BOOK = Scope(kind=ScopeKind.BOOK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold: since when (ns), why in plain words, and how it ends.

    ``until_ns`` is set for one that ends with the trading day: the day's end, in the zone in force when it began. None
    for such a one: it began while the clock was in doubt, and ends when the next day begins.
    """

    hold_id: HoldId
    kind: HoldKind
    scope: Scope
    since_ns: int
    why: str
    release: Release
    until_ns: int | None = None


class TradingMode(StrEnum):
    """Derived from the holds in force: none, some, or a freeze."""

    ACTIVE = "active"
    REDUCE_ONLY = "reduce_only"
    HALTED = "halted"
