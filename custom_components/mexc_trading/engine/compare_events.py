"""What can stand in a journal about comparing our books with the venue's."""

from dataclasses import dataclass
from decimal import Decimal

from ..model.ids import Symbol
from ..model.order import VenueOrder
from ..orders.reconcile import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksCompared:
    """The two books were compared: every difference, and the open orders of others. ``whole``: with their history.

    Journaled when it says something else than the last one, and for every whole comparison.
    """

    findings: tuple[Finding, ...]
    foreign: tuple[VenueOrder, ...]
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityAdopted:
    """A person took the venue's quantity of a symbol's coin for right: base units that are ours from here on."""

    symbol: Symbol
    quantity: Decimal
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftIgnored:
    """A person said that this difference is none; it is not brought up again until it is another."""

    finding: Finding
    who: str


type CompareEvent = BooksCompared | QuantityAdopted | DriftIgnored
