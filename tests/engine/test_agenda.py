"""When to look again."""

from dataclasses import replace

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.agenda import Agenda, missing_terms, watched
from custom_components.mexc_trading.engine.effects import (
    CancelOrder,
    FindOrder,
    ReadOrderFills,
    ReadQuotes,
    SearchOrder,
    label,
)
from custom_components.mexc_trading.model.market import OrderType
from custom_components.mexc_trading.model.order import VenueStatus
from custom_components.mexc_trading.model.outcome import Absent

from .market import BTC, ETH, MX, S, entry, fill, report
from .scene import NO_ANSWER, NOTHING_LEFT, Scene


def looks(scene: Scene, agenda: Agenda, seconds: float, step_s: float = 0.25) -> list[tuple[float, str]]:
    """List when an order is looked at within some time, and how."""
    found = []
    for number in range(round(seconds / step_s)):
        scene.now_ns += round(step_s * S)
        due = (effect for effect in agenda.due(scene.state, scene.now_ns) if not isinstance(effect, ReadQuotes))
        found += [((number + 1) * step_s, type(effect).__name__) for effect in due]
    return found


def test_an_unknown_order_is_looked_up_often_then_searched_for_as_soon_as_that_proves_anything() -> None:
    """0.5, 1, 2, 4, 8 s apart; at 16 s everywhere; then every 30 s."""
    scene, agenda = Scene(), Agenda()
    order_id = scene.signal(entry())
    scene.answered(order_id, NO_ANSWER)
    found = looks(scene, agenda, 120)
    assert found[:6] == [
        (0.5, "FindOrder"),
        (1.5, "FindOrder"),
        (3.5, "FindOrder"),
        (7.5, "FindOrder"),
        (15.5, "FindOrder"),
        (16.0, "SearchOrder"),
    ]
    assert {name for _, name in found[5:]} == {"SearchOrder"}
    assert [at for at, _ in found[6:]] == [46.0, 76.0, 106.0]


def test_an_order_that_rests_is_looked_at_once_a_minute_after_it_was_seen() -> None:
    """Before that the looks are short, because an acknowledgement says nothing of its status."""
    scene, agenda = Scene(), Agenda()
    order_id = scene.signal(entry())
    scene.answered(order_id)
    assert looks(scene, agenda, 2)[0] == (0.5, "FindOrder")
    scene.found(order_id, report(order_id, VenueStatus.NEW))
    assert looks(scene, agenda, 60) == [(60.0, "FindOrder")]


def test_an_order_that_may_not_rest_is_followed_closely() -> None:
    """An IOC order ends at once; if it seems open, the read is old."""
    scene, agenda = Scene(), Agenda()
    order_id = scene.signal(entry(order_type=OrderType.IOC))
    scene.answered(order_id)
    scene.found(order_id, report(order_id, VenueStatus.NEW, order_type=OrderType.IOC))
    assert [at for at, _ in looks(scene, agenda, 4)] == [0.5, 1.5, 3.5]


def test_nothing_is_looked_at_that_is_not_at_the_venue() -> None:
    """A request under way will answer; one that did not leave is sent again, not looked for."""
    scene, agenda = Scene(), Agenda()
    order_id = scene.signal(entry())
    assert looks(scene, agenda, 10) == []
    scene.answered(order_id, NOTHING_LEFT)
    assert looks(scene, agenda, 10) == []


def test_missing_trades_are_read_until_they_are_booked() -> None:
    """They lag behind the status by a second or more."""
    scene, agenda = Scene(), Agenda()
    order_id = scene.signal(entry())
    scene.answered(order_id)
    scene.found(order_id, report(order_id, VenueStatus.FILLED, executed="1"))
    assert [name for _, name in looks(scene, agenda, 4)] == ["ReadOrderFills"] * 3
    scene.do(inp.FillsIn(symbol=BTC, fills=(fill(order_id, "1"),)))
    assert looks(scene, agenda, 60) == []
    assert agenda._looks == {}


def test_missing_trades_of_a_working_order_are_read_along_with_its_status() -> None:
    """Both may have changed."""
    scene, agenda = Scene(), Agenda()
    order_id = scene.signal(entry())
    scene.found(order_id, report(order_id, VenueStatus.PARTIALLY_FILLED, executed="0.4"))
    assert [name for _, name in looks(scene, agenda, 0.5)] == ["ReadOrderFills", "FindOrder"]


def test_a_cancel_is_asked_again_while_it_shows_no_effect() -> None:
    """Its answer may have been lost."""
    scene, agenda = Scene(), Agenda()
    order_id = scene.signal(entry())
    scene.answered(order_id)
    scene.found(order_id, report(order_id, VenueStatus.NEW))
    scene.do(inp.CancelIn(order_id=order_id, who="person"))
    assert [name for _, name in looks(scene, agenda, 0.5)] == ["CancelOrder", "FindOrder"]


def test_a_missed_order_is_searched_for_in_every_place() -> None:
    """From a day before it was planned: our clock may have been wrong."""
    scene, agenda = Scene(), Agenda()
    order_id = scene.signal(entry())
    scene.answered(order_id)
    scene.found(order_id, report(order_id, VenueStatus.NEW))
    scene.wait(10)
    scene.found(order_id, Absent())
    scene.now_ns += S
    (search,) = (e for e in agenda.due(scene.state, scene.now_ns + S) if isinstance(e, SearchOrder))
    assert search.since_ms == scene.record(order_id).planned_ns // 1_000_000 - 86_400_000


def test_a_clock_that_was_set_back_stops_nothing() -> None:
    """Hours back: what was due is due."""
    scene, agenda = Scene(), Agenda()
    order_id = scene.signal(entry())
    scene.answered(order_id)
    looks(scene, agenda, 1)
    scene.now_ns -= 7200 * S
    assert looks(scene, agenda, 0.25) == [(0.25, "FindOrder")]


def test_held_and_working_symbols_are_priced_every_two_seconds() -> None:
    """While no stream does it."""
    scene, agenda = Scene(), Agenda()
    scene.own()
    scene.signal(entry("other", symbol=ETH, at_ns=scene.now_ns))
    assert watched(scene.state) == (BTC, ETH)
    times = []
    for _ in range(40):
        scene.now_ns += S // 4
        times += [e for e in agenda.due(scene.state, scene.now_ns) if isinstance(e, ReadQuotes)]
    assert [quotes.symbols for quotes in times] == [(BTC, ETH)] * 5


def test_terms_are_missing_for_what_may_be_traded_is_held_or_is_working() -> None:
    """Whatever of it left the list of allowed symbols meanwhile."""
    scene = Scene()
    scene.own()
    scene.signal(entry("other", symbol=ETH, at_ns=scene.now_ns))
    limits = scene.state.limits
    scene.do(inp.LimitsIn(limits=type(limits)(symbols=frozenset({MX}))))
    scene.state.instruments.clear()
    assert missing_terms(scene.state) == (BTC, ETH, MX)


def test_effects_are_told_apart_by_what_they_ask() -> None:
    """The same look is never under way twice; looks at two orders are."""
    scene = Scene()
    one, two = scene.signal(entry("a")), scene.signal(entry("b"))
    first, second = scene.record(one).order, scene.record(two).order
    names = [
        label(FindOrder(order=first)),
        label(FindOrder(order=second)),
        label(CancelOrder(order=first, venue_order_id=None)),
        label(SearchOrder(order=first, since_ms=1)),
        label(ReadOrderFills(order_id=one, symbol=BTC, venue_order_id=second.order_id)),  # type: ignore[arg-type]
        label(ReadQuotes(symbols=(BTC,))),
        label(ReadQuotes(symbols=(BTC, ETH))),
    ]
    assert len(set(names)) == len(names)


def test_prices_are_not_asked_for_while_a_stream_brings_them() -> None:
    """In a market that stands still, where a stream is silent, they are asked for all the same, but less often."""
    scene, agenda = Scene(), Agenda()
    scene.signal(entry())
    scene.state.marks[BTC] = replace(scene.state.marks[BTC], at_ns=scene.now_ns)
    mark_ns = scene.now_ns

    def asked(seconds: float) -> bool:
        return agenda.unpriced(scene.state, mark_ns + round(seconds * S)) == (BTC,)

    assert [asked(seconds) for seconds in (0.9, 1, 5)] == [False, True, True]
    agenda.heard = frozenset({BTC})
    assert [asked(seconds) for seconds in (0.9, 1, 4.9, 5)] == [False, False, False, True]
    scene.state.limits = replace(scene.state.limits, max_price_age_s=6)
    assert [asked(seconds) for seconds in (2.9, 3)] == [False, True]
    scene.state.limits = replace(scene.state.limits, max_price_age_s=1)
    assert [asked(seconds) for seconds in (1.9, 2)] == [False, True]
