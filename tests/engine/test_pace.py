"""How often the venue is asked what."""

import pytest

from custom_components.mexc_trading.engine.pace import LOOK_IDLE_S, LOOK_S, Pace, Reads, Stake

from .market import NOW, S

NOTHING = Reads(clock=False, open_orders=False, balances=False, trades=False, whole=False)
EVERYTHING = Reads(clock=True, open_orders=True, balances=True, trades=True, whole=True)


def reads(stake: Stake, seconds: int, *, heard: bool = False) -> dict[str, int]:
    """Count the reads of some time after everything was read, looking as often as the upkeep does."""
    pace = Pace(heard=heard)
    pace.done(EVERYTHING, NOW)
    counts = dict.fromkeys(Reads._fields, 0)
    for at_s in range(0, seconds + 1, LOOK_IDLE_S if stake is Stake.NOTHING else LOOK_S):
        due = pace.due(NOW + at_s * S, stake)
        pace.done(due, NOW + at_s * S)
        for name in Reads._fields:
            counts[name] += getattr(due, name)
    return counts


def test_a_boot_reads_everything() -> None:
    """And so does whoever asks for it."""
    pace = Pace()
    assert pace.due(NOW, Stake.NOTHING) == EVERYTHING
    pace.done(EVERYTHING, NOW)
    assert pace.due(NOW, Stake.ORDER) == NOTHING
    assert not NOTHING.of_account
    pace.forget("whole")
    assert pace.due(NOW, Stake.ORDER) == EVERYTHING


def test_what_is_forgotten_during_a_read_is_read_again() -> None:
    """Whoever asks for reads wants some that began after that; the daily one is spared if it was not meant."""
    pace = Pace()
    due = pace.due(NOW, Stake.ORDER)
    pace.forget("balances")
    pace.done(due, NOW)
    assert pace.due(NOW, Stake.ORDER) == NOTHING._replace(balances=True)
    due = pace.due(NOW, Stake.ORDER)
    pace.forget("whole")
    pace.done(due, NOW)
    assert pace.due(NOW, Stake.ORDER) == EVERYTHING


@pytest.mark.parametrize("stake", [Stake.ORDER, Stake.POSITION])
def test_an_hour_at_work_without_streams(stake: Stake) -> None:
    """Open orders every 15 s, balances every 30 s, trades every 5 minutes; the venue's clock every 30 s."""
    assert reads(stake, 3600) == {"clock": 120, "open_orders": 240, "balances": 120, "trades": 12, "whole": 0}


def test_an_idle_hour_without_streams() -> None:
    """Only what shows that somebody else is there, every 5 minutes, and that the venue is, every half."""
    counts = reads(Stake.NOTHING, 3600)
    assert counts == {"clock": 120, "open_orders": 12, "balances": 12, "trades": 0, "whole": 0}


def test_a_stream_that_flows_and_is_silent_saves_reads_but_not_those_of_an_order_that_works() -> None:
    """A push that got lost is made good as soon as without a stream wherever a position could be without its stop."""
    working = reads(Stake.ORDER, 3600, heard=True)
    assert working == {"clock": 12, "open_orders": 240, "balances": 30, "trades": 12, "whole": 0}
    holding = reads(Stake.POSITION, 3600, heard=True)
    assert holding == {"clock": 12, "open_orders": 60, "balances": 30, "trades": 12, "whole": 0}
    idle = reads(Stake.NOTHING, 3600, heard=True)
    assert idle == {"clock": 12, "open_orders": 4, "balances": 4, "trades": 0, "whole": 0}


def test_what_the_stream_tells_of_is_read_as_soon_as_without_it() -> None:
    """Once: after a read that began later, the long waits hold again."""
    pace = Pace(heard=True)
    pace.done(EVERYTHING, NOW)
    pace.stir()
    assert pace.due(NOW + 14 * S, Stake.POSITION) == NOTHING
    due = pace.due(NOW + 30 * S, Stake.POSITION)
    assert due == NOTHING._replace(open_orders=True, balances=True)
    pace.stir()
    pace.done(due, NOW + 30 * S)
    due = pace.due(NOW + 60 * S, Stake.POSITION)
    assert due == NOTHING._replace(open_orders=True, balances=True)
    pace.done(due, NOW + 60 * S)
    assert pace.due(NOW + 119 * S, Stake.POSITION) == NOTHING


def test_everything_is_compared_once_a_day() -> None:
    """Whether anything happened or not."""
    assert reads(Stake.NOTHING, 2 * 86_400)["whole"] == 2
    assert reads(Stake.NOTHING, 2 * 86_400, heard=True)["whole"] == 2


def test_a_failed_read_stays_due_and_a_clock_set_back_makes_all_due() -> None:
    """Nothing waits until the clock has caught up."""
    pace = Pace()
    pace.done(EVERYTHING, NOW)
    assert pace.due(NOW + 20 * S, Stake.ORDER).open_orders
    assert pace.due(NOW + 20 * S, Stake.ORDER).open_orders
    assert pace.due(NOW - 7200 * S, Stake.ORDER) == EVERYTHING
