"""Imports inside functions: a plain import reads files, and on Home Assistant's event loop nothing may do that."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

ROOM: Final = Path(__file__).resolve().parent.parent / "custom_components" / "mexc_trading"

_THREAD: Final = "runs in a thread"
_PROCESS: Final = "runs in a process of its own"
_LOADED: Final = "in memory already: Home Assistant's core, or its recorder where that runs"

WHY_NOT_BLOCKING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "__init__.py _config_entries_only": _LOADED,
        "__init__.py _lifecycle": _LOADED,
        "bridge/backtests.py _write": _THREAD,
        "bridge/credentials/aws.py _read": _THREAD,
        "bridge/curve.py async_show_curve": _LOADED,
        "bridge/recorded_heads.py _async_heads": _LOADED,
        "bridge/recorded_heads.py _heads": _THREAD,
        "research/runner.py work": _PROCESS,
    }
)
"""Every function that imports, and why that blocks nobody."""


def late_imports() -> Iterator[str]:
    """List the functions of the integration that import something, as ``file function``."""
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and any(
                isinstance(inner, (ast.Import, ast.ImportFrom)) for inner in ast.walk(node)
            ):
                yield f"{path.relative_to(ROOM)} {node.name}"


def test_no_import_blocks_the_event_loop() -> None:
    """Given the tree, then exactly those functions import that are known not to do it on the loop."""
    assert set(late_imports()) == set(WHY_NOT_BLOCKING)
