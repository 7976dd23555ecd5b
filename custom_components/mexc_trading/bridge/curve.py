"""A backtest's equity as long-term statistics, so that a statistics graph shows the curve."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import slugify

from ..const import DOMAIN, QUOTE_DEFAULT
from ..research.measures import Point
from ..research.result import BacktestResult

if TYPE_CHECKING:
    from homeassistant.components.recorder.models import StatisticData

_HOUR_MS: Final = 3_600_000
_MS_PER_S: Final = 1_000


@callback
def async_show_curve(hass: HomeAssistant, entry: ConfigEntry, result: BacktestResult) -> str | None:
    """Give the curve to the recorder and say under which name; None: there is no recorder."""
    if "recorder" not in hass.config.components:
        return None
    # Imported here, because a home without the recorder may lack the recorder's own requirements.
    from homeassistant.components.recorder.models import StatisticMeanType, StatisticMetaData  # noqa: PLC0415
    from homeassistant.components.recorder.statistics import async_add_external_statistics  # noqa: PLC0415

    name = f"{entry.title} backtest {result.symbol}"
    statistic_id = f"{DOMAIN}:{slugify(name)}"
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.ARITHMETIC,
        has_sum=False,
        name=name,
        source=DOMAIN,
        statistic_id=statistic_id,
        unit_class=None,
        unit_of_measurement=QUOTE_DEFAULT,
    )
    async_add_external_statistics(hass, metadata, hourly(result.curve))
    return statistic_id


def hourly(curve: tuple[Point, ...]) -> list[StatisticData]:
    """Gather a curve by the hour, as the recorder keeps it: lowest, highest, mean and last of each."""
    hours: dict[int, list[float]] = {}
    for point in curve:
        hours.setdefault(point.at_ms // _HOUR_MS, []).append(point.equity)
    return [
        {
            "start": datetime.fromtimestamp(hour * _HOUR_MS // _MS_PER_S, UTC),
            "mean": sum(values) / len(values),
            "min": min(values),
            "max": max(values),
            "state": values[-1],
        }
        for hour, values in hours.items()
    ]
