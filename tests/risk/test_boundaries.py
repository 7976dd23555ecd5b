"""Each rule firing, passing just below its limit, and at the limit."""

import pytest

from custom_components.mexc_trading.model.decision import Finding, RuleName
from custom_components.mexc_trading.model.signal import SizeBasis
from custom_components.mexc_trading.risk.rules import RULES

from .case import Case
from .cases import edges, exposure, losses, market, permission, rates, size
from .pictures import ENTRY, EXIT, HOLDING, decided, result, sized

CASES = (
    *permission.CASES,
    *market.CASES,
    *size.CASES,
    *exposure.CASES,
    *losses.CASES,
    *rates.CASES,
    *edges.CASES,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.name}")
def test_boundary(case: Case) -> None:
    """The rule says what it must, and shows the figures it judged by."""
    found = result(decided(case.signal, case.view, case.limits), case.rule)

    assert found.finding is case.finding
    if case.figures is not None:
        assert (found.limit, found.value, found.margin, found.unit) == case.figures


@pytest.mark.parametrize("rule", RuleName)
def test_every_rule_is_shown_firing_and_passing(rule: RuleName) -> None:
    """No rule escapes the tables; the one that asks a person does not deny."""
    shown = {case.finding for case in CASES if case.rule is rule}

    assert Finding.PASS in shown
    assert shown & {Finding.DENY, Finding.APPROVAL}


def test_every_rule_is_evaluated_once() -> None:
    """The list of rules and their names are the same set."""
    names = [found.rule for found in decided(ENTRY).results]

    assert sorted(names) == sorted(RuleName)
    assert len(RULES) == len(RuleName)


def test_the_picture_that_cases_spoil_is_allowed() -> None:
    """A denial in a table is therefore the case's own doing."""
    assert decided(ENTRY).allowed
    assert decided(EXIT, HOLDING).allowed
    assert decided(sized(ENTRY, "50", SizeBasis.NOTIONAL)).allowed
