"""What a route is: method, path, weight, permission, and the function that answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .decimals import Json, whole
from .errors import Refusal
from .world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as a route sees it: the world and the parameters."""

    world: World
    given: Mapping[str, str]

    def text(self, name: str) -> str:
        """Give a mandatory parameter or refuse with 700004."""
        value = self.given.get(name)
        if not value:
            raise Refusal(700004, name)
        return value

    def optional(self, name: str) -> str | None:
        """Give a parameter, None when missing or empty."""
        return self.given.get(name) or None

    def integer(self, name: str) -> int | None:
        """Give a parameter that is a whole number of at least zero."""
        value = self.optional(name)
        if value is None:
            return None
        number = whole(value)
        if number is None:
            raise Refusal(700008, name)
        return number

    def limit(self, default: int, most: int) -> int:
        """Give the row limit, never above ``most``."""
        asked = self.integer("limit")
        return min(default if asked is None else asked, most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One row of the endpoint table (fact sheet 1.2).

    ``scope`` is None for public endpoints and a permission for signed ones
    (empty text: signed, any permission). ``weight`` is that of 2026.
    ``order_operation`` marks the shared bucket of placing and cancelling;
    ``calls_per_s`` is a bound of the endpoint's own.
    """

    method: str
    path: str
    answer: Callable[[Call], Json]
    weight: int = 1
    scope: str | None = None
    order_operation: bool = False
    calls_per_s: int | None = None
