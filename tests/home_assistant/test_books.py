"""Two books in a live account: each its own journal, portfolio and entities; a strategy trades in that of its stage."""

from decimal import Decimal
from http import HTTPStatus
from pathlib import Path

import pytest

from custom_components.mexc_trading.bridge.terms import LIVE, PAPER
from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.engine import agenda
from custom_components.mexc_trading.entry_terms import account_folder
from custom_components.mexc_trading.exchange.mexc.streams import streams
from custom_components.mexc_trading.journal.lock import FileLock
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, HoldKind, Release, TradingMode
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from tests.double import MexcDouble

from .conftest import running
from .crowd import let_reads_be_cheap
from .entries import STRATEGY, STRATEGY_ID, live_entry, promoted, state_of, until
from .holds import raise_hold
from .phcc import Connect, MockConfigEntry, MockUser
from .test_webhook import entry_signal, post


@pytest.fixture
async def on_paper(
    hass: HomeAssistant, double: MexcDouble, web: None, monkeypatch: pytest.MonkeyPatch
) -> MockConfigEntry:
    """Run a live account whose strategy has not left paper, until both books may trade."""
    let_reads_be_cheap(monkeypatch)
    return await both_trading(await running(hass, live_entry(double, stage="paper")))


async def both_trading(entry: MockConfigEntry) -> MockConfigEntry:
    """Wait until both books may trade."""
    for name in entry.runtime_data.books:
        await until(entry, lambda model: model.mode is TradingMode.ACTIVE and model.connected, name)
    return entry


async def test_each_book_has_its_own_journal(hass: HomeAssistant, on_paper: MockConfigEntry) -> None:
    """Given a live account, then a journal for each book lies in its folder, each with a chain of its own."""
    folder = account_folder(hass, on_paper)
    live, paper = (on_paper.runtime_data.books[name].read_model() for name in (LIVE, PAPER))

    assert {path.name for path in folder.glob("*.db")} == {"live.db", "paper.db"}
    assert (live.book, paper.book) == ("live", "paper")
    assert live.journal_head.hash != paper.journal_head.hash


async def test_the_books_have_their_own_entities(
    hass: HomeAssistant, on_paper: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """Given a live account, then the paper book has entities of its own; stop and kill switch are the account's."""
    devices = dr.async_get(hass)
    home, beside = (
        devices.async_get_device_by_identifier((DOMAIN, name), on_paper.entry_id)
        for name in (on_paper.entry_id, f"{on_paper.entry_id}_paper")
    )
    assert home is not None
    assert beside is not None
    keys = {
        device.id: {
            entity.unique_id.removeprefix(f"{on_paper.entry_id}_")
            for entity in er.async_entries_for_device(entity_registry, device.id)
        }
        for device in (home, beside)
    }

    assert beside.via_device_id == home.id
    assert beside.name == "MEXC paper"
    assert keys[home.id] - {key.removeprefix("paper_") for key in keys[beside.id]} == {"kill_switch", "emergency_stop"}
    assert all(key.startswith("paper_") for key in keys[beside.id])


async def test_a_strategy_trades_in_the_book_of_its_stage(
    hass: HomeAssistant, double: MexcDouble, on_paper: MockConfigEntry, hass_client_no_auth: Connect
) -> None:
    """Given a strategy on paper, when it sends, then it trades on paper; when its stage is live, then with money."""
    client = await hass_client_no_auth()
    response = await post(client, entry_signal())
    assert (response.status, (await response.json())["verdict"]) == (HTTPStatus.OK, "allow")
    await until(on_paper, lambda model: bool(model.positions), PAPER)
    assert not double.requests.of("POST", "/api/v3/order")

    strategy = on_paper.subentries[STRATEGY_ID]
    hass.config_entries.async_update_subentry(on_paper, strategy, data=STRATEGY | {"stage": "live"})
    await promoted(on_paper)
    await hass.async_block_till_done()
    await post(client, entry_signal(signal_id="second"))

    await until(on_paper, lambda model: bool(model.positions), LIVE)
    assert len(double.requests.of("POST", "/api/v3/order")) == 1


async def test_the_kill_switch_stops_and_frees_both(
    hass: HomeAssistant, on_paper: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """Given both books at work, when the switch goes on, then both hold; when a person lets go, then both trade."""
    books = on_paper.runtime_data.books
    switch = {"entity_id": "switch.mexc_kill_switch"}
    await hass.services.async_call("switch", "turn_on", switch, blocking=True)
    assert [account.read_model().mode for account in books.values()] == [TradingMode.REDUCE_ONLY] * 2
    assert all(account.read_model().kill_switch for account in books.values())

    person = Context(user_id=hass_admin_user.id)
    await hass.services.async_call("switch", "turn_off", switch, blocking=True, context=person)

    assert [account.read_model().mode for account in books.values()] == [TradingMode.ACTIVE] * 2
    assert not (account_folder(hass, on_paper) / "KILL").exists()


async def test_a_kill_file_stops_both(hass: HomeAssistant, on_paper: MockConfigEntry) -> None:
    """Given both books at work, when a KILL file appears, then neither takes an entry any more."""
    Path(hass.config.path(DOMAIN, on_paper.entry_id, "KILL")).touch()

    for name in (LIVE, PAPER):
        await until(on_paper, lambda model: model.mode is TradingMode.REDUCE_ONLY, name)


async def test_a_hold_of_the_paper_book_is_its_own(hass: HomeAssistant, on_paper: MockConfigEntry) -> None:
    """Given a hold in the paper book, then an issue names it, and the live book goes on."""
    await raise_hold(on_paper, HoldKind.UNRESOLVED_ORDER, WHOLE_BOOK, Release.PERSON, PAPER)
    for coordinator in on_paper.runtime_data.coordinators.values():
        await coordinator.async_refresh()

    (issue_id,) = (issue for domain, issue in ir.async_get(hass).issues if issue.startswith("hold_"))
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["book"] == "paper"
    assert on_paper.runtime_data.books[LIVE].read_model().mode is TradingMode.ACTIVE


async def test_a_paper_book_that_cannot_open_closes_the_account(hass: HomeAssistant, double: MexcDouble) -> None:
    """Given a paper journal in other hands, then the account waits for it and leaves the live journal free."""
    entry = live_entry(double)
    folder = account_folder(hass, entry)
    folder.mkdir(parents=True)
    lock = FileLock(folder / "paper.db.lock")

    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)

    assert state_of(hass, entry) is ConfigEntryState.SETUP_RETRY
    FileLock(folder / "live.db.lock").release()
    lock.release()


async def test_a_person_chooses_the_book(hass: HomeAssistant, double: MexcDouble, on_paper: MockConfigEntry) -> None:
    """Given both books, when a person orders without naming one, then with money; by name, then where it was named."""
    order = {"symbol": "BTCUSDT", "side": "buy", "notional": 100}
    await hass.services.async_call(DOMAIN, "place_order", order | {"book": "paper"}, blocking=True)
    await until(on_paper, lambda model: bool(model.positions), PAPER)
    assert not double.requests.of("POST", "/api/v3/order")

    await hass.services.async_call(DOMAIN, "place_order", order | {"signal_id": "second"}, blocking=True)

    await until(on_paper, lambda model: bool(model.positions), LIVE)


async def test_a_strategy_on_paper_has_no_way_to_money(
    hass: HomeAssistant, double: MexcDouble, on_paper: MockConfigEntry
) -> None:
    """Given a strategy on paper, when a call sends its signal to the live book by name, then ``stage`` denies it."""
    order = {"symbol": "BTCUSDT", "side": "buy", "notional": 100, "strategy": "Crossover", "book": "live"}

    with pytest.raises(ServiceValidationError) as caught:
        await hass.services.async_call(DOMAIN, "place_order", order, blocking=True)

    assert caught.value.translation_key == "stage"
    assert not double.requests.of("POST", "/api/v3/order")


async def test_a_book_that_an_account_lacks_is_named(hass: HomeAssistant, paper: MockConfigEntry) -> None:
    """Given a paper account, when an order is for its live book, then the call says that there is none."""
    order = {"symbol": "BTCUSDT", "side": "buy", "notional": 100, "book": "live"}

    with pytest.raises(ServiceValidationError) as caught:
        await hass.services.async_call(DOMAIN, "place_order", order, blocking=True)

    assert caught.value.translation_key == "book_unknown"


BUY_ON_PAPER = {"symbol": "BTCUSDT", "side": "buy", "notional": 100, "book": "paper"}


def asked_for_prices(double: MexcDouble) -> int:
    """Count how often a price was asked for."""
    return len(double.requests.of("GET", "/api/v3/ticker/bookTicker"))


def hears(entry: MockConfigEntry) -> bool:
    """Whether the live account's streams flow."""
    streams = entry.runtime_data.books[LIVE].contact.streams()
    return streams is not None and streams.market_live


async def pushed(double: MexcDouble, entry: MockConfigEntry, price: int) -> None:
    """Move the price, and wait until the paper book is valued at it."""
    double.venue.set_price("BTCUSDT", str(price))
    await until(entry, lambda model: round(model.positions[0].mark_price or 0) == price, PAPER)


async def test_the_paper_book_hears_what_the_live_one_hears(
    hass: HomeAssistant, double: MexcDouble, on_paper: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given streams that flow, then orders on paper and their prices cost no request; without them they do again."""
    monkeypatch.setattr(agenda, "QUOTES_EVERY_S", 0.2)
    await until(on_paper, lambda _: hears(on_paper), LIVE)
    await hass.services.async_call(DOMAIN, "place_order", BUY_ON_PAPER, blocking=True)
    await until(on_paper, lambda model: bool(model.positions) and not model.orders, PAPER)
    await pushed(double, on_paper, 90_100)
    asked = asked_for_prices(double)

    for step in range(2, 7):
        await pushed(double, on_paper, 90_000 + step * 100)
    await hass.services.async_call(DOMAIN, "place_order", BUY_ON_PAPER | {"notional": 101}, blocking=True)
    await until(on_paper, lambda model: model.positions[0].quantity > Decimal("0.002") and not model.orders, PAPER)
    assert asked_for_prices(double) == asked

    monkeypatch.setattr(streams, "BACKOFF_S", 60)
    double.streams.reset_all()
    await until(on_paper, lambda _: not hears(on_paper), LIVE)
    await until(on_paper, lambda _: asked_for_prices(double) > asked, PAPER)


async def test_an_order_that_rests_on_paper_meets_a_price_that_was_pushed(
    hass: HomeAssistant, double: MexcDouble, on_paper: MockConfigEntry
) -> None:
    """Given an order that rests on paper, when the price falls through it, then it trades on the push."""
    await until(on_paper, lambda _: hears(on_paper), LIVE)
    rests = BUY_ON_PAPER | {"type": "limit", "price": 89_500}
    await hass.services.async_call(DOMAIN, "place_order", rests, blocking=True)
    await until(on_paper, lambda model: [order.state for order in model.orders] == ["open"], PAPER)
    asked = asked_for_prices(double)

    double.venue.set_price("BTCUSDT", "89400")
    venue = on_paper.runtime_data.books[PAPER]._venue
    await until(on_paper, lambda _: not venue._book.working, LIVE)

    assert asked_for_prices(double) == asked
