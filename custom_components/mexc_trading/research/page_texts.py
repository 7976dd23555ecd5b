"""The words of a backtest's page in one language, and its figures as that language writes them."""

from collections.abc import Mapping
import json
from pathlib import Path
from typing import Final

from .result import Assumption

NOTHING: Final = "\N{EN DASH}"
"""Stands where there is no figure."""

_MINUS: Final = "\N{MINUS SIGN}"
_ENGLISH: Final = Path(__file__).parents[1] / "translations" / "en.json"


class PageTexts:
    """One language's texts, by where they stand: those of the page under ``backtest``, rules under ``words.rule``."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Take the texts of one language; every one of the page must be among them."""
        self._texts = texts
        self._signs = str.maketrans({"-": _MINUS, ".": texts["measure.point"], ",": texts["measure.group"]})

    def text(self, place: str, **filled: str) -> str:
        """Give a text of the page with its placeholders filled in."""
        return self._texts[f"backtest.{place}"].format(**filled)

    def rule(self, name: str) -> str:
        """Give what people call a rule of the risk engine."""
        return self._texts[f"words.rule.{name}"]

    def figure(self, value: float | None, pattern: str) -> str:
        """Write a figure by a pattern of Python's, as ``+,.2f``."""
        return NOTHING if value is None else self.signed(format(value, pattern))

    def signed(self, written: str) -> str:
        """Give what was written with this language's signs for decimals, thousands and what is below zero."""
        return written.translate(self._signs)

    def assumption(self, taken: Assumption) -> str:
        """Say one thing that a run takes for true."""
        filled = {name: self.signed(value) for name, value in taken.filled}
        return self.text(f"assumptions.{taken.key}", **filled)


def english() -> PageTexts:
    """Read the English texts, for the command line. Blocking."""
    return texts_of(json.loads(_ENGLISH.read_text(encoding="utf-8"))["common"])


def texts_of(tree: Mapping[str, object]) -> PageTexts:
    """Take the texts as they stand in a file of translations under ``common``."""
    texts: dict[str, str] = {}
    _gather(tree, "", texts)
    return PageTexts(texts)


def _gather(tree: Mapping[str, object], place: str, texts: dict[str, str]) -> None:
    """Write a tree of texts by their places."""
    for key, branch in tree.items():
        if isinstance(branch, dict):
            _gather(branch, f"{place}{key}.", texts)
        else:
            texts[place + key] = str(branch)
