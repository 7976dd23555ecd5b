"""Which texts the code asks for, read from its source: entities, forms, errors, exceptions, issues, selectors."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, override

from .tree import Tree, texts_in

FLOWS: Final = {
    "ConfigFlow": "config",
    "OptionsFlow": "options",
    "ConfigSubentryFlow": "config_subentries.*",
    "NamedStrategyFlow": "config_subentries.*",
    "RepairsFlow": "issues.*.fix_flow",
}
"""Where the texts of a flow stand, by its base class."""

ERRORS: Final = ("config.error.", "options.error.", "config_subentries.*.error.", "issues.*.fix_flow.error.")
CONCERNS: Final = {"BadField", "Concern"}
"""Our values that carry the key of a form's error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A place in the translations that a line of code relies on; one of ``places`` has to exist (``*`` is any key).

    ``placeholders``: what the code fills in, where that is written beside the key; None where it is not.
    """

    file: str
    line: int
    places: tuple[str, ...]
    placeholders: frozenset[str] | None = None


def asked(tree: Tree) -> Iterator[Asked]:
    """List what the whole integration asks for."""
    for file, module in tree.modules().items():
        yield from _asked_in(file, module)


@cache
def _asked_in(file: str, module: ast.Module) -> tuple[Asked, ...]:
    reader = _Reader(file)
    reader.visit(module)
    return tuple(reader.found)


class _Reader(ast.NodeVisitor):
    """Walks a module and remembers inside which flow it is."""

    def __init__(self, file: str) -> None:
        self.found: list[Asked] = []
        self._file = file
        self._platform = "sensor" if file.startswith("sensors/") else file.removesuffix(".py")
        self._flows: list[str] = []

    @override
    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        flows = [FLOWS[name] for base in node.bases if (name := _last_name(base)) in FLOWS]
        self._flows += flows
        self.generic_visit(node)
        del self._flows[len(self._flows) - len(flows) :]

    @override
    def visit_Assign(self, node: ast.Assign) -> None:
        match node.targets, node.value:
            case [ast.Name(id="_attr_translation_key")], ast.Constant(value=str(key)):
                self._ask(node, f"entity.{self._platform}.{key}.name")
            case [ast.Subscript(value=ast.Name(id="errors"))], ast.Constant(value=str(key)):
                self._ask(node, *(place + key for place in ERRORS))
        self.generic_visit(node)

    @override
    def visit_Call(self, node: ast.Call) -> None:
        name = _last_name(node.func)
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        if (key := named.get("translation_key")) is not None:
            self._translated(node, name, [*texts_in(key)], _keys(named.get("translation_placeholders")))
        if name in CONCERNS and isinstance(key := named.get("key", *node.args[:1]), ast.Constant):
            self._ask(node, *(f"{place}{key.value!s}" for place in ERRORS))
        for flow in self._flows[-1:]:
            for step_id in texts_in(named.get("step_id", ast.Pass())):
                self._ask(node, f"{flow}.step.{step_id}", placeholders=None)
            if name == "async_abort":
                for reason in texts_in(named.get("reason", ast.Pass())):
                    self._ask(node, f"{flow}.abort.{reason}", placeholders=_keys(named.get("description_placeholders")))
        self.generic_visit(node)

    def _translated(self, node: ast.Call, called: str, keys: list[str], placeholders: frozenset[str] | None) -> None:
        for key in keys:
            if called.endswith("Description"):
                self._ask(node, f"entity.{self._platform}.{key}.name")
            elif called == "SelectSelectorConfig":
                self._ask(node, f"selector.{key}.options")
            elif called == "DeviceInfo":
                self._ask(node, f"device.{key}.name", placeholders=placeholders)
            elif called == "async_create_issue":
                self._ask(node, f"issues.{key}.title", placeholders=placeholders)
            else:
                self._ask(node, f"exceptions.{key}.message", placeholders=placeholders)

    def _ask(self, node: ast.expr | ast.stmt, *places: str, placeholders: frozenset[str] | None = None) -> None:
        self.found.append(Asked(file=self._file, line=node.lineno, places=places, placeholders=placeholders))


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value):
            return _last_name(value)
        case _:
            return ""


def _keys(node: ast.expr | None) -> frozenset[str] | None:
    """Give the keys of a dict that is written out; none written means none filled in; anything else is not known."""
    if node is None:
        return frozenset()
    if isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys):
        return frozenset(str(key.value) for key in node.keys if isinstance(key, ast.Constant))
    return None


def members(module: ast.Module, enum: str) -> list[str]:
    """List the values of an enumeration of texts; empty if the module has none of that name."""
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef) and node.name == enum:
            values = [statement.value for statement in node.body if isinstance(statement, ast.Assign)]
            return [str(value.value) for value in values if isinstance(value, ast.Constant)]
    return []
