"""A paper book begins anew: a person's act, the former journal put away whole, nothing of it in the new book."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import probatio as vol
import pytest

from custom_components.mexc_trading.bridge.terms import LIVE, PAPER
from custom_components.mexc_trading.bridge.witnesses import StoredWitnesses
from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.entry_terms import account_folder
from custom_components.mexc_trading.journal.verify import Witness, verify
from custom_components.mexc_trading.model.hold import HoldKind
from custom_components.mexc_trading.model.ids import BookName
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.double import MexcDouble

from .conftest import running
from .crowd import let_reads_be_cheap
from .entries import STRATEGY_ID, live_entry, trading, until
from .phcc import MockConfigEntry, MockUser

CALL = {"balance": "2500.50", "reason": "new rules"}
BUY = {"symbol": "BTCUSDT", "side": "buy", "notional": 100, "stop_loss_percent": 2, "book": "paper"}


@pytest.fixture
def person(hass_admin_user: MockUser) -> Context:
    """Call as a signed-in person."""
    return Context(user_id=hass_admin_user.id)


async def reset(hass: HomeAssistant, person: Context | None, **changes: object) -> Mapping[str, Any]:
    """Begin anew."""
    answer = await hass.services.async_call(
        DOMAIN, "reset_paper", CALL | changes, blocking=True, context=person, return_response=True
    )
    await hass.async_block_till_done()
    assert isinstance(answer, dict)
    return answer


async def test_a_paper_account_begins_anew(hass: HomeAssistant, paper: MockConfigEntry, person: Context) -> None:
    """Given a position, a stop and an order that rests, then there is the new balance and nothing else."""
    await trading(paper)
    await hass.services.async_call(DOMAIN, "place_order", BUY, blocking=True)
    await until(paper, lambda model: bool(model.positions) and not model.orders)
    resting = BUY | {"type": "limit", "price": 89500, "signal_id": "rests"}
    await hass.services.async_call(DOMAIN, "place_order", resting, blocking=True)
    before = await until(paper, lambda model: len(model.orders) == 1)

    answer = await reset(hass, person)

    assert answer == {"balance": "2500.5", "former": "paper.reset-1", "done": True}
    after = await trading(paper)
    assert (after.equity, after.positions, after.orders) == (Decimal("2500.5"), (), ())
    assert not any((after.realized_pnl, after.daily_pnl, after.max_drawdown))
    assert after.journal_head.seq < before.journal_head.seq
    assert not any(hold.kind is HoldKind.RESTORED_BACKUP for hold in after.holds)


async def test_the_former_journal_is_put_away_whole(
    hass: HomeAssistant, paper: MockConfigEntry, person: Context
) -> None:
    """Given a new start, then the former journal ends with it, passes through its heads, and is read-only."""
    head = (await trading(paper)).journal_head
    await reset(hass, person)
    former = account_folder(hass, paper) / "paper.reset-1" / "paper.db"

    assert verify([former], witnesses=[Witness(*head)]).valid
    assert former.stat().st_mode & 0o777 == 0o400
    account = paper.runtime_data.account
    told = [record for record in account.bookkeeping._journal.records() if record.kind == "book_reset"]
    assert len(told) == 1
    assert "new rules" in told[0].body
    assert (await account.verified())["valid"]
    witnesses = StoredWitnesses(hass, paper.entry_id)
    assert await witnesses.heads(BookName("paper.reset-1"))
    assert await witnesses.since_s(PAPER) > 0


async def test_it_stays_after_a_restart_and_can_be_done_again(
    hass: HomeAssistant, paper: MockConfigEntry, person: Context
) -> None:
    """Given a new start, when the account is opened anew, then it goes on; a second start has a folder of its own."""
    await trading(paper)
    await reset(hass, person)
    assert await hass.config_entries.async_reload(paper.entry_id)
    assert (await trading(paper)).equity == Decimal("2500.5")

    assert (await reset(hass, person, balance=100))["former"] == "paper.reset-2"
    assert (await trading(paper)).equity == 100


async def test_only_a_person_and_only_above_zero(hass: HomeAssistant, paper: MockConfigEntry, person: Context) -> None:
    """Given an automation, or a balance that is none, then the book goes on."""
    before = await trading(paper)
    with pytest.raises(ServiceValidationError) as caught:
        await reset(hass, None)
    assert caught.value.translation_key == "release_needs_person"
    for balance in ("0", "-1", "much"):
        with pytest.raises(vol.Invalid):
            await reset(hass, person, balance=balance)
    assert paper.runtime_data.account.read_model().journal_head.seq >= before.journal_head.seq
    assert not (account_folder(hass, paper) / "paper.reset-1").exists()


async def test_a_kill_switch_is_not_shaken_off(hass: HomeAssistant, paper: MockConfigEntry, person: Context) -> None:
    """Given a kill switch that is on, of the account or of a strategy, then nothing begins anew."""
    await trading(paper)
    for switch in ("switch.crossover_kill_switch", "switch.mexc_kill_switch"):
        await hass.services.async_call("switch", "turn_on", {"entity_id": switch}, blocking=True)
        with pytest.raises(ServiceValidationError) as caught:
            await reset(hass, person)
        assert caught.value.translation_key == "reset_while_stopped"
        await hass.services.async_call("switch", "turn_off", {"entity_id": switch}, blocking=True, context=person)


async def test_a_disk_that_refuses_leaves_the_book_as_it_is(
    hass: HomeAssistant, paper: MockConfigEntry, person: Context
) -> None:
    """Given a folder where nothing can be written, then the call fails and the book goes on."""
    await trading(paper)
    (account_folder(hass, paper) / "paper.reset.json.new").mkdir()

    with pytest.raises(HomeAssistantError) as caught:
        await reset(hass, person)

    assert caught.value.translation_key == "journal_unwritable"
    await hass.services.async_call(DOMAIN, "place_order", BUY, blocking=True)
    await until(paper, lambda model: bool(model.positions))


async def test_a_live_account_keeps_its_live_book(
    hass: HomeAssistant, double: MexcDouble, monkeypatch: pytest.MonkeyPatch, person: Context
) -> None:
    """Given a live account with a promoted strategy, then only the paper book is new, and its evidence is gone."""
    let_reads_be_cheap(monkeypatch)
    entry = await running(hass, live_entry(double))
    await trading(entry)
    await until(entry, lambda model: not model.holds and model.connected, PAPER)
    await hass.services.async_call(DOMAIN, "place_order", BUY, blocking=True)
    await until(entry, lambda model: bool(model.positions), PAPER)
    before = entry.runtime_data.books[LIVE].read_model().journal_head.seq

    await reset(hass, person)

    books = entry.runtime_data.books
    assert books[LIVE].read_model().journal_head.seq > before
    assert books.of(STRATEGY_ID) is books[LIVE]
    fresh = await until(entry, lambda model: not model.holds and model.connected, PAPER)
    assert (fresh.equity, fresh.positions) == (Decimal("2500.5"), ())
    assert {path.name for path in account_folder(hass, entry).glob("*.db")} == {"live.db", "paper.db"}
