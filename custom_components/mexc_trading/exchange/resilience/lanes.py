"""Which breaker a call runs under, and how much of the budget it may use."""

from enum import StrEnum


class Lane(StrEnum):
    """The endpoint classes, each with a circuit breaker of its own."""

    MARKET = "market"
    ACCOUNT = "account"
    ENTRIES = "entries"
    EXITS = "exits"
    """Exits and cancels. Their breaker is shown and never stops a call."""


class Purpose(StrEnum):
    """What a call is for; decides the share of the budget that is open to it."""

    ORDINARY = "ordinary"
    SWEEP = "sweep"
    """Reads of whole lists: many at a time, and none of them urgent."""

    RECONCILIATION = "reconciliation"
    EXIT = "exit"
