"""Raising holds as the engine does."""

from custom_components.mexc_trading.engine.inputs import RaiseIn
from custom_components.mexc_trading.model.hold import HoldKind, Release, Scope
from custom_components.mexc_trading.model.ids import BookName

from .phcc import MockConfigEntry


async def raise_hold(
    entry: MockConfigEntry, kind: HoldKind, scope: Scope, release: Release, name: BookName | None = None
) -> None:
    """Raise a hold in a running account's book."""
    runtime = entry.runtime_data
    book = (runtime.account if name is None else runtime.books[name])._book
    await book.ask(RaiseIn(kind=kind, scope=scope, why="planted by a test", release=release))
