"""The report is one page that loads nothing, holds what came of a run, and cannot be broken by names."""

from dataclasses import replace
from html import escape
from html.parser import HTMLParser
import json
from pathlib import Path
import re
import string
from typing import Any, override

import pytest

from custom_components.mexc_trading.exchange.paper.terms import FeeAsset
from custom_components.mexc_trading.model.ids import StrategyId
from custom_components.mexc_trading.research.backtest import backtest
from custom_components.mexc_trading.research.drawing import Range, around, ticks
from custom_components.mexc_trading.research.page_texts import PageTexts, english, texts_of
from custom_components.mexc_trading.research.report import MARKS_MAX, report
from custom_components.mexc_trading.research.result import Assumption, BacktestResult
from custom_components.mexc_trading.risk.limits import Limits
from tests.engine.market import BTC

from .market import D, rules, terms, walk

VOID = {"meta", "line"}
TRANSLATIONS = Path(__file__).parents[2] / "custom_components" / "mexc_trading" / "translations"
ENGLISH = english()


def common(language: str) -> dict[str, Any]:
    """Give a language's texts that stand under ``common``."""
    found: dict[str, Any] = json.loads((TRANSLATIONS / f"{language}.json").read_text(encoding="utf-8"))["common"]
    return found


def leaves(tree: dict[str, Any]) -> list[str]:
    """List all texts of a tree."""
    return [text for branch in tree.values() for text in (leaves(branch) if isinstance(branch, dict) else [branch])]


def pieces(text: str) -> list[str]:
    """Give what stands between the placeholders of a text."""
    return [fixed.strip() for fixed, *_ in string.Formatter().parse(text) if len(fixed.strip()) > 2]


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
    page = report(result, ENGLISH)
    outline = Outline(page)
    assert outline.open == []
    assert outline.tags.count("svg") == 3
    assert outline.tags.count("polygon") == 2 * min(MARKS_MAX, len(result.trades)) + 1
    assert outline.links == []
    assert not re.search(r"https?:|url\(|@import|<script", page)
    assert ENGLISH.rule("cooldown_after_loss") in page
    assert all(escape(ENGLISH.assumption(taken)) in page for taken in result.assumptions)
    assert "prefers-color-scheme:dark" in page


def test_a_run_without_trades() -> None:
    """Given a run in which everything was denied, then its page says so."""
    limits = Limits(symbols=frozenset({BTC}), max_notional_per_order=D(1))
    page = report(backtest(walk(500), terms(limits), rules=rules()), ENGLISH)
    assert "There were none." in page
    assert Outline(page).open == []


def test_names_are_only_names(result: BacktestResult) -> None:
    """Given a strategy whose name and rules are markup, then they stand there as text."""
    page = report(replace(result, strategy=StrategyId("<script>x</script>"), rules=("close < 1 & 2", "<b>")), ENGLISH)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "close &lt; 1 &amp; 2" in page
    assert "Recorded signals" in report(replace(result, rules=None), ENGLISH)


def pages(result: BacktestResult, texts: PageTexts) -> str:
    """Write pages of runs that differ in what has words: rules, trades, fees, exits of its own."""
    fees = tuple(Assumption(f"fees_{asset}", (("taker", "0.05"), ("maker", "0"))) for asset in FeeAsset)
    many = replace(result, trades=result.trades * (MARKS_MAX // len(result.trades) + 1))
    runs = (
        result,
        many,
        replace(result, rules=None, trades=(), assumptions=(*fees, Assumption("protected"))),
    )
    return "".join(report(run, texts, texts.text("rules")) for run in runs)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_text_has_its_place(result: BacktestResult, language: str) -> None:
    """Given each language, then every text of the page stands on it, with nothing left to fill in."""
    page = pages(result, texts_of(common(language)))

    missing = [
        piece for text in leaves(common(language)["backtest"]) for piece in pieces(text) if escape(piece) not in page
    ]
    assert missing == []
    assert not re.search(r"(?s){\w+}", re.sub(r"(?s)<style>.*?</style>", "", page))


def test_no_english_is_left_in_french(result: BacktestResult) -> None:
    """Given the page in French, then no text of the English one stands on it that French has other words for."""
    french, page = common("fr")["backtest"], pages(result, texts_of(common("fr")))
    spoken = " ".join(leaves(french))

    shown = re.sub(r"(?s)<style>.*?</style>|<[^>]*>", "\n", page)
    left = [piece for text in leaves(common("en")["backtest"]) for piece in pieces(text) if piece not in spoken]
    assert "What was taken for true" in left
    assert [piece for piece in left if re.search(rf"(?<!\w){re.escape(escape(piece))}(?!\w)", shown)] == []
    assert re.search(r"[+\N{MINUS SIGN}]\d+,\d\d %", shown)


def test_axes() -> None:
    """Given figures, then an axis has round marks inside them, and never an empty range."""
    assert ticks(Range(0, 10), 5) == [0, 2, 4, 6, 8, 10]
    assert ticks(Range(-0.13, 0.22), 4) == pytest.approx([-0.1, 0, 0.1, 0.2])
    assert around([5, 5]).low < 5 < around([5, 5]).high
    assert around([0, 0]) == Range(-1, 1)
