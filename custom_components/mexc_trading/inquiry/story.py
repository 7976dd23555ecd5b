"""The whole story of one id: signal, decision, orders with requests and answers, fills, profit, holds."""

from collections.abc import Iterable
from decimal import Decimal
import json

from ..engine.ports import Record
from ..model.money import ZERO, exact, plain
from .circumstances import add_circumstances
from .effects import Effect, effects
from .figures import fine, iso
from .related import Records, Related, follow, related
from .tellers import NS_PER_MS, Document, Draft, tell


class NotFound(Exception):
    """No record knows the id."""


def story(records: Records, wanted: str) -> Document:
    """Tell the story of an id of any kind. Reads the journal a few times; raises :class:`NotFound`."""
    found = related(records, wanted)
    if not found.kinds:
        raise NotFound(wanted)
    happened = tuple(effects(records(), frozenset(found.symbols))) if found.symbols else ()
    if found.episode:
        _whole_episode(records, found, happened)
    ours = tuple(effect for effect in happened if _order_of(effect) in found.orders | found.venue_orders)
    found.episodes.update(effect.episode_id for effect in ours if effect.episode_id)
    draft = Draft()
    for record in records():
        if _belongs(record, found):
            tell(draft, record, json.loads(record.body))
            draft.times.append(record.at_ns)
    _add_fills(draft, ours)
    add_circumstances(draft, records, found)
    return _document(draft, found, happened, ours)


def _whole_episode(records: Records, found: Related, happened: tuple[Effect, ...]) -> None:
    """Take in every order that traded in the episode."""
    of_it = {_order_of(effect) for effect in happened if effect.episode_id == found.episode}
    found.orders |= of_it - {""}
    follow(records, found)


def _belongs(record: Record, found: Related) -> bool:
    return record.key in found.orders or record.key in found.decisions or record.key in found.episodes


def _order_of(effect: Effect) -> str:
    """Name the order, or the venue's number of it, whose trade an effect was."""
    fill = getattr(effect.event, "fill", None)
    return "" if fill is None else fill.order_id or fill.venue_order_id


def _add_fills(draft: Draft, ours: tuple[Effect, ...]) -> None:
    """Tell each order's trades, and what each did to position and profit."""
    for effect in ours:
        fill = json.loads(effect.record.body)["fill"]
        told = draft.orders.get(_order_of(effect))
        if told is not None:
            told["fills"].append(
                {
                    "fill_id": fill["fill_id"],
                    "at": iso(fill["at_ms"] * NS_PER_MS),
                    "booked_at": iso(effect.record.at_ns),
                    "seq": effect.record.seq,
                    "side": fill["side"],
                    "quantity": fill["quantity"],
                    "price": fill["price"],
                    "quote_quantity": fill["quote_quantity"],
                    "fee": fill["fee"],
                    "fee_asset": fill["fee_asset"],
                    "realized": fine(effect.realized),
                    "position_after": plain(effect.after),
                    "episode_id": effect.episode_id,
                }
            )


def _document(draft: Draft, found: Related, happened: tuple[Effect, ...], ours: tuple[Effect, ...]) -> Document:
    """Put the parts together: each signal with its orders, orders that have none, and the episodes they traded in."""
    orders = sorted(draft.orders.values(), key=lambda told: told["planned_at"])
    for told in draft.signals.values():
        ids = {decision["decision_id"] for decision in told["decisions"]}
        told["orders"] = [order for order in orders if order["decision_id"] in ids]
    episodes = dict.fromkeys(effect.episode_id for effect in ours if effect.episode_id)
    return {
        "id": found.wanted,
        "found_as": sorted(found.kinds),
        "signals": sorted(draft.signals.values(), key=lambda told: told["received_at"]),
        "orders_without_signal": [order for order in orders if order["decision_id"] not in draft.signals],
        "episodes": [_episode(name, happened) for name in episodes],
        "realized": fine(_sum(effect.realized for effect in ours)),
        "exits": draft.exits,
        "holds": draft.holds,
        "runs": draft.runs,
    }


def _episode(name: str, happened: tuple[Effect, ...]) -> Document:
    """Sum up one episode, whoever traded in it."""
    of_it = [effect for effect in happened if effect.episode_id == name]
    closed = next((effect for effect in of_it if effect.closed), None)
    return {
        "episode_id": name,
        "symbol": of_it[0].symbol,
        "opened_at": iso(of_it[0].record.at_ns),
        "closed_at": iso(closed.record.at_ns) if closed else None,
        "quantity_left": plain(of_it[-1].after),
        "realized": fine(_sum(effect.realized for effect in of_it)),
    }


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    with exact():
        return sum(amounts, ZERO)
