"""Which holds a book showed, from when until when: they are on disk by the time they are shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from custom_components.mexc_trading.model.hold import Hold


@dataclass(slots=True, kw_only=True)
class InForce:
    """A hold as the book showed it (virtual ns)."""

    hold: Hold
    since_ns: int
    until_ns: int | None = None

    def stops(self, symbol: str, at_ns: int) -> bool:
        """Whether an entry of a symbol, whoever wants it, must not leave at a moment."""
        in_scope = self.hold.scope.covers(strategy="", symbol=symbol)
        return in_scope and self.since_ns < at_ns < (at_ns + 1 if self.until_ns is None else self.until_ns)


class HoldLog:
    """All holds of the hours that are not judged yet."""

    def __init__(self) -> None:
        """Start without any."""
        self.seen: list[InForce] = []
        self.kinds: set[str] = set()

    def look(self, holds: Iterable[Hold], now_ns: int) -> None:
        """Note which have come and gone."""
        now = {hold.hold_id: hold for hold in holds}
        known = {held.hold.hold_id: held for held in self.seen if held.until_ns is None}
        for gone in known.keys() - now.keys():
            known[gone].until_ns = now_ns
        self.seen += [InForce(hold=now[name], since_ns=now_ns) for name in now.keys() - known.keys()]
        self.kinds |= {hold.kind.value for hold in now.values()}

    def stopping(self, symbol: str, at_ns: int) -> tuple[str, ...]:
        """Name the holds that stopped entries of a symbol at a moment."""
        return tuple(held.hold.kind.value for held in self.seen if held.stops(symbol, at_ns))

    def forget(self) -> None:
        """Forget those that have ended."""
        self.seen = [held for held in self.seen if held.until_ns is None]
