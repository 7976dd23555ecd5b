"""The report is one page that loads nothing, holds what came of a run, and cannot be broken by names."""

from dataclasses import replace
from html.parser import HTMLParser
import re
from typing import override

import pytest

from custom_components.mexc_trading.model.ids import StrategyId
from custom_components.mexc_trading.research.backtest import backtest
from custom_components.mexc_trading.research.drawing import Range, around, ticks
from custom_components.mexc_trading.research.report import MARKS_MAX, report
from custom_components.mexc_trading.research.result import BacktestResult
from custom_components.mexc_trading.risk.limits import Limits
from tests.engine.market import BTC

from .market import D, rules, terms, walk

VOID = {"meta", "line"}


class Outline(HTMLParser):
    """Reads a page and keeps what it is made of; an end without a start is an error."""

    def __init__(self, page: str) -> None:
        """Read the page."""
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(page)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action")]
        if tag not in VOID:
            self.open.append(tag)

    @override
    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def result() -> BacktestResult:
    """Run something with trades and denials."""
    limits = Limits(symbols=frozenset({BTC}), cooldown_after_loss_s=1_800)
    return backtest(walk(4_000, 3), terms(limits), rules=rules())


def test_a_whole_page(result: BacktestResult) -> None:
    """Given a run, then its page is well formed, has three drawings and a mark for each end of a trade."""
    page = report(result)
    outline = Outline(page)
    assert outline.open == []
    assert outline.tags.count("svg") == 3
    assert outline.tags.count("polygon") == 2 * min(MARKS_MAX, len(result.trades)) + 1
    assert outline.links == []
    assert not re.search(r"https?:|url\(|@import|<script", page)
    assert "cooldown after loss" in page
    assert all(text[:40] in page for text in result.assumptions)
    assert "prefers-color-scheme:dark" in page


def test_a_run_without_trades() -> None:
    """Given a run in which everything was denied, then its page says so."""
    limits = Limits(symbols=frozenset({BTC}), max_notional_per_order=D(1))
    page = report(backtest(walk(500), terms(limits), rules=rules()))
    assert "There were none." in page
    assert Outline(page).open == []


def test_names_are_only_names(result: BacktestResult) -> None:
    """Given a strategy whose name and rules are markup, then they stand there as text."""
    page = report(replace(result, strategy=StrategyId("<script>x</script>"), rules=("close < 1 & 2", "<b>")))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "close &lt; 1 &amp; 2" in page
    assert "Recorded signals" in report(replace(result, rules=None))


def test_axes() -> None:
    """Given figures, then an axis has round marks inside them, and never an empty range."""
    assert ticks(Range(0, 10), 5) == [0, 2, 4, 6, 8, 10]
    assert ticks(Range(-0.13, 0.22), 4) == pytest.approx([-0.1, 0, 0.1, 0.2])
    assert around([5, 5]).low < 5 < around([5, 5]).high
    assert around([0, 0]) == Range(-1, 1)
