"""Raising holds as the engine does."""

from custom_components.mexc_trading.engine.inputs import RaiseIn
from custom_components.mexc_trading.model.hold import HoldKind, Release, Scope

from .phcc import MockConfigEntry


async def raise_hold(entry: MockConfigEntry, kind: HoldKind, scope: Scope, release: Release) -> None:
    """Raise a hold in a running account's book."""
    book = entry.runtime_data.account._book
    await book.ask(RaiseIn(kind=kind, scope=scope, why="planted by a test", release=release))
