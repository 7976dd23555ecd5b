"""How often the venue is asked what."""

from custom_components.mexc_trading.engine.pace import Pace, Reads

from .market import NOW, S

NOTHING = Reads(open_orders=False, balances=False, trades=False, whole=False)
EVERYTHING = Reads(open_orders=True, balances=True, trades=True, whole=True)


def reads(*, busy: bool, seconds: int) -> dict[str, int]:
    """Count the reads of some time after everything was read, looking as often as the pace says."""
    pace = Pace()
    pace.done(EVERYTHING, NOW)
    counts = dict.fromkeys(Reads._fields, 0)
    at_s = 0.0
    while (at_s := at_s + pace.wait_s(busy=busy)) <= seconds:
        now_ns = NOW + round(at_s * S)
        due = pace.due(now_ns, busy=busy)
        pace.done(due, now_ns)
        for name in Reads._fields:
            counts[name] += getattr(due, name)
    return counts


def test_a_boot_reads_everything() -> None:
    """And so does whoever asks for it."""
    pace = Pace()
    assert pace.due(NOW, busy=False) == EVERYTHING
    pace.done(EVERYTHING, NOW)
    assert pace.due(NOW, busy=True) == NOTHING
    assert not NOTHING.any
    pace.forget()
    assert pace.due(NOW, busy=True) == EVERYTHING


def test_what_is_forgotten_during_a_read_is_read_again() -> None:
    """Whoever asks for reads wants some that began after that; the daily one is spared if it was not meant."""
    pace = Pace()
    due = pace.due(NOW, busy=True)
    pace.forget(whole=False)
    pace.done(due, NOW)
    assert pace.due(NOW, busy=True) == Reads(open_orders=True, balances=True, trades=True, whole=False)
    due = pace.due(NOW, busy=True)
    pace.forget()
    pace.done(due, NOW)
    assert pace.due(NOW, busy=True) == EVERYTHING


def test_an_hour_at_work() -> None:
    """Open orders every 15 s, balances every 30 s, trades every 5 minutes."""
    assert reads(busy=True, seconds=3600) == {"open_orders": 240, "balances": 120, "trades": 12, "whole": 0}


def test_an_idle_hour() -> None:
    """Only what shows that somebody else is there, every 5 minutes."""
    assert reads(busy=False, seconds=3600) == {"open_orders": 12, "balances": 12, "trades": 0, "whole": 0}


def test_everything_is_compared_once_a_day() -> None:
    """Whether anything happened or not."""
    assert reads(busy=False, seconds=2 * 86_400)["whole"] == 2


def test_a_failed_read_stays_due_and_a_clock_set_back_makes_all_due() -> None:
    """Nothing waits until the clock has caught up."""
    pace = Pace()
    pace.done(EVERYTHING, NOW)
    assert pace.due(NOW + 20 * S, busy=True).open_orders
    assert pace.due(NOW + 20 * S, busy=True).open_orders
    assert pace.due(NOW - 7200 * S, busy=True) == EVERYTHING
