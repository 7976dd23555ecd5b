"""The pure packages have no clock, no chance, no floats and no outside: all comes through ports (design section 2).

What a decision depends on is then all in the journal, and replaying a signal gives the same bytes again.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOM: Final = Path(__file__).resolve().parent.parent / "custom_components" / "mexc_trading"

PURE: Final = ("model", "risk", "orders", "portfolio", "engine")

AT_WORK: Final = frozenset(
    {
        "engine/book.py",
        "engine/breath.py",
        "engine/keeping.py",
        "engine/listeners.py",
        "engine/mailbox.py",
        "engine/stepping.py",
        "engine/upkeep.py",
        "engine/worker.py",
    }
)
"""The engine's tasks: they wait, take and send with asyncio. What is decided is decided in the files beside them."""

MODULES: Final = frozenset(
    {
        "aiohttp", "asyncio", "http", "io", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil", "signal",
        "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib", "uuid",
    }
)  # fmt: skip
"""Importing one of these brings a clock, chance, storage or network within reach."""

CALLS: Final = frozenset(
    {
        "datetime.date.today", "datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow",
        "eval", "exec", "float", "hash", "id", "input", "open", "print",
    }
)  # fmt: skip
"""Calls that differ from run to run (``hash`` of text is salted) or round."""

MODULES_AT_WORK: Final = MODULES - {"asyncio"}


def dotted(node: ast.expr, names: dict[str, str]) -> str:
    """Give the full name of what a call calls, whatever it was imported as; empty if it has none."""
    match node:
        case ast.Name(id=name):
            return names.get(name, name)
        case ast.Attribute(value=value, attr=attribute):
            return f"{dotted(value, names)}.{attribute}"
        case _:
            return ""


def imported(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """List what a module imports from outside: line, the name it is known by here, the full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                yield node.lineno, alias.asname or top, alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                yield node.lineno, alias.asname or alias.name, f"{node.module}.{alias.name}"


def violations(source: str, modules: frozenset[str] = MODULES) -> list[str]:
    """List what is banned in a source text, each as ``line: what``."""
    tree = ast.parse(source)
    imports = list(imported(tree))
    names = {local: full for _, local, full in imports}
    found = [f"{line}: import {full}" for line, _, full in imports if full.partition(".")[0] in modules]
    calls = [(node.lineno, dotted(node.func, names)) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return found + [f"{line}: {called}()" for line, called in calls if called in CALLS]


def pure_files() -> list[str]:
    """List the files that are held to it, as paths inside the integration."""
    return sorted(str(path.relative_to(ROOM)) for package in PURE for path in (ROOM / package).rglob("*.py"))


@pytest.mark.parametrize("path", pure_files())
def test_nothing_banned(path: str) -> None:
    """Given a file of a pure package, then it reads no clock, draws no lot and touches nothing outside."""
    assert violations((ROOM / path).read_text(), MODULES_AT_WORK if path in AT_WORK else MODULES) == []


def test_every_pure_package_is_looked_at() -> None:
    """Given the tree, then each pure package has files, and the exceptions exist."""
    files = pure_files()
    assert {path.partition("/")[0] for path in files} == set(PURE)
    assert set(files) >= AT_WORK


@pytest.mark.parametrize(
    "planted",
    [
        "import time",
        "import time as t",
        "from time import monotonic_ns",
        "from datetime import datetime\nnow = datetime.now()",
        "import datetime\nnow = datetime.datetime.now(tz=zone)",
        "import datetime as dt\nnow = dt.datetime.utcnow()",
        "from datetime import date as day\nnow = day.today()",
        "import random",
        "from uuid import uuid4",
        "from os import urandom",
        "import urllib.request",
        "price = float('1')",
        "async def wait() -> None:\n    import asyncio\n    await asyncio.sleep(1)",
        "bucket = hash('BTCUSDT')",
        "text = open('file').read()",
    ],
)
def test_a_planted_violation_is_found(planted: str) -> None:
    """Given a file with one banned line, then it is named."""
    assert violations(planted)


def test_the_tasks_of_the_engine_may_wait_and_no_more() -> None:
    """Given a file of a task, then asyncio is allowed there, and a clock is not."""
    waiting = "import asyncio\n\n\nasync def wait() -> None:\n    await asyncio.sleep(1)"
    assert violations(waiting, MODULES_AT_WORK) == []
    assert violations("import time\n" + waiting, MODULES_AT_WORK) == ["1: import time"]


def test_what_is_pure_passes() -> None:
    """Given dates that are made from arguments and decimals from text, then nothing is found."""
    assert (
        violations(
            "from datetime import UTC, datetime\nfrom decimal import Decimal\nat = datetime.fromtimestamp(0, UTC)"
        )
        == []
    )
