"""Listen keys of the private stream (fact sheet 3.2)."""

from collections.abc import Sequence
from random import Random
from typing import Final

from .clock import VenueClock
from .settings import Settings

KEYS_MAX: Final = 60


class ListenKeys:
    """Keys that live for ``listen_key_validity_s`` after creation or renewal."""

    def __init__(self, clock: VenueClock, settings: Settings, seed: int) -> None:
        """Start without keys."""
        self._clock = clock
        self._settings = settings
        self._random = Random(seed)
        self._until_s: dict[str, float] = {}

    def create(self) -> str | None:
        """Make a key, or tell None when the account has 60 already."""
        if len(self.valid()) >= KEYS_MAX:
            return None
        key = f"{self._random.getrandbits(256):064x}"
        self._until_s[key] = self._clock.elapsed_s() + self._settings.listen_key_validity_s
        return key

    def renew(self, key: str) -> bool:
        """Prolong a key; tells False when it is gone."""
        if not self.is_valid(key):
            return False
        self._until_s[key] = self._clock.elapsed_s() + self._settings.listen_key_validity_s
        return True

    def close(self, key: str) -> bool:
        """End a key; tells False when it was not valid."""
        if not self.is_valid(key):
            return False
        del self._until_s[key]
        return True

    def expire_all(self) -> None:
        """End every key, as the venue may at any time."""
        self._until_s.clear()

    def is_valid(self, key: str) -> bool:
        """Whether a key may carry a stream now."""
        return self._until_s.get(key, float("-inf")) > self._clock.elapsed_s()

    def valid(self) -> Sequence[str]:
        """List the keys that are valid now."""
        return [key for key in self._until_s if self.is_valid(key)]
