"""The pages about entities and key figures name every one that there is."""

from pathlib import Path

from custom_components.mexc_trading.binary_sensor import BINARY_SENSORS
from custom_components.mexc_trading.sensor import SENSORS
from custom_components.mexc_trading.sensors.health import HEALTH
from custom_components.mexc_trading.sensors.kpis import KPIS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_every_entity_is_described() -> None:
    """Given each row of the tables, then the page about entities names it."""
    page = (DOCS / "entities.md").read_text()

    assert [row.key for row in (*SENSORS, *BINARY_SENSORS) if f"`{row.key}`" not in page] == []


def test_every_key_figure_is_defined() -> None:
    """Given each figure of the machinery, then the page about key figures says what it is."""
    page = (DOCS / "kpis.md").read_text()
    told = {"journal_head"}

    assert [row.key for row in (*KPIS, *HEALTH) if f"| `{row.key}` |" not in page and row.key not in told] == []
