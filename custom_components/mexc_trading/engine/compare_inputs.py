"""What can reach the engine about comparing our books with the venue's."""

from dataclasses import dataclass
from enum import StrEnum

from ..model.ids import Symbol
from ..orders.reconcile import VenueBook


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareIn:
    """The venue's book, read from ``started_ns`` on; every read of it got an answer. ``whole``: with its history."""

    venues: VenueBook
    started_ns: int
    whole: bool


class DriftChoice(StrEnum):
    """What a person can say about coins that are missing."""

    ADOPT = "adopt"
    """The venue is right: they are gone."""

    IGNORE = "ignore"
    """They are elsewhere, or will come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftIn:
    """A person settles missing coins of a symbol."""

    symbol: Symbol
    choice: DriftChoice
    who: str


type CompareInput = CompareIn | DriftIn
