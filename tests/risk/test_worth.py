"""A book's figures are the same whether they are kept up or added up anew."""

from decimal import Decimal

from hypothesis import given, strategies as st

from custom_components.mexc_trading.engine.worth import FINE, Totals, Worth
from custom_components.mexc_trading.model.ids import EpisodeId, Symbol
from custom_components.mexc_trading.model.market import Quote
from custom_components.mexc_trading.model.money import exact
from custom_components.mexc_trading.model.signal import Level, LevelBasis, Protect
from custom_components.mexc_trading.portfolio.position import Position

from ..engine.market import BTC, ETH, MX, NOW
from .random_books import amounts
from .watch import Watch

_SYMBOLS = st.sampled_from([BTC, ETH, MX])


@st.composite
def _books(draw: st.DrawFn) -> tuple[dict[Symbol, Position], dict[Symbol, Quote], dict[Symbol, Decimal]]:
    positions = {
        symbol: Position(
            symbol=symbol,
            episode_id=EpisodeId(symbol),
            quantity=draw(amounts("0.001")),
            cost=draw(amounts("0.001")) / 7,
            realized=Decimal(0),
            opened_ns=NOW,
            last_price=Decimal(1),
        )
        for symbol in draw(st.sets(_SYMBOLS))
    }
    marks = {}
    for symbol in draw(st.sets(_SYMBOLS)):
        bid = draw(amounts("0.001"))
        marks[symbol] = Quote(symbol=symbol, bid=bid, ask=bid + 1, at_ns=NOW)
    stops = {symbol: draw(amounts()) for symbol in positions if draw(st.booleans())}
    return positions, marks, stops


def _plain(totals: Totals) -> tuple[object, ...]:
    """Take a picture of figures that go on changing."""
    return (dict(totals.exposures), dict(totals.exiting), *totals[2:])


@given(books=st.lists(_books(), min_size=1, max_size=6))
def test_kept_up_is_added_up(
    books: list[tuple[dict[Symbol, Position], dict[Symbol, Quote], dict[Symbol, Decimal]]],
) -> None:
    """From book to book, in any order, every figure is that of a fresh look; and that of plain arithmetic."""
    kept = Worth()
    with exact():
        for positions, marks, stops in books:
            found = _plain(kept.read(positions, (), marks, stops))
            assert found == _plain(Worth().read(positions, (), marks, stops))
            priced = [(held, marks[symbol].bid) for symbol, held in positions.items() if symbol in marks]
            gross = sum(((held.quantity * bid).quantize(FINE) for held, bid in priced), start=Decimal(0))
            gain = sum(((held.quantity * bid - held.cost).quantize(FINE) for held, bid in priced), start=Decimal(0))
            assert (found[3], found[4]) == (gross, gain)
            assert found[2] == positions.keys() - marks.keys()


def test_what_is_being_bought_counts_at_its_worst_price_or_the_ask() -> None:
    """In flight, resting and half filled; sold and ended ones do not."""
    scene = Watch()
    dear = scene.signal(scene.wish(None, quantity="1", price="100.9", name="dear"))
    scene.signal(scene.wish(None, quantity="2", price="90", name="cheap"))
    assert dict(scene.state.totals().exposures) == {BTC: Decimal("300.9")}
    assert scene.state.totals().gross == Decimal("300.9")

    scene.fill(dear, "0.4", "100")

    assert scene.state.totals().gross == Decimal("0.4") * Decimal("99.9") + Decimal("0.6") * Decimal("100.9") + 200


def test_an_order_that_nobody_can_price_counts_at_its_limit() -> None:
    """A missing price is no reason to count less than may be paid."""
    scene = Watch()
    scene.signal(scene.wish(None, quantity="2", price="90"))
    scene.state.marks.clear()

    totals = scene.state.totals()

    assert totals.gross == Decimal(180)
    assert not totals.unpriced


def test_what_is_at_risk() -> None:
    """Down to the stop where there is one, all of it where there is none, orders under way included."""
    stop = Protect(stop_loss=Level(basis=LevelBasis.PERCENT, value=Decimal(10)))
    scene = Watch()
    scene.hold_of(stop)
    assert scene.state.totals().at_risk == Decimal("9.9")
    scene.signal(scene.wish(stop, quantity="1", price="80", name="resting"))
    assert scene.state.totals().at_risk == Decimal("9.9") + 100 - 72
    scene.signal(scene.wish(None, quantity="1", price="100", name="bare"))
    assert scene.state.totals().at_risk == Decimal("9.9") + 28 + 100
    scene.price(BTC, "80", "80.1")
    assert scene.state.totals().at_risk == Decimal("8.1") + 100


def test_exits_under_way_are_counted_apart() -> None:
    """They lower nothing before they are filled."""
    scene = Watch()
    scene.hold_of(None, quantity="3")
    scene.exit("a", "1")
    scene.exit("b", "0.5")

    totals = scene.state.totals()

    assert totals.exiting == {BTC: Decimal("1.5")}
    assert totals.gross == Decimal("299.7")
