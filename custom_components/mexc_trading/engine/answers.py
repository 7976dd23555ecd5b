"""What the engine answers to those who asked: values, given only when the events behind them are on disk."""

from dataclasses import dataclass

from ..model.decision import Decision
from ..model.ids import OrderId
from ..orders.reconcile import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The signal has its decision, durable in the journal. ``duplicate`` when it had it before."""

    decision: Decision
    order_id: OrderId | None
    duplicate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """The signal id was used before for another wish; the stored decision stays."""

    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """Nothing was taken in: the mailbox is full or the journal cannot be written. Try again later."""

    cause: str
    retry_after_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A control input took effect (or already had)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """No such order, question, or hold that a person may release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """The books were compared: everything that they disagree about."""

    findings: tuple[Finding, ...]


type Answer = Decided | Conflict | Busy | Done | Unknown | Differences
