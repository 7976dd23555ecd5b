"""The manifest: its keys, their order and values, and that its dependencies are those of the code."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
import re
from typing import Final

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
from packaging.requirements import InvalidRequirement, Requirement

from .tree import DOMAIN, Problem, Problems, Tree

FILE: Final = "manifest.json"
STRATEGIES: Final = [
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.PEP440,
]
IOT_CLASSES: Final = {
    "assumed_state", "calculated", "cloud_polling", "cloud_push", "local_polling", "local_push",
}  # fmt: skip

FOUND_BY_NAME: Final = {
    "binary_sensor", "button", "diagnostics", "event", "logbook", "number", "repairs", "select", "sensor", "switch",
    "system_health",
}  # fmt: skip
"""Components that Home Assistant loads, or that load us, because of a file's name: not dependencies."""


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _https(value: object) -> bool:
    return isinstance(value, str) and value.startswith("https://") and "www.home-assistant.io" not in value


def _version(value: object) -> bool:
    return isinstance(value, str) and AwesomeVersion(value).strategy in STRATEGIES


RULES: Final[dict[str, Callable[[object], bool]]] = {
    "domain": lambda value: value == DOMAIN,
    "name": lambda value: isinstance(value, str) and bool(value.strip()),
    "after_dependencies": _texts,
    "categories": lambda value: _texts(value) and bool(value),
    "codeowners": lambda value: (
        _texts(value) and bool(value) and all(str(one).startswith("@") for one in _listed(value))
    ),
    "config_flow": lambda value: value is True,
    "connectivity": lambda value: _texts(value) and bool(value),
    "dependencies": _texts,
    "documentation": _https,
    "integration_type": lambda value: value in {"hub", "service"},
    "iot_class": lambda value: value in IOT_CLASSES,
    "issue_tracker": _https,
    "loggers": _texts,
    "quality_scale": lambda value: value == "custom",
    "requirements": _texts,
    "version": _version,
}
"""Every key that a manifest of ours may have, and what makes its value right."""

REQUIRED: Final = (
    "domain", "name", "codeowners", "config_flow", "documentation", "integration_type", "iot_class", "issue_tracker",
    "requirements", "version",
)  # fmt: skip
"""What the loader, the official validator or HACS ask for."""


def check_manifest(tree: Tree) -> Problems:
    """Check keys, order and values."""
    manifest = tree.json(FILE)
    for key in REQUIRED:
        if key not in manifest:
            yield Problem(FILE, f"{key} is missing")
    for key, value in manifest.items():
        if key not in RULES:
            yield Problem(FILE, f"{key} is not a key of a manifest")
        elif not RULES[key](value):
            yield Problem(FILE, f"{key} must not be {value!r}")
    first = [key for key in ("domain", "name") if key in manifest]
    wanted = first + sorted(manifest.keys() - {"domain", "name"})
    if list(manifest) != wanted:
        yield Problem(FILE, f"keys stand in the order {', '.join(wanted)}")
    if manifest.get("config_flow") and not tree.has("config_flow.py"):
        yield Problem("config_flow.py", "is missing")


def check_requirements(tree: Tree) -> Problems:
    """Check that no requirement fights the versions that Home Assistant holds its installations to."""
    held = dict(_constraints())
    for text in map(str, _listed(tree.json(FILE).get("requirements"))):
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            yield Problem(FILE, f"{text!r} is not a requirement")
            continue
        if " " in text:
            yield Problem(FILE, f"{text!r} has a space")
        if any(part.operator in {"==", "==="} for part in requirement.specifier):
            yield Problem(FILE, f"{text} is pinned, which breaks when Home Assistant's version moves")
        version = held.get(requirement.name.lower())
        if version is not None and version not in requirement.specifier:
            yield Problem(FILE, f"{text} excludes {version}, which Home Assistant installs")


def check_dependencies(tree: Tree) -> Problems:
    """Check that each component that the code imports is declared, and that ours has a schema for its YAML."""
    manifest = tree.json(FILE)
    declared = {*_listed(manifest.get("dependencies")), *_listed(manifest.get("after_dependencies"))}
    for file, module in tree.modules().items():
        for component in sorted(_components(module) - declared - FOUND_BY_NAME):
            yield Problem(file, f"imports the component {component}, which the manifest does not declare")
    names = set(_defined(tree.modules()["__init__.py"]))
    if "async_setup" in names and "CONFIG_SCHEMA" not in names:
        yield Problem("__init__.py", "has async_setup and no CONFIG_SCHEMA")


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _constraints() -> Iterator[tuple[str, str]]:
    """Read what the installed Home Assistant fixes exactly, as name and version."""
    spec = find_spec("homeassistant")
    assert spec is not None
    assert spec.origin is not None
    for line in Path(spec.origin).with_name("package_constraints.txt").read_text().splitlines():
        if match := re.fullmatch(r"([\w.-]+)==([\w.]+)", line.strip()):
            yield match[1].lower(), match[2]


@cache
def _components(module: ast.Module) -> frozenset[str]:
    """List the components of Home Assistant that a module imports."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module == "homeassistant.components":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("homeassistant.components."):
            found.add((node.module or "").split(".")[2])
    return frozenset(found)


def _defined(module: ast.Module) -> Iterator[str]:
    for node in module.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name
