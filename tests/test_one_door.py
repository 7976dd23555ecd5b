"""There is one way to the venue, and it leads through the risk engine: shown from the source, call by call.

That an order without a decision is refused when it is made, and again by every venue, is shown where those are tested.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest

ROOM: Final = Path(__file__).resolve().parent.parent / "custom_components" / "mexc_trading"


class Door(NamedTuple):
    """Something that brings an order nearer to the venue: the name that is used, and the files that may use it."""

    name: str
    files: frozenset[str]


DOORS: Final = (
    # A decision comes from the gate. One about an order that is at the venue already permits no new one.
    Door("Decision", frozenset({"risk/decide.py", "engine/on_strays.py"})),
    # An order is made when its signal is decided, when it is tried again, and again when the journal is folded.
    Door("Order", frozenset({"engine/on_signal.py", "engine/again.py", "engine/fold.py", "engine/on_strays.py"})),
    # Sending is asked for where the intent is journaled.
    Door("SubmitOrder", frozenset({"engine/on_signal.py", "engine/again.py", "engine/worker.py"})),
    # A venue is asked by the worker; the client has one place that creates.
    Door("_venue.submit", frozenset({"engine/worker.py"})),
    Door("CREATE_ENTRY", frozenset({"exchange/mexc/spot.py", "exchange/mexc/endpoints.py"})),
    Door("CREATE_EXIT", frozenset({"exchange/mexc/spot.py", "exchange/mexc/endpoints.py"})),
    # Every venue asks for the permission.
    Door("require_permission", frozenset({"exchange/mexc/spot.py", "exchange/paper/book.py"})),
    # Nothing slips past a constructor.
    Door("__new__", frozenset({"risk/rules/result.py"})),
    Door("__setattr__", frozenset()),
)


def used(source: str) -> Iterator[str]:
    """Name what a source calls, by its last and its last two words, and the constants of tables that it mentions."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            words = ast.unparse(node.func).split(".")
            yield words[-1]
            yield ".".join(words[-2:])
        elif isinstance(node, ast.Attribute) and node.attr.isupper():
            yield node.attr
        elif isinstance(node, ast.Name) and node.id.isupper():
            yield node.id


@cache
def used_by_file() -> dict[str, frozenset[str]]:
    """Name what each file of the integration uses. A pattern to match on makes nothing, and is no use."""
    return {
        str(path.relative_to(ROOM)): frozenset(used(path.read_text(encoding="utf-8"))) for path in ROOM.rglob("*.py")
    }


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_nobody_else_uses_the_door(door: Door) -> None:
    """Given the whole integration, then exactly the named files use it."""
    assert {file for file, names in used_by_file().items() if door.name in names} == door.files


@pytest.mark.parametrize(
    ("planted", "name"),
    [
        ("await self._venue.submit(order)", "_venue.submit"),
        ("order = Order(order_id=name, decision=permit)", "Order"),
        ("made = model.order.Order(**fields)", "Order"),
        ("order = object.__new__(Order)", "__new__"),
        ("object.__setattr__(decision, 'verdict', Verdict.ALLOW)", "__setattr__"),
        ("await rest.once(endpoints.CREATE_ENTRY, params)", "CREATE_ENTRY"),
        ("effects = (SubmitOrder(order=order),)", "SubmitOrder"),
    ],
)
def test_a_planted_way_round_is_found(planted: str, name: str) -> None:
    """Given a line that goes another way, then it is noticed."""
    assert name in used(f"async def planted() -> None:\n    {planted}")


def test_the_outermost_doors_stand_behind_the_gate() -> None:
    """Given the file that sends, then what it sends is an order, and the venue's port takes nothing else."""
    port = ast.parse((ROOM / "engine" / "ports.py").read_text(encoding="utf-8"))
    (submit,) = [node for node in ast.walk(port) if isinstance(node, ast.AsyncFunctionDef) and node.name == "submit"]
    assert [ast.unparse(argument.annotation or ast.Constant(None)) for argument in submit.args.args[1:]] == [
        "Order",
        "Wanted",
    ]
