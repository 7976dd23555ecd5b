"""A wall clock that is set while Home Assistant runs: nobody is taken along before the exchange bears it out."""

from collections.abc import Callable
from datetime import UTC, datetime
import json
import time

import pytest

from custom_components.mexc_trading.bridge.open_account import SYSTEM_CLOCK
from custom_components.mexc_trading.bridge.standard_webhooks import sign
from custom_components.mexc_trading.model.hold import HoldKind
from homeassistant.core import Context, HomeAssistant
from tests.double import MexcDouble
from tests.slow_machine import change_threshold

from .acting import call
from .entries import SECRET, trading, until
from .phcc import Connect, MockConfigEntry, MockUser
from .test_degraded import exits_only, free, held, holding
from .test_webhook import URL

DAY = 86_400 * 1_000_000_000

type SetClock = Callable[[int], None]


@pytest.fixture
def set_wall(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Give a way to set this machine's wall clock: so many ns ahead of the exchange's. Doubt ends as soon as it may."""
    change_threshold(monkeypatch, "clock_skew_ms", limit=1000)
    monkeypatch.setattr(SYSTEM_CLOCK, "_base_ns", SYSTEM_CLOCK._base_ns)

    def set_to(ahead_ns: int) -> None:
        monkeypatch.setattr(SYSTEM_CLOCK, "_wall_ns", lambda: time.time_ns() + ahead_ns)

    return set_to


async def day_of(entry: MockConfigEntry) -> int:
    """Wait for the account's first day, and say when the present one began (ns)."""
    book = entry.runtime_data.account._book
    await until(entry, lambda _: book.state.day is not None)
    day: int = book.state.day.start_ns
    return day


@pytest.mark.parametrize("jump", [DAY, -DAY])
async def test_a_jump_stops_entries_and_nothing_else(
    hass: HomeAssistant, paper: MockConfigEntry, set_wall: SetClock, jump: int
) -> None:
    """Given a position, when the wall clock jumps a day, then it is the same day, exits pass, and back it is over."""
    holder = await holding(hass, paper)
    day = await day_of(holder)
    set_wall(jump)
    await held(holder, HoldKind.CLOCK_SKEW)

    await exits_only(hass, holder)

    assert await day_of(holder) == day
    assert abs(holder.runtime_data.account.read_model().at_ns - time.time_ns()) < DAY // 24
    set_wall(0)
    await free(holder, HoldKind.CLOCK_SKEW)
    assert await day_of(holder) == day


@pytest.mark.parametrize("wrong", [DAY, -DAY])
async def test_a_machine_that_started_with_a_wrong_clock_is_put_right(
    hass: HomeAssistant, paper: MockConfigEntry, set_wall: SetClock, wrong: int
) -> None:
    """Given a start a day off, no day begins and nothing is entered until the wall clock is set as MEXC has it."""
    holder = await holding(hass, paper)
    day = await day_of(holder)
    await start_wrong(hass, holder, set_wall, wrong)
    await held(holder, HoldKind.CLOCK_SKEW)
    await free(holder, HoldKind.RECONCILING)
    await exits_only(hass, holder)
    assert await day_of(holder) == day

    set_wall(0)
    await free(holder, HoldKind.CLOCK_SKEW)

    assert abs(SYSTEM_CLOCK.now_ns() - time.time_ns()) < DAY // 86_400
    await trading(holder)
    assert await day_of(holder) == day


async def test_not_even_the_first_moment_begins_a_day(
    hass: HomeAssistant, paper: MockConfigEntry, set_wall: SetClock
) -> None:
    """Given nothing that needs a price first, when the account starts a day ahead, then the doubt comes before."""
    await trading(paper)
    day = await day_of(paper)
    await start_wrong(hass, paper, set_wall, DAY)
    await held(paper, HoldKind.CLOCK_SKEW)
    await free(paper, HoldKind.RECONCILING)

    assert await day_of(paper) == day


async def start_wrong(hass: HomeAssistant, entry: MockConfigEntry, set_wall: SetClock, wrong_ns: int) -> None:
    """Stop the account, and start it on a machine whose clock is off."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    set_wall(wrong_ns)
    SYSTEM_CLOCK._base_ns += wrong_ns
    assert await hass.config_entries.async_setup(entry.entry_id)


@pytest.mark.parametrize("jump", [DAY, -DAY])
async def test_signed_requests_are_believed_all_the_same(
    hass: HomeAssistant,
    double: MexcDouble,
    live: MockConfigEntry,
    hass_client_no_auth: Connect,
    hass_admin_user: MockUser,
    *,
    monkeypatch: pytest.MonkeyPatch,
    jump: int,
) -> None:
    """Given a wall clock that jumped, then an exit and the kill switch come through: they were made when they say."""
    holder = await holding(hass, live)
    client = await hass_client_no_auth()
    door = await call(hass, "make_kill_secret", {}, Context(user_id=hass_admin_user.id))
    await hass.async_block_till_done()
    truth_s = int(time.time())
    wall_ns, wall_s = time.time_ns, time.time
    double.clock.skew_ms = -jump // 1_000_000
    monkeypatch.setattr(time, "time_ns", lambda: wall_ns() + jump)
    monkeypatch.setattr(time, "time", lambda: wall_s() + jump / 1e9)
    await held(holder, HoldKind.CLOCK_SKEW)

    wish = {"schema_version": 1, "signal_id": "out", "symbol": "BTCUSDT", "action": "exit"}
    body = json.dumps(wish | {"issued_at": datetime.fromtimestamp(truth_s, UTC).isoformat()}).encode()
    sold = await client.post(URL, data=body, headers=signature(SECRET, truth_s, body))
    stopped = await client.post(
        "/api/webhook/" + door["url"].rpartition("/")[2], data=b"", headers=signature(door["secret"], truth_s, b"")
    )

    assert (sold.status, stopped.status) == (200, 200)
    await until(holder, lambda model: not model.positions)


def signature(secret: str, at_s: int, body: bytes) -> dict[str, str]:
    """Sign a request at this moment."""
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(at_s),
        "webhook-signature": sign(secret, "msg_1", at_s, body),
    }
