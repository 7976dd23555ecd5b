"""What one simulation does, hour by hour. A seed makes it; a file keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
import json
from pathlib import Path
from typing import Any, Final, Self

type Json = str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None

HOUR_S: Final = 3_600.0
CALM_FROM_S: Final = 3_000.0
"""From here to the hour's end the weather is fine, nobody wishes anything, and everything has to come to rest."""


class Act(StrEnum):
    """What happens in a step."""

    ENTER = "enter"
    EXIT = "exit"
    CANCEL = "cancel"
    REPEAT = "repeat"
    CONFLICT = "conflict"
    LIMITS = "limits"
    KILL = "kill"
    RELEASE = "release"
    RESTART = "restart"
    CRASH = "crash"
    BURST = "burst"
    PRICE = "price"
    TRADE = "trade"
    END = "end"
    STORM = "storm"
    CALM = "calm"


class Kind(StrEnum):
    """How an entry is to execute."""

    MARKET = "market"
    LIMIT = "limit"
    POST_ONLY = "post_only"
    FOK = "fok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. ``at_s`` counts virtual seconds from the hour's start.

    ``name`` names the wish, ``of`` the wish that is cancelled or repeated, or the limits that are put in force.
    ``quantity`` is in base units (an exit without one sells all), ``price`` in quote units: the limit of a wish, or the
    new middle price. ``rules`` and ``settings`` are the double's, from this step until the next calm; a burst lasts
    ``span_s`` and is made of ``seed``.
    """

    at_s: float
    act: Act
    name: str = ""
    of: str = ""
    symbol: str = ""
    strategy: str = ""
    kind: Kind = Kind.MARKET
    quantity: Decimal | None = None
    price: Decimal | None = None
    protected: bool = False
    rules: tuple[Mapping[str, Json], ...] = ()
    settings: Mapping[str, Json] | None = None
    span_s: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A simulation: its hours, each with its steps in order."""

    seed: int
    hours: tuple[tuple[Step, ...], ...]
    comment: str = ""

    def text(self) -> str:
        """Write the plan as JSON."""
        hours = [[_shown(step) for step in hour] for hour in self.hours]
        return json.dumps({"seed": self.seed, "comment": self.comment, "hours": hours}, indent=1) + "\n"

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a plan from the file that :meth:`text` was written to."""
        fields = json.loads(path.read_text(encoding="utf-8"))
        hours = tuple(tuple(map(_step, hour)) for hour in fields["hours"])
        return cls(seed=fields["seed"], comment=fields["comment"], hours=hours)


def _shown(step: Step) -> dict[str, Json]:
    """Leave out what says nothing."""
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(step).items() if value}


def _step(row: dict[str, Any]) -> Step:
    """Read a step."""
    row |= {name: Decimal(row[name]) for name in ("quantity", "price") if name in row}
    row |= {"act": Act(row["act"]), "kind": Kind(row.get("kind", Kind.MARKET)), "rules": tuple(row.get("rules", ()))}
    return Step(**{"at_s": 0.0, **row})
