"""Exits that the engine makes itself: stops, targets, time, closing. Each slice is a wish that goes through the gate.

Nothing rests at the venue, so one exit cancels the other without a gap: every slice is an order that ends at once, cut
to what no other exit may still sell, and the next one waits for its end.
"""

from decimal import Decimal
from typing import Final, NamedTuple

from ..model.hold import HoldKind, Scope, ScopeKind
from ..model.ids import ENGINE, SignalId, Symbol
from ..model.market import Instrument, Side
from ..model.money import ZERO
from ..model.signal import Action, Signal, Size, SizeBasis, Source
from ..orders.identity import body_digest
from ..orders.reconcile import FindingKind
from ..portfolio.ledger import is_dust
from ..portfolio.position import Position
from ..risk.protection import LEG_OF, Protection, Purpose, Trigger, due, slice_name, trail, triggered, urgency, waits
from .answers import Done, Unknown
from .guard_events import ExitTriggered, TargetPassed, TrailMoved
from .guard_inputs import CloseIn
from .holds import hold_id
from .inputs import SignalIn
from .on_signal import on_signal
from .order_steps import IDLE, Doings
from .outcome import NOTHING, Outcome
from .state import BookState
from .stops import cancel

_NS_PER_S: Final = 1_000_000_000


class Episode(NamedTuple):
    """An open episode as a step sees it. The bid is None unless it is fresh."""

    state: BookState
    watched: Protection
    position: Position
    instrument: Instrument
    bid: Decimal | None
    now_ns: int


def protect(state: BookState, now_ns: int, install_secret: bytes) -> Outcome:
    """Look at every open episode: whether an exit is due, a trailing stop moves, or there is more to sell."""
    outcome = NOTHING
    for symbol in state.memory.protections:
        episode = _episode(state, symbol, now_ns)
        if episode is not None:
            outcome = outcome.then(_one(episode, install_secret))
    return outcome


def _episode(state: BookState, symbol: Symbol, now_ns: int) -> Episode | None:
    """Put together what is known of a symbol's open episode."""
    watched = state.memory.protections.get(symbol)
    position, instrument = state.ledger.positions.get(symbol), state.instruments.get(symbol)
    if watched is None or position is None or instrument is None:
        return None
    quote = state.marks.get(symbol)
    fresh = quote is not None and abs(now_ns - quote.at_ns) <= state.limits.max_price_age_s * _NS_PER_S
    return Episode(state, watched, position, instrument, quote.bid if quote and fresh else None, now_ns)


def _one(episode: Episode, install_secret: bytes) -> Outcome:
    """Look at one episode."""
    watched, bid = episode.watched, episode.bid
    trigger = due(watched, average_price=episode.position.average_price, bid=bid, now_ns=episode.now_ns)
    if trigger is not None:
        return _start(episode, trigger, "engine", install_secret)
    if watched.purpose is not None:
        return _sell(episode, install_secret)
    high = None if bid is None else trail(watched, bid)
    return NOTHING if high is None else Outcome(events=(TrailMoved(symbol=watched.symbol, high=high),))


def _start(episode: Episode, trigger: Trigger, who: str, install_secret: bytes) -> Outcome:
    """Say that an exit is due, and send its first slice."""
    watched = episode.watched
    said = ExitTriggered(
        symbol=watched.symbol,
        episode_id=watched.episode_id,
        purpose=trigger.purpose,
        price=trigger.price,
        quantity=trigger.quantity,
        who=who,
    )
    return Outcome(events=(said,)).then(_sell(episode._replace(watched=triggered(watched, trigger)), install_secret))


def _sell(episode: Episode, install_secret: bytes) -> Outcome:
    """Send the next slice, unless it has to wait; first take away what is in its way."""
    state, watched, position, instrument, bid, now_ns = episode
    asked, cancels = _out_of_the_way(state, watched)
    cleared = Outcome(events=asked, effects=cancels)
    if _is_passed(episode):
        return cleared.then(Outcome(events=(TargetPassed(symbol=watched.symbol, episode_id=watched.episode_id),)))
    there = min(_there(state, position), _not_locked(episode))
    free = there - state.totals().exiting.get(watched.symbol, ZERO)
    quantity = free if watched.left is None else min(free, watched.left - _selling(state, watched.symbol))
    too_little = is_dust(quantity, instrument, bid if bid is not None else position.last_price)
    frozen = state.has_hold(HoldKind.FREEZE)
    if too_little or frozen or waits(watched, average_price=position.average_price, bid=bid, now_ns=now_ns):
        return cleared
    sale = on_signal(state, _wish(state, watched, quantity, now_ns), now_ns, install_secret)
    return cleared.then(Outcome(events=sale.events, effects=sale.effects))


def _there(state: BookState, position: Position) -> Decimal:
    """Give what is owned, or what the venue has of it while coins are missing: it would refuse an order for more.

    Only what a second comparison confirmed counts: balances lag behind, and a stop waits for no balance.
    """
    held = hold_id(HoldKind.QUANTITY_DRIFT, Scope(kind=ScopeKind.SYMBOL, name=position.symbol)) in state.holds
    findings = state.report.findings if held and state.report is not None else ()
    drifts = (found for found in findings if found.kind is FindingKind.QUANTITY_DRIFT)
    there = (Decimal(found.venues) for found in drifts if found.symbol == position.symbol)
    return min((position.quantity, *there))


def _not_locked(episode: Episode) -> Decimal:
    """Give what is owned, or what orders of somebody else leave free of it: an order for more would be refused whole.

    That is looked at once a slice was tried, and believed until the position changes. Where too little is free for an
    order, all of it is tried: the coins may have been let go since.
    """
    state, watched, position, instrument, bid, _ = episode
    findings = state.report.findings if watched.slices and state.report is not None else ()
    for found in findings:
        if found.kind is not FindingKind.COINS_LOCKED or found.symbol != position.symbol:
            continue
        free = Decimal(found.venues)
        stale = Decimal(found.ours) != state.ledger.holding(position.symbol)
        if not stale and not is_dust(free, instrument, bid if bid is not None else position.last_price):
            return min(position.quantity, free)
    return position.quantity


def _is_passed(episode: Episode) -> bool:
    """Whether a target at its price has too little left for the venue: of its share, or of a slice that sold in part.

    Without this it would be sold for ever, and neither the next target nor break-even would ever come.
    """
    state, watched, position, instrument, bid, now_ns = episode
    if watched.left is None or bid is None or not is_dust(watched.left, instrument, bid):
        return False
    if waits(watched, average_price=position.average_price, bid=bid, now_ns=now_ns):
        return False
    return not _selling(state, watched.symbol)


def _selling(state: BookState, symbol: Symbol) -> Decimal:
    """Sum what slices on the way may still sell, or sold unseen: only a booked fill makes what is left less."""
    return sum(
        (
            record.pending
            for record in state.active_orders
            if record.order.symbol == symbol and record.order.decision.strategy == ENGINE
        ),
        start=ZERO,
    )


def _out_of_the_way(state: BookState, watched: Protection) -> Doings:
    """Before everything is sold: cancel entries that would buy it back, and exits that keep hold of it."""
    if watched.purpose is Purpose.TARGET:
        return IDLE
    return cancel(
        (
            record
            for record in state.active_orders
            if record.order.symbol == watched.symbol and record.order.decision.strategy != ENGINE
        ),
        f"{watched.purpose} of {watched.episode_id}",
    )


def _wish(state: BookState, watched: Protection, quantity: Decimal, now_ns: int) -> SignalIn:
    """Put the next slice into words."""
    purpose, name = watched.purpose or Purpose.CLOSE, slice_name(watched)
    signal = Signal(
        book=state.book,
        strategy=ENGINE,
        signal_id=SignalId(name),
        issued_at_ns=now_ns,
        symbol=watched.symbol,
        action=Action.EXIT,
        side=Side.SELL,
        size=Size(basis=SizeBasis.QUANTITY, value=quantity),
        reason=f"{purpose} of {watched.episode_id}",
        source=Source.ENGINE,
        leg=LEG_OF[purpose],
        urgency=urgency(watched),
    )
    return SignalIn(signal=signal, digest=body_digest({"slice": name}))


def on_close(state: BookState, item: CloseIn, now_ns: int, install_secret: bytes) -> Outcome:
    """Sell a position, all of it: from here on, slice by slice, until it is flat."""
    episode = _episode(state, item.symbol, now_ns)
    if episode is None:
        return Outcome(answer=Unknown())
    done = Outcome(answer=Done())
    if episode.watched.purpose in (None, Purpose.TARGET):
        return done.then(_start(episode, Trigger(purpose=Purpose.CLOSE, price=None), item.who, install_secret))
    return done.then(_sell(episode, install_secret))
