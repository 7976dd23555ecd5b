"""The actions: the registered ones, their fields and selectors, and their texts are the same."""

import ast
from collections.abc import Iterator
from typing import Final

import probatio as vol

from homeassistant.helpers.selector import validate_selector

from .texts import ENGLISH
from .tree import Problem, Problems, Table, Tree, as_table

FILE: Final = "services.yaml"
REGISTER: Final = {
    "async_register",
    "async_register_admin_service",
    "async_register_platform_entity_service",
    "Action",
}
FIELD: Final = {"advanced", "default", "example", "filter", "required", "selector"}


def check_actions(tree: Tree) -> Problems:
    """Check that code, file and texts name the same actions with the same fields."""
    if not tree.has(FILE):
        return
    actions = {name: as_table(action) for name, action in tree.yaml(FILE).items() if not name.startswith(".")}
    english = tree.json(ENGLISH)
    texts = {name: as_table(text) for name, text in as_table(english.get("services")).items()}
    registered = set(_registered(tree))
    for name in sorted(registered - actions.keys()):
        yield Problem(FILE, f"{name} is registered and not described")
    for name in sorted(actions.keys() - registered):
        yield Problem(FILE, f"{name} is described and not registered")
    for name in sorted(texts.keys() - actions.keys()):
        yield Problem(ENGLISH, f"services.{name}: there is no such action")
    selectors = as_table(english.get("selector"))
    for name, action in actions.items():
        for key in action.keys() - {"fields", "target"}:
            yield Problem(FILE, f"{name}.{key} is not a key of an action")
        fields = dict(_fields(action))
        yield from _texts(name, texts.get(name, {}), fields)
        for key, field in fields.items():
            yield from _field(f"{name}.fields.{key}", field, selectors)


def _registered(tree: Tree) -> Iterator[str]:
    """List the actions that the code registers: a text among the arguments, or as ``name``."""
    places = [module for path, module in tree.modules().items() if path == "services.py" or path.startswith("actions/")]
    for node in (node for module in places for node in ast.walk(module)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in REGISTER:
            arguments = [*node.args[:3], *(keyword.value for keyword in node.keywords if keyword.arg == "name")]
            yield from (one.value for one in arguments if isinstance(one, ast.Constant) and isinstance(one.value, str))


def _fields(action: Table) -> Iterator[tuple[str, Table]]:
    """List an action's fields, those inside sections too."""
    for key, value in as_table(action.get("fields")).items():
        field = as_table(value)
        if "fields" in field:
            yield from _fields(field)
        else:
            yield key, field


def _texts(name: str, texts: Table, fields: dict[str, Table]) -> Problems:
    """Check that an action and each of its fields has a name and a description."""
    for key in ("name", "description"):
        if key not in texts:
            yield Problem(ENGLISH, f"services.{name}.{key} is missing")
    described = as_table(texts.get("fields"))
    for field in sorted(fields.keys() - described.keys()):
        yield Problem(ENGLISH, f"services.{name}.fields.{field} is missing")
    for field in sorted(described.keys() - fields.keys()):
        yield Problem(ENGLISH, f"services.{name}.fields.{field}: there is no such field")
    for field in sorted(described.keys() & fields.keys()):
        for key in {"name", "description"} - as_table(described[field]).keys():
            yield Problem(ENGLISH, f"services.{name}.fields.{field}.{key} is missing")


def _field(name: str, field: Table, selectors: Table) -> Problems:
    """Check one field: its keys, its selector, and that the selector's options have texts."""
    for key in field.keys() - FIELD:
        yield Problem(FILE, f"{name}.{key} is not a key of a field")
    if "selector" not in field:
        yield Problem(FILE, f"{name} has no selector")
        return
    try:
        validate_selector(field["selector"])
    except vol.Invalid as error:
        yield Problem(FILE, f"{name}.selector: {error}")
        return
    select = as_table(as_table(field["selector"]).get("select"))
    options = select.get("options")
    if "translation_key" in select and isinstance(options, list):
        texts = as_table(as_table(selectors.get(str(select["translation_key"]))).get("options"))
        for option in options:
            if option not in texts:
                yield Problem(ENGLISH, f"selector.{select['translation_key']}.options.{option} is missing")
