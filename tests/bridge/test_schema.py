"""The compiled schema says of every document what the reference implementation says, and where."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from decimal import Decimal
from itertools import combinations
import json
from pathlib import Path
from typing import Any, Final, cast

from hypothesis import given, strategies as st
from jsonschema import Draft202012Validator
import pytest

from custom_components.mexc_trading.bridge.schema import UnknownKeyword, compiled, json_path, violations
from custom_components.mexc_trading.orders.identity import Document

from .test_intake import ENTRY, EXIT

SCHEMA: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "custom_components/mexc_trading/schemas/signal.v1.json").read_text(encoding="utf-8")
)
CHECK: Final = compiled(SCHEMA)
REFERENCE: Final = Draft202012Validator(SCHEMA)

ODD: Final[tuple[object, ...]] = (
    None, True, False, 0, 1, -1, 2, 86_400, 86_401, 10**45, Decimal("1.0"), Decimal("0.0"), Decimal("-0.5"),
    "", "1", "0", "-1", "1.5", "1e5", "1E+99", "1e100", ".5", "٣", "1\n", "1" * 60, "1" * 61, "enter", "exit", "buy",
    "sell", "market", "limit", "BTC_USDT", "btc", "B", "B" * 40, "B" * 41, "!" * 128, "!" * 129, "é", "a b", "\x7f",
    "r" * 256, "r" * 257, "\ud800", "2026-11-22T15:00:02Z", "2026-11-22T15:00:02.123456789+01:00", "2026-11-22", [], {},
    [{}], [[]], [1], {"type": "market"}, {"type": "limit", "price": 1}, {"type": "market", "price": "1"},
    {"price": "1"}, {"percent": "1"}, {"price": 2}, {"percent": "1", "price": "1"}, {"risk_percent": "1"},
    {"quantity": Decimal("0.1")},
    {"notional": "1", "quantity": "1"}, {"stop_loss": {"percent": "1"}}, {"take_profit": []},
    {"take_profit": [{"share": "1"}]}, {"take_profit": [{"price": "1", "percent": "1", "share": "1"}]},
    {"take_profit": [{"price": "1", "share": "1"}] * 10}, {"take_profit": [{"price": "1", "share": "1"}] * 11},
    {"unknown": 1},
)  # fmt: skip
"""Values at and beyond the edges of every keyword, and whole fields of the wrong shape."""


def ours(document: object) -> set[tuple[str, str]]:
    """Name what the compiled schema finds: where, and the keyword."""
    return {(json_path(each.path), each.keyword) for each in violations(CHECK, cast("Document", document))}


def theirs(document: object) -> set[tuple[str, str]]:
    """Name what the reference implementation finds; of fields that are missing in one place only the first."""
    found = set()
    for error in REFERENCE.iter_errors(document):
        path = error.json_path
        if error.validator == "required":
            path += "." + next(name for name in error.validator_value if name not in error.instance)
        found.add((path, str(error.validator)))
    return found


def places(document: Mapping[str, Any], path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """List every place of a document where a value stands."""
    for name, value in document.items():
        yield (*path, name)
        if isinstance(value, dict):
            yield from places(value, (*path, name))
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                yield from places(inner, (*path, name, number))


def changed(document: dict[str, Any], path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """Give the document with another value in one place; ``...``: with none."""
    copy: Any = deepcopy(document)
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return cast("dict[str, Any]", copy)


@pytest.mark.parametrize("document", [ENTRY, EXIT], ids=["entry", "exit"])
def test_every_odd_value_in_every_place_is_judged_alike(document: dict[str, Any]) -> None:
    """Given signals with each odd value, or none, in each of their places, then both find the same faults there."""
    fields = [(name,) for name in SCHEMA["properties"]]
    judged = [
        changed(document, path, value)
        for path in {*places(document), *fields, ("unknown",)}
        for value in (*ODD, ...)
        if value is not ... or path[0] in document
    ]

    assert not [(each, ours(each), theirs(each)) for each in judged if ours(each) != theirs(each)]
    assert {bool(theirs(each)) for each in judged} == {True, False}


def test_two_fields_changed_together_are_judged_alike() -> None:
    """Given conditions between fields, then they are judged alike whatever stands in both."""
    values = {
        "action": ("enter", "exit", "flip", ...),
        "side": ("buy", "sell", 1, ...),
        "size": ({"risk_percent": "1"}, {"quantity": "1"}, {"notional": "1", "risk_percent": 2}, [], ...),
        "protect": ({"stop_loss": {"percent": "1"}}, {"take_profit": [{"price": "2", "share": 1}]}, {}, ...),
        "order": ({"type": "market"}, {"type": "market", "price": "1"}, {"type": "ioc"}, {"price": "x"}, 7, ...),
    }
    judged = [
        changed(changed(ENTRY, (one,), first), (other,), second)
        for one, other in combinations(values, 2)
        for first in values[one]
        for second in values[other]
    ]

    assert not [(each, ours(each), theirs(each)) for each in judged if ours(each) != theirs(each)]


AMOUNTS: Final = st.one_of(
    st.from_regex(r"\A[0-9]{1,4}(\.[0-9]{1,3})?\Z"), st.decimals(allow_nan=False, allow_infinity=False), st.integers()
)
ANYTHING: Final = st.recursive(
    st.sampled_from(ODD) | AMOUNTS | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(ENTRY)), inner, max_size=3),
    max_leaves=6,
)


def mostly(good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw what the schema wants, and now and then something else."""
    return st.integers(0, 9).flatmap(lambda chance: good if chance else ANYTHING)


LEVELS: Final = mostly(st.fixed_dictionaries({}, optional={"percent": mostly(AMOUNTS), "price": mostly(AMOUNTS)}))
STEPS: Final = st.fixed_dictionaries(
    {}, optional={name: mostly(AMOUNTS) for name in ("percent", "price", "share", "odd")}
)
SIGNALS: Final = st.fixed_dictionaries(
    {
        "schema_version": mostly(st.just(1)),
        "signal_id": mostly(st.just("id")),
        "issued_at": mostly(st.just("2026-11-22T15:00:02Z")),
        "symbol": mostly(st.just("BTCUSDT")),
        "action": mostly(st.sampled_from(["enter", "exit"])),
    },
    optional={
        "side": mostly(st.sampled_from(["buy", "sell"])),
        "order": mostly(
            st.fixed_dictionaries(
                {"type": mostly(st.sampled_from(["market", "limit", "fok"]))}, optional={"price": mostly(AMOUNTS)}
            )
        ),
        "size": mostly(
            st.dictionaries(
                st.sampled_from(["quantity", "notional", "equity_percent", "risk_percent"]), mostly(AMOUNTS), max_size=2
            )
        ),
        "protect": mostly(
            st.fixed_dictionaries({}, optional={"stop_loss": LEVELS, "take_profit": mostly(st.lists(STEPS))})
        ),
        "valid_for": mostly(st.integers(0, 90_000)),
        "reason": mostly(st.text(max_size=8)),
        "odd": st.none(),
    },
)


@given(document=SIGNALS | ANYTHING)
def test_any_document_is_judged_alike(document: object) -> None:
    """Given any document, near to a signal or not, then both find the same faults in the same places."""
    assert ours(document) == theirs(document)


@given(document=SIGNALS)
def test_what_is_wrong_further_out_is_told_first(document: object) -> None:
    """Given several faults, then the first that is told lies no deeper than any other."""
    found = violations(CHECK, cast("Document", document))

    assert [each.depth for each in found] == sorted(each.depth for each in found)


def test_a_field_that_is_ruled_out_is_told_before_how_it_should_look() -> None:
    """Given a price that a market order does not take, and that is none, then its sender hears that it must not be."""
    document = changed(ENTRY, ("order",), {"type": "market", "price": "dear"})

    assert [each.keyword for each in violations(CHECK, cast("Document", document))] == ["not", "pattern"]


@pytest.mark.parametrize(
    "schema",
    [
        {"contains": {}},
        {"properties": {"a": {"multipleOf": 2}}},
        {"allOf": [{"if": {"dependentRequired": {}}}]},
        {"properties": {}, "additionalProperties": {"type": "string"}},
        {"const": True},
        {"enum": ["a", None]},
        {"enum": [[]]},
    ],
)
def test_a_keyword_that_would_not_be_enforced_is_not_compiled(schema: dict[str, object]) -> None:
    """Given a schema that says more than the compiler knows, then it is refused as a whole."""
    with pytest.raises(UnknownKeyword):
        compiled(schema)


def test_a_reference_that_leads_nowhere_is_not_compiled() -> None:
    """Given a reference to a definition that is not there, then the schema is refused."""
    with pytest.raises(KeyError):
        compiled({"$ref": "#/$defs/amount"})


def test_a_reference_counts_beside_what_stands_with_it() -> None:
    """Given a reference with a keyword of the same name beside it, then both hold."""
    check = compiled({"$defs": {"short": {"maxLength": 2}}, "$ref": "#/$defs/short", "maxLength": 3})

    assert [len(violations(check, text)) for text in ("ab", "abc", "abcd")] == [0, 1, 2]
