"""A morning of an account at the double: a lost answer, a cancelled part, a denial, a sale at a loss, a hold."""

from dataclasses import dataclass
from pathlib import Path

from custom_components.mexc_trading.model.ids import HoldId, OrderId
from custom_components.mexc_trading.orders.states import OrderState
from tests.double import MexcDouble

from ..engine.wire import Wire, open_wire

ORDER = "/api/v3/order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """Where the journal is, and the names of what happened."""

    journal: Path
    lost: OrderId
    """Accepted, its answer dropped; found by look-up and filled."""

    part: OrderId
    """Filled in part, then cancelled; the first request to cancel went without an answer."""

    sale: OrderId
    unknown: OrderId
    """Answered with an error of the server, never placed."""

    secrets: tuple[str, ...]


async def live_a_morning(double: MexcDouble, folder: Path) -> Life:
    """Live it, and close the account in good order."""
    async with open_wire(double, folder / "entry") as wire:
        await wire.ready()
        double.faults.add(action="drop_answer", method="POST", path=ORDER, times=1)
        lost = await wire.send(wire.enter("lost"))
        await wire.until(lambda: wire.owned() > 0)
        await wire.account.submit(wire.enter("lost"), "another body")
        part = await _cancelled_in_part(wire, double)
        sale = await wire.send(wire.leave("sale"))
        await wire.until(lambda: wire.owned() == 0)
        await wire.account.engage_kill_switch(who="me", reason="lunch")
        await wire.account.submit(wire.enter("denied"), "digest")
        assert await wire.account.release_hold(HoldId("kill_switch"), who="me", reason="back")
        double.faults.add(action="status", status=503, processed=False, method="POST", path=ORDER, times=1)
        unknown = await wire.send(wire.enter("unknown", rest=True))
        await wire.until(lambda: wire.record(unknown).state is OrderState.UNKNOWN and wire.record(unknown).said != "")
    return Life(
        journal=folder / "entry" / "live.db",
        lost=lost,
        part=part,
        sale=sale,
        unknown=unknown,
        secrets=(double.api_key, double.api_secret),
    )


async def _cancelled_in_part(wire: Wire, double: MexcDouble) -> OrderId:
    part = await wire.send(wire.enter("part", rest=True))
    await wire.until(lambda: wire.record(part).seen)
    double.venue.fill(next(order for order in double.venue.orders if order.client_order_id == part), "0.0004")
    double.faults.add(action="drop_answer", method="DELETE", path=ORDER, times=1)
    assert await wire.account.cancel(part, who="me")
    await wire.until(lambda: wire.record(part).state is OrderState.CANCELED and wire.record(part).booked > 0)
    return part
