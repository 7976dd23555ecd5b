"""What the pages point at is there: other pages and their headings, files of the source, programs."""

from collections.abc import Iterator
from pathlib import Path
import re

import pytest

ROOT = Path(__file__).resolve().parents[2]
INTEGRATION = ROOT / "custom_components" / "mexc_trading"
BLUEPRINTS = ROOT / "blueprints" / "automation" / "mexc_trading"
PAGES = (ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md")))

ROOMS = "|".join(path.name for path in (*ROOT.iterdir(), *INTEGRATION.iterdir()) if path.is_dir())
"""Folders that a path on a page may begin with."""

NOT_OURS = frozenset({"configuration.yaml", "reports/browser/", "tests/exchange/chaos/once_bad/"})
"""The user's own file, and folders that a run makes."""


def _prose(text: str) -> str:
    """Leave out blocks of code."""
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


def _anchors(page: Path) -> set[str]:
    """Give the anchors of a page's headings, as GitHub makes them."""
    headings: list[str] = re.findall(r"^#+ (.*)$", _prose(page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def _targets(page: Path, text: str) -> Iterator[tuple[str, Path, str]]:
    """Give the links of a page into this repository: as written, the file, the anchor."""
    links: list[str] = re.findall(r"\]\(([^)\s]+)\)", _prose(text))
    for link in links:
        if not link.startswith("https://"):
            name, _, anchor = link.partition("#")
            yield link, (page.parent / name).resolve() if name else page, anchor


def dead(page: Path, text: str) -> Iterator[str]:
    """List what a page points at and nobody finds."""
    for link, target, anchor in _targets(page, text):
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            yield link
    named: list[str] = re.findall(rf"`((?:{ROOMS})/[\w./*-]*|[\w*]+\.(?:py|yaml))(?:[: ][^`]*)?`", text)
    for name in named:
        if name not in NOT_OURS and not any(
            any(folder.glob(name.rstrip("/"))) for folder in (ROOT, INTEGRATION, BLUEPRINTS)
        ):
            yield name
    modules: list[str] = re.findall(r"python -m ([\w.]+)", text)
    for module in modules:
        path = ROOT / module.replace(".", "/")
        if not path.with_suffix(".py").exists() and not (path / "__main__.py").exists():
            yield module
    programs: list[str] = re.findall(r"\bscripts/\w+", text)
    yield from (program for program in programs if not (ROOT / program).exists())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_everything_that_a_page_points_at_is_there(page: Path) -> None:
    """Given a page, when its links, headings, files and programs are looked for, then all are there."""
    assert list(dead(page, page.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "text",
    [
        "[a page](docs/of_another_day.md)",
        "[a heading](docs/using.md#of-another-day)",
        "`engine/of_another_day.py`",
        "`of_another_day.yaml`",
        "python -m tests.of_another_day",
        "scripts/of_another_day",
    ],
)
def test_what_is_gone_is_noticed(text: str) -> None:
    """Given a page that points at something that is gone, then it is told."""
    assert len(list(dead(ROOT / "README.md", text))) == 1


def test_every_page_is_found_from_the_readme() -> None:
    """Given somebody who begins with the README, when they follow links, then they can reach every page."""
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            text = page.read_text(encoding="utf-8")
            waiting += [target for _, target, _ in _targets(page, text) if target.suffix == ".md"]
    assert set(PAGES) - reached == set()
