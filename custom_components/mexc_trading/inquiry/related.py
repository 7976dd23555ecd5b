"""From any id to the decisions, orders and holds that belong to it: the threads of one story."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
import json
import re
from typing import Any, Final

from ..engine.ports import Record
from ..orders.identity import ORDER_ID_LENGTH

type Records = Callable[[], Iterable[Record]]
"""Gives all records anew."""

PASSES_MAX: Final = 4
"""How often the journal is read to follow a thread: from a fill to its order, to its decision, to its other orders."""

ORDERS_MAX: Final = 500
"""Orders of one story; more would be no story any more."""

_OF_ORDERS: Final = frozenset(
    {"order_stepped", "venue_answered", "illegal_step", "order_missed", "absence_evidence", "order_planned"}
)
_INTRODUCED: Final = frozenset({"order_recalled", "order_adopted"})
_NAME: Final = re.compile(rf"\b[0-9a-z]{{{ORDER_ID_LENGTH}}}\b")


@dataclass(slots=True)
class Related:
    """The ids of one story. ``kinds`` says as what the id that was asked for was found; empty: nowhere."""

    wanted: str
    kinds: set[str] = field(default_factory=set)
    decisions: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    venue_orders: set[str] = field(default_factory=set)
    """Orders that are known by the venue's number alone."""

    holds: set[str] = field(default_factory=set)
    episode: str = ""
    """The episode that was asked for."""

    episodes: set[str] = field(default_factory=set)
    """Those that the story's orders traded in."""

    symbols: set[str] = field(default_factory=set)

    @property
    def size(self) -> int:
        """How many ids are known: a pass that adds none is the last."""
        return len(self.decisions) + len(self.orders) + len(self.venue_orders) + len(self.holds)

    def needles(self) -> tuple[str, ...]:
        """Give what a record of the story must contain at least one of."""
        opening = (self.wanted.partition(":")[2],) if ":" in self.wanted else ()
        return (self.wanted, *opening, *self.decisions, *self.orders, *self.venue_orders)


def related(records: Records, wanted: str) -> Related:
    """Follow an id through the journal until nothing new belongs to it."""
    found = Related(wanted)
    follow(records, found)
    return found


def follow(records: Records, found: Related) -> None:
    """Complete the ids of a story."""
    for _ in range(PASSES_MAX):
        before = found.size
        for record in mentioning(records(), found.needles()):
            _take(found, record.kind, json.loads(record.body))
            if len(found.orders) >= ORDERS_MAX:
                return
        if found.size == before:
            return


def mentioning(records: Iterable[Record], needles: tuple[str, ...]) -> Iterator[Record]:
    """Sort out the records that contain one of some texts."""
    for record in records:
        body = record.body
        if record.key in needles or any(needle in body for needle in needles):
            yield record


def _take(found: Related, kind: str, body: dict[str, Any]) -> None:
    """Look at a record that contains one of the ids somewhere, and see whether it belongs to the story."""
    if kind in {"signal_decided", "signal_conflicted", "approval_answered"}:
        _decided(found, kind, body)
    elif kind in _OF_ORDERS:
        _order(found, body)
    elif kind in _INTRODUCED:
        _introduced(found, body["record"])
    elif kind == "fill_booked":
        _fill(found, body["fill"])
    elif kind in {"hold_raised", "hold_released"}:
        _hold(found, body.get("hold", body))
    elif kind == "exit_triggered" and body["episode_id"] == found.wanted:
        found.kinds.add("episode")
        found.episode = found.wanted


def _decided(found: Related, kind: str, body: dict[str, Any]) -> None:
    decision = body.get("decision", body)
    decision_id = decision["decision_id"]
    for name in ("signal_id", "decision_id"):
        if decision.get(name) == found.wanted:
            found.kinds.add(name.removesuffix("_id"))
            found.decisions.add(decision_id)
    if kind == "signal_decided" and decision_id in found.decisions:
        found.symbols.add(decision["symbol"])


def _order(found: Related, body: dict[str, Any]) -> None:
    order_id, decision_id = body["order_id"], body.get("decision_id")
    if order_id == found.wanted:
        found.kinds.add("order")
    elif body.get("venue_order_id") == found.wanted:
        found.kinds.add("venue order")
    elif order_id not in found.orders and decision_id not in found.decisions:
        return
    found.orders.add(order_id)
    if decision_id:
        found.decisions.add(decision_id)


def _introduced(found: Related, record: dict[str, Any]) -> None:
    order = record["order"]
    names = {order["order_id"]: "order", record.get("venue_order_id"): "venue order"}
    kind = names.get(found.wanted) or ("fill" if found.wanted in record.get("fills", ()) else None)
    if kind is None and order["order_id"] not in found.orders:
        return
    found.kinds |= {kind} if kind else set()
    found.orders.add(order["order_id"])
    found.decisions.add(order["decision"]["decision_id"])
    found.symbols.add(order["decision"]["symbol"])


def _fill(found: Related, fill: dict[str, Any]) -> None:
    episode = f"{fill['symbol']}:{fill['fill_id']}"
    if fill["fill_id"] == found.wanted:
        found.kinds.add("fill")
    elif episode == found.wanted:
        found.kinds.add("episode")
        found.episode = episode
    elif fill["venue_order_id"] == found.wanted:
        found.kinds.add("venue order")
    elif fill["order_id"] not in found.orders:
        return
    found.symbols.add(fill["symbol"])
    if fill["order_id"]:
        found.orders.add(fill["order_id"])
    else:
        found.venue_orders.add(fill["venue_order_id"])


def _hold(found: Related, hold: dict[str, Any]) -> None:
    """A hold names in its reason the order that it is about."""
    if hold["hold_id"] != found.wanted:
        return
    found.kinds.add("hold")
    found.holds.add(found.wanted)
    found.orders.update(_NAME.findall(hold.get("why", "")))
