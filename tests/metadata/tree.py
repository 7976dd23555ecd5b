"""The files that are checked, read once each, and the problems found in them."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
import json
from pathlib import Path
from typing import Final, NamedTuple, cast

import yaml

DOMAIN: Final = "mexc_trading"


class Problem(NamedTuple):
    """Something wrong, and where."""

    file: str
    what: str


type Problems = Iterator[Problem]
type Table = dict[str, object]


class Unreadable(Exception):
    """A file that should hold a table does not."""


class Tree:
    """A checkout. Paths are given from the integration's folder; ``../../`` leads to the root of the repository."""

    def __init__(self, root: Path) -> None:
        """Look at the checkout in ``root``."""
        self.integration: Final = root / "custom_components" / DOMAIN
        self.modules: Final = cache(self._modules)
        """Every module of the integration, parsed, by its path."""

    def has(self, path: str) -> bool:
        """Whether a file exists."""
        return (self.integration / path).is_file()

    def json(self, path: str) -> Table:
        """Read a JSON file that holds an object. Raises :class:`Unreadable`, also for a key that stands there twice."""
        try:
            return as_table(json.loads((self.integration / path).read_text(), object_pairs_hook=_each_key_once))
        except ValueError as error:
            raise Unreadable(f"{path}: {error}") from error

    def yaml(self, path: str) -> Table:
        """Read a YAML file that holds a mapping. Raises :class:`Unreadable`."""
        try:
            return as_table(yaml.safe_load((self.integration / path).read_text()))
        except yaml.YAMLError as error:
            raise Unreadable(f"{path}: {error}") from error

    def _modules(self) -> dict[str, ast.Module]:
        files = sorted(self.integration.rglob("*.py"))
        return {str(file.relative_to(self.integration)): _parsed(file.read_text()) for file in files}


@cache
def _parsed(source: str) -> ast.Module:
    """Parse a source once; what else is read from it is remembered by the module, too."""
    return ast.parse(source)


type Check = Callable[[Tree], Problems]


def made(check: Check, tree: Tree) -> list[Problem]:
    """Run a check; a file that cannot be read is a problem of its own."""
    try:
        return list(check(tree))
    except (OSError, Unreadable) as error:
        return [Problem("", str(error))]


def as_table(value: object) -> Table:
    """Give a JSON object or YAML mapping as it is, and an empty one for anything else."""
    return cast("Table", value) if isinstance(value, dict) else {}


def flat(value: object, prefix: str = "") -> dict[str, str]:
    """List the texts of a nested table by their dotted path; items of a list have their index in it."""
    if not isinstance(value, dict | list):
        return {prefix: value if isinstance(value, str) else repr(value)}
    leaves: dict[str, str] = {}
    for key, below in value.items() if isinstance(value, dict) else enumerate(value):
        leaves |= flat(below, f"{prefix}.{key}" if prefix else str(key))
    return leaves


def texts_in(node: ast.AST) -> Iterator[str]:
    """List the text constants below a node."""
    for below in ast.walk(node):
        if isinstance(below, ast.Constant) and isinstance(below.value, str):
            yield below.value


def _each_key_once(pairs: list[tuple[str, object]]) -> Table:
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"keys stand twice: {sorted({key for key in keys if keys.count(key) > 1})}")
    return table
