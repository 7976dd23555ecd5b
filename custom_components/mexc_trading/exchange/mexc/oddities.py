"""A place for words of the venue that nobody documented, so that they are seen instead of guessed at."""

from typing import Final

KEPT_MAX: Final = 50
"""More different oddities than this say nothing new, and an answer must not fill the memory."""


class Oddities:
    """Remembers each oddity once, in the order of appearance."""

    def __init__(self) -> None:
        """Start with none."""
        self._seen: dict[str, None] = {}

    def note(self, text: str) -> None:
        """Remember one. ``text`` is made of checked identities and printable words."""
        if len(self._seen) < KEPT_MAX:
            self._seen[text] = None

    @property
    def all(self) -> tuple[str, ...]:
        """Everything seen so far."""
        return tuple(self._seen)
