"""Times of the week at which entries may be made."""

from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple

MINUTES_A_DAY: Final = 1_440
_NS_PER_S: Final = 1_000_000_000
_MINUTES_AN_HOUR: Final = 60


class Window(NamedTuple):
    """A stretch of local time on some days of the week: days 0 (Monday) to 6, minutes since midnight.

    ``start`` is inside, ``end`` (up to 1440, which is midnight) is not. A window never runs past midnight: that is
    two.
    """

    days: tuple[int, ...]
    start: int
    end: int

    def text(self) -> str:
        """Write the window: ``Mon Tue 08:00-16:30``."""
        days = " ".join(_DAYS[day] for day in self.days)
        return f"{days} {_clock(self.start)}-{_clock(self.end)}"


_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _clock(minute: int) -> str:
    return f"{minute // _MINUTES_AN_HOUR:02}:{minute % _MINUTES_AN_HOUR:02}"


@lru_cache(maxsize=64)
def described(windows: tuple[Window, ...]) -> str:
    """Write windows as one line."""
    return ", ".join(window.text() for window in windows)


def moment_text(moment: datetime) -> str:
    """Write a local moment as windows are written: ``Mon 14:13``."""
    return f"{_DAYS[moment.weekday()]} {moment.hour:02}:{moment.minute:02}"


def local(now_ns: int, zone: tzinfo) -> datetime:
    """Give the wall clock of a zone, to the second."""
    return datetime.fromtimestamp(now_ns // _NS_PER_S, tz=zone)


def inside(windows: tuple[Window, ...], moment: datetime) -> bool:
    """Whether a local moment lies in one of the windows."""
    minute = moment.hour * _MINUTES_AN_HOUR + moment.minute
    day = moment.weekday()
    return any(day in days and start <= minute < end for days, start, end in windows)


def both(first: tuple[Window, ...] | None, second: tuple[Window, ...] | None) -> tuple[Window, ...] | None:
    """Give the times that lie in a window of each. None is always."""
    if first is None or second is None:
        return second if first is None else first
    return tuple(
        Window(
            tuple(day for day in one.days if day in other.days), max(one.start, other.start), min(one.end, other.end)
        )
        for one in first
        for other in second
        if max(one.start, other.start) < min(one.end, other.end) and set(one.days) & set(other.days)
    )
