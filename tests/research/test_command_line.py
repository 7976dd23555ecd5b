"""Rules can be tried from a terminal on a file of candles."""

from pathlib import Path

import pytest

from custom_components.mexc_trading.research.__main__ import main
from custom_components.mexc_trading.research.candle_csv import export_csv

from .market import walk

RULES = ("--entry", "cross_above(ema(5), ema(20))", "--exit", "cross_below(ema(5), ema(20))", "--tick", "0.1")


def test_a_run_and_its_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Given candles and rules, then the figures are told, and the page is written."""
    export_csv(tmp_path / "candles.csv.gz", walk(2_000))
    page = tmp_path / "report.html"
    assert main([str(tmp_path / "candles.csv.gz"), *RULES, "--report", str(page)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("2,000 candles, ")
    assert "buy and hold" in told
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_denials_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Given an entry larger than the capital, then the rule that denies it is named."""
    export_csv(tmp_path / "candles.csv", walk(500))
    assert main([str(tmp_path / "candles.csv"), *RULES, "--notional", "20000"]) == 0
    assert "denied by max_leverage: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "entry", "why"), [("none.csv", "close > 1", "none.csv"), ("c.csv", "close >", "line 1")]
)
def test_what_cannot_be_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, entry: str, why: str
) -> None:
    """Given no file, or a rule that is none, then that is said, and the exit code is 1."""
    export_csv(tmp_path / "c.csv", walk(10))
    assert main([str(tmp_path / name), "--entry", entry, "--exit", "close < 1"]) == 1
    assert why in capsys.readouterr().err
