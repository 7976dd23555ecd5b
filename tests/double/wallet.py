"""Balances of the one account, free and locked, with a short memory."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import override

from .decimals import ZERO


@dataclass(frozen=True, slots=True)
class Balance:
    """What is held of one asset."""

    free: Decimal = ZERO
    locked: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Free and locked together."""
        return self.free + self.locked


class Wallet(Mapping[str, Balance]):
    """Balances by asset; reading a coin never held gives zero.

    Every change is told to ``on_change(asset, old, new, kind)``. Older states
    are kept (256 of them), so that answers can lag behind.
    """

    def __init__(
        self,
        start: Mapping[str, Decimal],
        elapsed_s: Callable[[], float],
        on_change: Callable[[str, Balance, Balance, str], None],
    ) -> None:
        """Start with free balances."""
        self._held = {asset: Balance(free) for asset, free in start.items()}
        self._elapsed_s = elapsed_s
        self._on_change = on_change
        self._past: deque[tuple[float, dict[str, Balance]]] = deque(maxlen=256)
        self._past.append((float("-inf"), dict(self._held)))

    @override
    def __getitem__(self, asset: str) -> Balance:
        return self._held.get(asset, Balance())

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    @override
    def __len__(self) -> int:
        return len(self._held)

    def move(self, asset: str, *, free: Decimal = ZERO, locked: Decimal = ZERO, kind: str) -> None:
        """Add signed amounts to an asset; a negative result is a fault of the double."""
        old = self[asset]
        new = Balance(old.free + free, old.locked + locked)
        if new.free < 0 or new.locked < 0:
            msg = f"{asset} would be {new}"
            raise ArithmeticError(msg)
        self._held[asset] = new
        self._past.append((self._elapsed_s(), dict(self._held)))
        self._on_change(asset, old, new, kind)

    def replace(self, held: Mapping[str, Balance]) -> None:
        """Set all balances at once, without telling anybody (state from a file)."""
        self._held = dict(held)
        self._past.clear()
        self._past.append((float("-inf"), dict(held)))

    def seen(self, lag_s: float) -> Mapping[str, Balance]:
        """Give the balances as they were ``lag_s`` seconds ago."""
        if lag_s <= 0:
            return self._held
        limit = self._elapsed_s() - lag_s
        shown = self._past[0][1]
        for at_s, held in self._past:
            if at_s > limit:
                break
            shown = held
        return shown
