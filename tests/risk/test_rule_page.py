"""The page about the rules is as young as the rules."""

from pathlib import Path
import runpy

import pytest

from custom_components.mexc_trading.model.decision import RuleName
from custom_components.mexc_trading.risk.rule_page import document
from custom_components.mexc_trading.risk.rules import RULES, Rule

ROOT = Path(__file__).parents[2]


def test_the_page_is_up_to_date() -> None:
    """docs/rules.md is generated; run the module that its first lines name."""
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == document()


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
def test_the_module_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    """Given the command that the page names, when it runs, then it prints the page."""
    runpy.run_module("custom_components.mexc_trading.risk.rule_page", run_name="__main__")
    assert capsys.readouterr().out == document()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_one_rule_one_file(rule: Rule) -> None:
    """File, function and name agree; the docstring says when it denies, clamps or asks."""
    name = RuleName(rule.__name__)

    assert rule.__module__.rpartition(".")[2] == name
    assert (rule.__doc__ or "").startswith(("Deny", "Clamp", "Ask"))


def test_no_file_is_left_out() -> None:
    """Every file beside the list and the results is a rule."""
    folder = ROOT / "custom_components" / "mexc_trading" / "risk" / "rules"

    assert {file.stem for file in folder.glob("*.py")} - {"__init__", "result"} == {rule.__name__ for rule in RULES}
