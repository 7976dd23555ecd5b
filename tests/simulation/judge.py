"""Compares, hour by hour, what the journal says with what the venue has; in the end all of it."""

from decimal import Decimal
from typing import Final

from custom_components.mexc_trading.bridge.account import Account
from custom_components.mexc_trading.engine.replay import Checkpoint, replay
from custom_components.mexc_trading.journal.reading import Reader
from custom_components.mexc_trading.journal.snapshot import Snapshots
from custom_components.mexc_trading.journal.storage import DISK
from custom_components.mexc_trading.journal.verify import verify
from custom_components.mexc_trading.model.ids import Symbol
from tests.double import MexcDouble

from .plot import BY_SYMBOL
from .record import Story
from .trader import Trader
from .virtual_time import START_NS
from .watch import Watch, is_dust
from .weather import ORDER

MOVING: Final = frozenset({"planned", "sending", "unknown", "canceling", "not_sent"})
"""States in which an order's story is not over, and which pass by themselves."""

DENIED: Final = frozenset({"never_placed", "rejected", "not_sent"})
"""States which say that the venue has no such order."""

TIME_CODES: Final = (700003, 10073)
"""Refused for the timestamp, which is certain: the one answer to an entry after which it is sent again."""

STOPPED_BELOW: Final = Decimal("0.985")
"""The part of what was paid at which the traders' stops, one percent below, have surely been hit."""

_NS_PER_S: Final = 1_000_000_000


class Judge:
    """What was wrong, in words; empty: all is well."""

    def __init__(self, double: MexcDouble, trader: Trader, watch: Watch) -> None:
        """Judge this account at this venue."""
        self.faults: list[str] = []
        self.story = Story(trader.journal)
        self.requests = 0
        self.replayed = 0
        """Decisions that were made again in the end, from the journal alone."""

        self._double = double
        self._trader = trader
        self._watch = watch
        self._orders = 0
        self._fills = 0
        self._answered: set[str] = set()
        self._time_refused: set[str] = set()

    @property
    def found(self) -> list[str]:
        """Everything that was found so far, here and at the venue."""
        return [*self._watch.faults, *self.faults]

    def hour(self) -> None:
        """Judge what has come since the last time; everything is at rest."""
        self.story.read()
        self._losses()
        self._entries()
        self.faults += [f"illegal: {what}" for what in self.story.illegal]
        self.story.illegal.clear()
        self.faults += [f"share: a target sold more than its part, {what}" for what in self.story.oversold]
        self.story.oversold.clear()
        moving = [name for name, state in self.story.states.items() if state in MOVING - {"not_sent"}]
        self.faults += [f"unknown: {name} is {self.story.states[name]}" for name in moving]
        self.faults += [f"the double: {violation}" for violation in self._double.violations]
        self._double.violations.clear()
        if self._trader.faulted or (self._trader.account and self._trader.account._book.faulted):
            self.faults.append("the book stopped on a fault")
        if self._trader.account is not None:
            self.faults += [f"books: {what}" for what in differences(self._trader.account, self._double, self._watch)]
            self.faults += [f"stop: {what}" for what in unsold(self._trader.account, self._double, self._watch)]
        self._trader.holds.forget()

    def end(self) -> None:
        """Judge the journal as a whole, once it is closed."""
        path = self._trader.journal
        report = verify([path])
        self.faults += [f"chain: {finding.kind} at {finding.seq}" for finding in report.findings]
        snapshot = Snapshots(path, DISK).newest(lambda head: head.seq > 0)
        kept = [Checkpoint(seq=snapshot.head.seq, state=snapshot.state)] if snapshot else []
        again = replay(Reader(path, DISK).records(0), checkpoints=kept)
        self.replayed = again.decisions
        if not again.equal or not again.snapshots_equal:
            self.faults.append(f"replay: {again.different} decisions differ, snapshots {again.snapshots_different}")

    def _losses(self) -> None:
        """Find what the venue has and the book does not, and what it has more than once."""
        orders = self._double.venue.orders[self._orders :]
        self._orders += len(orders)
        placed = {order.client_order_id or "" for order in orders}
        for name in sorted(placed):
            if name not in self.story.orders:
                self.faults.append(f"lost: order {name} is not in the journal")
                continue
            if self.story.states[name] in DENIED:
                self.faults.append(f"lost: order {name} is at the venue and {self.story.states[name]} in the book")
            decision_id, leg = self.story.orders[name]
            twice = [other for other in self.story.by_decision[decision_id] if other in placed and other < name]
            if twice and leg == "entry":
                self.faults.append(f"duplicate: {decision_id} was placed as {name} and {twice}")
        fills = self._double.venue.fills[self._fills :]
        self._fills += len(fills)
        told = self._trader.answered
        self.faults += [f"lost: {n} was told of {told[n]}" for n in told if told[n] not in self.story.decisions]
        told.clear()
        booked = self.story.fills
        self.faults += [
            f"lost: trade {f.trade_id} is not booked" for f in fills if (f.symbol, f.trade_id) not in booked
        ]

    def _entries(self) -> None:
        """Find entries that left in spite of a hold, and entries that were sent again though something had left."""
        for request in self._double.requests.of("POST", ORDER):
            name = request.query.get("newClientOrderId", "")
            if name not in self.story.orders or self.story.orders[name].leg != "entry":
                continue
            at_ns = START_NS + round((request.at_s - 1) * _NS_PER_S)
            holds = self._trader.holds.stopping(request.query["symbol"], at_ns)
            if holds:
                self.faults.append(f"hold: entry {name} left in spite of {holds}")
            if name in self._answered:
                self.faults.append(f"again: entry {name} was sent again")
            if request.code not in TIME_CODES and not any("refuse" in fault for fault in request.faults):
                self._answered.add(name)
        self.requests += len(self._double.requests)
        self._double.requests.clear()


def unsold(account: Account, double: MexcDouble, watch: Watch) -> tuple[str, ...]:
    """Name protected positions that the market has fallen through their stop, by what the venue's trades cost."""
    found = []
    for symbol, protection in account._book.state.memory.protections.items():
        held, price = watch.owned[symbol], double.venue.prices.mid(symbol)
        if protection.plan is None or is_dust(double, symbol, held):
            continue
        stop = watch.paid[symbol] / held * STOPPED_BELOW
        if price < stop:
            found.append(f"{symbol}: {held} held at {price}, to be sold at {stop}")
    return tuple(found)


def differences(account: Account, double: MexcDouble, watch: Watch) -> tuple[str, ...]:
    """Say where book and venue differ: positions, and orders that rest."""
    model = account.read_model()
    ours = {position.symbol: position.quantity for position in model.positions}
    found = []
    for symbol in BY_SYMBOL:
        theirs, mine = watch.owned[symbol], ours.get(Symbol(symbol), Decimal(0))
        if mine != theirs and not (mine == 0 and is_dust(double, symbol, theirs)):
            found.append(f"{symbol}: {mine} in the book, {theirs} at the venue")
    resting = {str(order.client_order_id) for order in double.venue.shelf.open_orders()}
    known = {str(order.order_id) for order in model.orders if order.state in ("open", "partially_filled")}
    found += [f"{name} rests at the venue only" for name in sorted(resting - known)]
    found += [f"{name} rests in the book only" for name in sorted(known - resting)]
    return tuple(found)
