"""The bounds of everything that an engine keeps, as figures of their own: looked at after every hour."""

from collections.abc import Mapping
from typing import Final

from custom_components.mexc_trading.bridge.account import Account

ACTIVE_MAX: Final = 64
"""Orders at work at the end of an hour: the widest limits allow 40 to rest, and each of three positions an exit or two.
"""

RECENT_MAX: Final = 256
"""Decisions, and orders that ended, that are kept whole."""

HAPPENINGS_MAX: Final = 10_000
INTENTS_MAX: Final = 1_000


def sizes(account: Account) -> Mapping[str, tuple[int, int]]:
    """Give the size of each table and the most that it may have."""
    book, state = account._book, account._book.state
    memory = state.memory
    kept = {
        "active": (len(state.active), ACTIVE_MAX),
        "closed": (len(state.closed), RECENT_MAX),
        "orders": (len(state.orders), RECENT_MAX + ACTIVE_MAX),
        "decisions": (len(state.decisions), RECENT_MAX),
        "decided": (len(state.decided), RECENT_MAX),
        "unvalued": (len(state.unvalued), RECENT_MAX),
        "fills": (sum(len(record.fills) for record in state.orders.values()), 16 * RECENT_MAX),
        "holds": (len(state.holds), 8),
        "foreign": (len(state.foreign), 8),
        "ignored": (len(state.ignored), 8),
        "unwritten names": (len(state.seen._fresh), 0),
        "intents": (len(memory.intents), INTENTS_MAX),
        "waiting": (len(memory.waiting), 100),
        "protections": (len(memory.protections), 3),
        "mailbox": (len(book._mailbox), 8),
        "under way": (len(book._worker._under_way), 16),
        "looks": (len(book._agenda._looks), ACTIVE_MAX),
        "listeners": (len(book._listeners._all), 8),
        "lane": (len(book._keeping._in_lane), 0),
        "holds unkept": (len(book._keeping._unkept), 0),
    }
    rolling = {"orders in a minute": memory.orders, **{f"wishes {name}": of for name, of in memory.wishes.items()}}
    rolling |= {f"entries {name}": of for name, of in memory.entries.items()}
    return kept | {name: (len(of.times), HAPPENINGS_MAX) for name, of in rolling.items()}


def over(account: Account) -> tuple[str, ...]:
    """Name the tables that are larger than they may be."""
    return tuple(f"{name}: {size} of at most {most}" for name, (size, most) in sizes(account).items() if size > most)
