"""The machine that tests run on is often busy with other tests; a real one that is as slow should stop entries."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import pytest

from custom_components.mexc_trading.engine.health import THRESHOLDS, Threshold

type Thresholds = dict[str, Threshold]


@contextmanager
def slow_machine() -> Iterator[None]:
    """Take no notice of late timers and slow disks up to half a minute."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("loop_lag_ms", "journal_ms"):
            change_threshold(patch, name, limit=30_000)
        yield


def change_threshold(patch: pytest.MonkeyPatch, name: str, *, limit: int, calm_s: int = 0) -> None:
    """Set the border of one measurement, and how long it must be fine again, until the patch is undone."""
    table = cast("Thresholds", THRESHOLDS)
    patch.setitem(table, name, table[name]._replace(limit=limit, calm_s=calm_s))
