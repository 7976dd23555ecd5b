"""What stands on the pages in one language: our own texts, and those of Home Assistant's frontend."""

from functools import cache
import json
from pathlib import Path
from typing import Final

import hass_frontend

_OURS: Final = Path(__file__).resolve().parents[2] / "custom_components" / "mexc_trading" / "translations"


class Words:
    """The texts of one language, by the names that the sources give them."""

    def __init__(self, language: str) -> None:
        """Read both vocabularies. ``language`` is a short code, as ``fr``."""
        self.language = language

    def __call__(self, place: str, **filled: str) -> str:
        """Give one of our texts by its place, with its placeholders filled in: ``config.step.user.title``."""
        return _ours(self.language)[place].format(**filled)

    def frontend(self, place: str) -> str:
        """Give one of the frontend's texts: ``ui.panel.config.repairs.caption``."""
        return _frontend(self.language)[place]


@cache
def _ours(language: str) -> dict[str, str]:
    return _flat(json.loads((_OURS / f"{language}.json").read_text(encoding="utf-8")))


@cache
def _frontend(language: str) -> dict[str, str]:
    """Join the frontend's vocabularies: one for all pages, one more for each part of it."""
    texts: dict[str, str] = {}
    for file in sorted((Path(str(hass_frontend.where())) / "static" / "translations").rglob(f"{language}-*.json")):
        # Files are named by language and digest; `en-GB-…` is another language than `en-…`.
        if file.stem.count("-") == 1:
            texts |= json.loads(file.read_text(encoding="utf-8"))
    return texts


def _flat(tree: dict[str, object], path: str = "") -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, node in tree.items():
        place = f"{path}.{name}" if path else name
        texts |= _flat(node, place) if isinstance(node, dict) else {place: str(node)}
    return texts
