"""The proofs that the page of guarantees names are there."""

from pathlib import Path
import re

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")


def missing(page: str) -> list[str]:
    """List the tests that a page names and nobody wrote."""
    named: list[tuple[str, str]] = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page)
    return [
        f"{file}::{test}"
        for file, test in named
        if not (ROOT / file).exists() or not re.search(rf"def {test}\b", (ROOT / file).read_text(encoding="utf-8"))
    ]


def test_every_named_proof_exists() -> None:
    """Given the page, when its tests are looked for, then each is there."""
    assert PAGE.count("::") > 20
    assert missing(PAGE) == []


def test_a_proof_that_is_gone_is_noticed() -> None:
    """Given a page with a name that nobody wrote, then it is told."""
    gone = "`tests/docs/test_guarantees.py::test_of_another_day`"
    assert missing(gone) == ["tests/docs/test_guarantees.py::test_of_another_day"]
