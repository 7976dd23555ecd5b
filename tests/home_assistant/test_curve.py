"""A backtest's equity in the recorder: a statistics graph finds the curve under its name."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from custom_components.mexc_trading.bridge.curve import hourly
from custom_components.mexc_trading.research.measures import Point
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant
from tests.double import MexcDouble

from .conftest import running
from .entries import paper_entry, trading
from .phcc import async_wait_recording_done
from .test_backtests import RULES, backtest

if TYPE_CHECKING:
    from homeassistant.components.recorder.core import Recorder


@pytest.fixture
def _home() -> None:
    """Stand back until the recorder is there: it has to be set up before Home Assistant is."""


async def test_a_statistics_graph_finds_the_curve(
    recorder_mock: Recorder, enable_custom_integrations: None, hass: HomeAssistant, double: MexcDouble
) -> None:
    """Given a home with a recorder, when a backtest ends, then its equity lies there hour by hour."""
    entry = await running(hass, paper_entry(double))
    await trading(entry)

    done = await backtest(hass, **RULES)
    await async_wait_recording_done(hass)

    name = done["statistic_id"]
    assert name == "mexc_trading:mexc_backtest_btcusdt"
    kept = await recorder_mock.async_add_executor_job(
        lambda: statistics_during_period(
            hass, datetime.fromtimestamp(0, UTC), None, {name}, "hour", None, {"mean", "state"}
        )
    )
    assert len(kept[name]) == done["candles"]
    assert kept[name][0]["mean"] == pytest.approx(10_000, rel=0.05)


def test_an_hour_has_its_lowest_highest_mean_and_last() -> None:
    """Given three closes in one hour and one in the next, then two rows tell of them."""
    hour = 3_600_000
    curve = tuple(
        Point(at_ms, equity, 1.0)
        for at_ms, equity in ((hour, 10.0), (hour + 1, 13.0), (2 * hour - 1, 7.0), (2 * hour, 9.0))
    )

    first, second = hourly(curve)

    assert first["start"] == datetime.fromtimestamp(3_600, UTC)
    assert (first["mean"], first["min"], first["max"], first["state"]) == (10.0, 7.0, 13.0, 7.0)
    assert (second["start"], second["state"]) == (datetime.fromtimestamp(7_200, UTC), 9.0)
