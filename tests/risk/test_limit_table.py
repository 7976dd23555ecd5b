"""The table of limits is about the limits that exist, and its bounds fit what is there."""

from dataclasses import MISSING, fields
from decimal import Decimal

import pytest

from custom_components.mexc_trading.model.decision import RuleName
from custom_components.mexc_trading.risk.limit_table import LIMIT_ROWS, Kind, LimitRow
from custom_components.mexc_trading.risk.limits import Limits

_NUMBERS = {Kind.AMOUNT, Kind.PERCENT, Kind.RATIO, Kind.COUNT, Kind.SECONDS}


def test_every_field_has_its_row_in_its_order() -> None:
    """A new limit is a field and a row."""
    assert [row.name for row in LIMIT_ROWS] == [field.name for field in fields(Limits)]


@pytest.mark.parametrize("row", LIMIT_ROWS, ids=lambda row: row.name)
def test_bounds_and_start_fit(row: LimitRow) -> None:
    """Numbers have bounds, the start lies inside them, and so does the default of a field that always has a value."""
    (default,) = (field.default for field in fields(Limits) if field.name == row.name)

    if row.kind not in _NUMBERS:
        assert (row.minimum, row.maximum) == (None, None)
        assert row.start is None or row.start in row.choices or isinstance(row.start, bool)
        return
    assert row.minimum is not None
    assert row.maximum is not None
    assert row.minimum < row.maximum
    assert row.required == (default is not None)
    for value in (default, row.start):
        assert value in (None, MISSING) or row.minimum <= Decimal(str(value)) <= row.maximum


def test_units() -> None:
    """What a number counts is said beside it."""
    units = {row.name: row.unit for row in LIMIT_ROWS}

    assert units["max_daily_loss"] == "quote"
    assert units["max_daily_drawdown"] == "%"
    assert units["cooldown_after_loss_s"] == "s"
    assert units["max_leverage"] == "x"
    assert units["max_open_positions"] == ""


def test_rules_without_a_limit_of_their_own() -> None:
    """These follow from the book, the venue or the signal; every other rule is set by a limit."""
    set_by_limits = {rule for row in LIMIT_ROWS for rule in row.rules}

    assert set(RuleName) - set_by_limits == {
        RuleName.HOLDS,
        RuleName.STAGE,
        RuleName.SIGNAL_AGE,
        RuleName.INSTRUMENT_TRADABLE,
        RuleName.EXIT_OWNED,
        RuleName.TICK_LOT_MINIMUM,
    }
