"""A published JSON Schema made into a function: exactly what the file says is enforced, in microseconds.

A general validator reads the schema anew for each document, which took a tenth of the way from a signal to its order.
Here every keyword becomes a closure once. Only the keywords of JSON Schema 2020-12 that our schemas use are known; a
schema with another one is not compiled at all, so that nothing in the file goes unenforced. That this says of every
document what the reference implementation says is shown by ``tests/bridge/test_schema.py``.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
import re
from typing import Final, NamedTuple, cast

from ..orders.identity import Document

type Path = tuple[str | int, ...]
type Node = Mapping[str, object]


class Violation(NamedTuple):
    """One keyword that a document breaks, and where; a field that is missing is named as if it were there."""

    path: Path
    keyword: str
    depth: int
    """How deep what was checked lies: what is wrong further out explains what is wrong inside."""


type Found = list[Violation]
type Check = Callable[[Document, Path, Found], None]
type Nested = Callable[[object], Check]


class UnknownKeyword(ValueError):
    """A schema says something that would not be enforced. A bug: our schemas come with the code."""


def compiled(schema: Node) -> Check:
    """Compile a schema. Raises :class:`UnknownKeyword`, KeyError for a reference that leads nowhere."""
    definitions = cast("Mapping[str, Node]", schema.get("$defs", {}))

    def nested(part: object) -> Check:
        """Compile a part of the schema."""
        node = cast("Node", part)
        if unknown := node.keys() - _KEYWORDS.keys() - _SILENT - {_REFERENCE}:
            raise UnknownKeyword(", ".join(sorted(unknown)))
        checks = [_KEYWORDS[keyword](node, nested) for keyword in node if keyword in _KEYWORDS]
        if _REFERENCE in node:
            checks.append(nested(definitions[str(node[_REFERENCE]).removeprefix("#/$defs/")]))
        return _all_of(checks)

    return nested(schema)


def violations(check: Check, document: Document) -> Found:
    """Give everything that is wrong with a document: the outermost first, then as the schema names them.

    A field that is ruled out comes before others of its depth: how it should look is of no use to its sender.
    """
    found: Found = []
    check(document, (), found)
    found.sort(key=lambda violation: (violation.depth, violation.keyword != "not"))
    return found


def json_path(path: Path) -> str:
    """Write a place as JSONPath."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


_REFERENCE: Final = "$ref"
_SILENT: Final = frozenset({"$comment", "$defs", "$id", "$schema", "description", "else", "format", "then", "title"})
"""What is said to readers, and what ``if`` speaks for."""

_TYPES: Final[Mapping[object, tuple[type, ...]]] = {
    "array": (list,),
    "integer": (int,),
    "number": (int, Decimal),
    "object": (dict,),
    "string": (str,),
}


def _all_of(checks: list[Check]) -> Check:
    if len(checks) == 1:
        return checks[0]

    def check(value: Document, path: Path, found: Found) -> None:
        for each in checks:
            each(value, path, found)

    return check


def _holds(check: Check, value: Document) -> bool:
    found: Found = []
    check(value, (), found)
    return not found


def _broken_by(keyword: str, is_broken: Callable[[Document], bool]) -> Check:
    """Make a check of a question about the value alone."""

    def check(value: Document, path: Path, found: Found) -> None:
        if is_broken(value):
            found.append(Violation(path, keyword, len(path)))

    return check


def _type(node: Node, nested: Nested) -> Check:
    del nested
    names = cast("list[str]", node["type"] if isinstance(node["type"], list) else [node["type"]])
    accepted = tuple(kind for name in names for kind in _TYPES[name])
    return _broken_by("type", lambda value: not isinstance(value, accepted) or isinstance(value, bool))


def _const(node: Node, nested: Nested) -> Check:
    del nested
    (wanted,) = _plain([node["const"]])
    return _broken_by("const", lambda value: value != wanted or isinstance(value, bool))


def _enum(node: Node, nested: Nested) -> Check:
    del nested
    wanted = _plain(cast("list[object]", node["enum"]))
    return _broken_by("enum", lambda value: value not in wanted or isinstance(value, bool))


def _plain(values: list[object]) -> list[object]:
    """Take texts and whole numbers, which are equal when Python says so; of others JSON Schema has its own idea."""
    if any(type(value) not in {str, int} for value in values):
        raise UnknownKeyword("a constant that is neither text nor whole number")
    return values


def _pattern(node: Node, nested: Nested) -> Check:
    del nested
    search = re.compile(cast("str", node["pattern"])).search
    return _broken_by("pattern", lambda value: isinstance(value, str) and search(value) is None)


def _sized(keyword: str, kind: type, *, at_most: bool) -> Callable[[Node, Nested], Check]:
    """Make a keyword that bounds the length of values of one kind."""

    def make(node: Node, nested: Nested) -> Check:
        del nested
        bound = cast("int", node[keyword])
        if at_most:
            return _broken_by(keyword, lambda value: isinstance(value, kind) and len(cast("str", value)) > bound)
        return _broken_by(keyword, lambda value: isinstance(value, kind) and len(cast("str", value)) < bound)

    return make


def _bounded(keyword: str, is_broken: Callable[[int | Decimal, int], bool]) -> Callable[[Node, Nested], Check]:
    """Make a keyword that bounds numbers."""

    def make(node: Node, nested: Nested) -> Check:
        del nested
        bound = cast("int", node[keyword])
        return _broken_by(
            keyword,
            lambda value: isinstance(value, (int, Decimal)) and not isinstance(value, bool) and is_broken(value, bound),
        )

    return make


def _required(node: Node, nested: Nested) -> Check:
    del nested
    names = cast("list[str]", node["required"])

    def check(value: Document, path: Path, found: Found) -> None:
        if isinstance(value, dict):
            for name in names:
                if name not in value:
                    found.append(Violation((*path, name), "required", len(path)))
                    return

    return check


def _properties(node: Node, nested: Nested) -> Check:
    checks = {name: nested(inner) for name, inner in cast("Mapping[str, object]", node["properties"]).items()}

    def check(value: Document, path: Path, found: Found) -> None:
        if isinstance(value, dict):
            for name, inner in checks.items():
                if name in value:
                    inner(value[name], (*path, name), found)

    return check


def _additional(node: Node, nested: Nested) -> Check:
    del nested
    if node["additionalProperties"] is not False:
        raise UnknownKeyword("additionalProperties with a schema")
    known = frozenset(cast("Mapping[str, object]", node["properties"]))
    return _broken_by("additionalProperties", lambda value: isinstance(value, dict) and not known.issuperset(value))


def _items(node: Node, nested: Nested) -> Check:
    inner = nested(node["items"])

    def check(value: Document, path: Path, found: Found) -> None:
        if isinstance(value, list):
            for number, each in enumerate(value):
                inner(each, (*path, number), found)

    return check


def _if(node: Node, nested: Nested) -> Check:
    condition = nested(node["if"])
    then, otherwise = nested(node.get("then", {})), nested(node.get("else", {}))

    def check(value: Document, path: Path, found: Found) -> None:
        (then if _holds(condition, value) else otherwise)(value, path, found)

    return check


def _every(node: Node, nested: Nested) -> Check:
    return _all_of([nested(each) for each in cast("list[object]", node["allOf"])])


def _one_of(node: Node, nested: Nested) -> Check:
    ways = [nested(each) for each in cast("list[object]", node["oneOf"])]
    return _broken_by("oneOf", lambda value: sum(_holds(way, value) for way in ways) != 1)


def _not(node: Node, nested: Nested) -> Check:
    ruled_out = nested(node["not"])
    return _broken_by("not", lambda value: _holds(ruled_out, value))


_KEYWORDS: Final[Mapping[str, Callable[[Node, Nested], Check]]] = {
    "additionalProperties": _additional,
    "allOf": _every,
    "const": _const,
    "enum": _enum,
    "exclusiveMinimum": _bounded("exclusiveMinimum", lambda value, bound: value <= bound),
    "if": _if,
    "items": _items,
    "maxItems": _sized("maxItems", list, at_most=True),
    "maxLength": _sized("maxLength", str, at_most=True),
    "maxProperties": _sized("maxProperties", dict, at_most=True),
    "maximum": _bounded("maximum", lambda value, bound: value > bound),
    "minItems": _sized("minItems", list, at_most=False),
    "minLength": _sized("minLength", str, at_most=False),
    "minProperties": _sized("minProperties", dict, at_most=False),
    "minimum": _bounded("minimum", lambda value, bound: value < bound),
    "not": _not,
    "oneOf": _one_of,
    "pattern": _pattern,
    "properties": _properties,
    "required": _required,
    "type": _type,
}
