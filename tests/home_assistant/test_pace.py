"""What is worth a row in the recorder: figures in their turn, trades soon, risk at once."""

from dataclasses import replace
from decimal import Decimal

from custom_components.mexc_trading.model.hold import TradingMode
from custom_components.mexc_trading.sensors.pace import FIGURE_S, POSITION_S, SPARE, Pace, Seen, position_gap_s
from custom_components.mexc_trading.sensors.row import rounded
from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from homeassistant.helpers.event import async_track_state_change_event

from .entries import trading
from .phcc import MockConfigEntry

HOUR_S = 3600
EQUITY = "sensor.mexc_equity"
MODE = "sensor.mexc_trading_mode"


def seen(figure: object, *, prompt: object = True, trades: int = 0) -> Seen:
    """Say what is seen."""
    return Seen(prompt=prompt, figure=figure, trades=trades)


def test_a_figure_that_moves_all_the_time_is_written_in_its_turn() -> None:
    """Given a figure that is another every second, then it is written once a minute."""
    pace = Pace()

    written = sum(pace.due(seen(second), FIGURE_S, float(second)) for second in range(HOUR_S))

    assert written == HOUR_S // FIGURE_S


def test_trades_may_use_what_was_saved_up_and_no_more() -> None:
    """Given trades every second, then the first few are shown at once, and after that no more than a turn a minute."""
    pace = Pace()
    pace.due(seen(-1), FIGURE_S, 0.0)

    at_once = [pace.due(seen(n, trades=n), FIGURE_S, HOUR_S + n) for n in range(1, 6)]
    later = sum(pace.due(seen(n, trades=n), FIGURE_S, 2.0 * HOUR_S + n) for n in range(10, HOUR_S))

    assert at_once == [True] * int(SPARE) + [False] * (5 - int(SPARE))
    assert HOUR_S // FIGURE_S - 1 <= later <= HOUR_S // FIGURE_S + SPARE


def test_what_is_prompt_does_not_wait() -> None:
    """Given a figure that was just written, when what is prompt changes, then it is written again."""
    pace = Pace()
    pace.due(seen(1), FIGURE_S, 0.0)

    assert not pace.due(seen(2), FIGURE_S, 1.0)
    assert pace.due(seen(2, prompt=False), FIGURE_S, 1.0)


def test_what_is_rounded_away_is_not_written() -> None:
    """Given a change below the decimals that are shown, then there is nothing to write, however long it was."""
    pace = Pace()
    pace.due(seen(rounded(Decimal("100.001"), 2)), FIGURE_S, 0.0)

    assert not pace.due(seen(rounded(Decimal("100.004"), 2)), FIGURE_S, float(HOUR_S))
    assert pace.due(seen(rounded(Decimal("100.006"), 2)), FIGURE_S, float(HOUR_S))


def test_many_positions_write_no_more_than_few() -> None:
    """Given any number of positions, then all their figures of a kind together are bounded."""
    for held in (1, 5, 50, 500):
        assert held * HOUR_S / position_gap_s(held) <= max(HOUR_S / POSITION_S, HOUR_S / FIGURE_S)


async def test_in_home_assistant_figures_wait_and_risk_does_not(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given an account at rest, when equity moves twenty times, then nothing is written; the mode is, at once."""
    await trading(paper)
    coordinator = paper.runtime_data.coordinator
    coordinator.async_set_updated_data(coordinator.account.read_model())
    await hass.async_block_till_done()
    written: list[str] = []

    async def note(event: Event[EventStateChangedData]) -> None:
        written.append(event.data["entity_id"])

    async_track_state_change_event(hass, [EQUITY, MODE], note)
    model = coordinator.account.read_model()
    for more in range(20):
        coordinator.async_set_updated_data(replace(model, equity=Decimal(10_001) + more))
    coordinator.async_set_updated_data(replace(model, mode=TradingMode.HALTED))
    await hass.async_block_till_done()

    assert written == [MODE]
