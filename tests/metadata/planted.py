"""Planting defects: a copy of the integration, and edits that spoil it."""

from collections.abc import Callable
import json
from pathlib import Path
import shutil
import struct
from typing import Any, Final, NamedTuple

import yaml

from .shop import PNG, RULES
from .tree import DOMAIN, Check, Problem

ROOT: Final = Path(__file__).resolve().parent.parent.parent
HEAD: Final = PNG + b"\0\0\0\rIHDR"

type Edit = Callable[[Path], None]


class Defect(NamedTuple):
    """What it is, which check finds it, how it is made, what is said about it."""

    name: str
    check: Check
    edit: Edit
    problem: Problem


def copied(tmp_path: Path) -> Path:
    """Copy what is checked to a place where it may be spoiled; give the integration's folder."""
    integration = tmp_path / "custom_components" / DOMAIN
    shutil.copytree(ROOT / "custom_components" / DOMAIN, integration, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "hacs.json", tmp_path)
    return integration


def in_json(file: str, change: Callable[[Any], object]) -> Edit:
    """Change the content of a JSON file."""

    def edit(folder: Path) -> None:
        content = json.loads((folder / file).read_text())
        change(content)
        (folder / file).write_text(json.dumps(content, ensure_ascii=False))

    return edit


def in_yaml(file: str, change: Callable[[Any], object]) -> Edit:
    """Change the content of a YAML file."""

    def edit(folder: Path) -> None:
        content = yaml.safe_load((folder / file).read_text())
        change(content)
        (folder / file).write_text(yaml.safe_dump(content, sort_keys=False))

    return edit


def in_code(file: str, lines: str) -> Edit:
    """Add lines to a module."""

    def edit(folder: Path) -> None:
        (folder / file).write_text(f"{(folder / file).read_text()}\n{lines}\n")

    return edit


def written(file: str, content: bytes | str) -> Edit:
    """Write a file."""

    def edit(folder: Path) -> None:
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())

    return edit


def image(width: int, height: int) -> bytes:
    """Give the beginning of a PNG of a size."""
    return HEAD + struct.pack(">II", width, height)


def scale(**changes: object) -> str:
    """Write a quality scale with some answers changed; None leaves a rule out."""
    rules = dict.fromkeys(sorted(RULES), "done") | {rule.replace("_", "-"): answer for rule, answer in changes.items()}
    text: str = yaml.safe_dump({"rules": {rule: answer for rule, answer in rules.items() if answer is not None}})
    return text
