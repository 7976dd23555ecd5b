"""The story that the demonstration plays and checks by itself: what must happen, and what must not."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
import time
from typing import Any, Final

from .cockpit import Timeout
from .sender import entry, leave
from .stage import Stage, until_trading

_SOON_S: Final = 20
_AFTER_CRASH_S: Final = 90

type Summary = dict[str, Any]


@dataclass(kw_only=True)
class Checks:
    """What held and what did not."""

    failed: list[str] = field(default_factory=list)
    passed: int = 0

    def that(self, holds: bool, what: str) -> None:
        """Note one check."""
        if holds:
            self.passed += 1
        else:
            self.failed.append(what)


async def play(stage: Stage) -> Summary:
    """Play every scene; the summary says ``ok`` only if all of it held."""
    checks = Checks()
    summary: Summary = {}
    for scene in (_paper_first, _filled, _repeated, _tampered, _too_large, _killed_switch, _crash):
        started = time.monotonic()
        try:
            await scene(stage, checks, summary)
        except Timeout as missed:
            checks.that(False, f"in time: {missed}")  # noqa: FBT003 - reads as a sentence
            summary["states"] = {key: await stage.value(key) for key in ("trading_mode", "holding", "last_decision")}
            break
        summary.setdefault("seconds", {})[scene.__name__.strip("_")] = round(time.monotonic() - started, 2)
    summary |= {
        "orders_at_double": len(_ours(stage)),
        "checks": checks.passed,
        "failed": checks.failed,
        "ok": not checks.failed,
    }
    return summary


def _ours(stage: Stage) -> list[Any]:
    return [order for order in stage.double.venue.orders if (order.client_order_id or "").startswith("ha")]


async def _until(stage: Stage, what: str, holds: Callable[[], Awaitable[bool]], within_s: float = _SOON_S) -> None:
    await stage.cockpit.until(what, holds, within_s)


async def _paper_first(stage: Stage, checks: Checks, summary: Summary) -> None:
    """A new strategy trades on paper. Money needs evidence and a person; here the person asks for no evidence."""
    status, answer = await stage.sender.send(entry("demo-0", "200"))
    checks.that(status == 200 and answer.get("verdict") == "allow", f"the signal is allowed on paper: {answer}")

    async def positioned() -> bool:
        return await stage.value("open_positions", "paper") == "1"

    await _until(stage, "the position shows in the paper book", positioned)
    checks.that(not _ours(stage), "nothing reached the venue")
    checks.that(await stage.value("open_positions") == "0", "the live book holds nothing")
    await stage.sender.send(leave("demo-0-out"))
    refused = (await stage.promote()).get("error", {})
    checks.that(refused.get("translation_key") == "promotion_refused", f"without evidence it stays there: {refused}")
    summary["missing_evidence"] = refused.get("message")
    await stage.ask_for_no_evidence()
    promoted = await stage.promote()
    checks.that(promoted.get("stage") == "live", f"asked for none, a person promotes it: {promoted}")

    async def saved() -> bool:
        return await asyncio.to_thread(stage.home.has_saved, "stage", "live")

    await _until(stage, "the promotion is saved, as a crash would otherwise undo it", saved)


async def _filled(stage: Stage, checks: Checks, summary: Summary) -> None:
    """A signed signal becomes an order, a fill, and numbers on entities."""
    status, answer = await stage.sender.send(entry("demo-1", "250"))
    checks.that(status == 200, f"a signed signal is answered 200, not {status}: {answer}")
    checks.that(answer.get("verdict") == "allow", f"it is allowed: {answer}")

    async def positioned() -> bool:
        return await stage.value("open_positions") == "1"

    await _until(stage, "the position shows on its entity", positioned)
    orders = _ours(stage)
    checks.that(len(orders) == 1, f"one order at the venue, not {len(orders)}")
    checks.that(await stage.value("last_decision") == "allow", "the last decision shows")
    checks.that(float(await stage.value("equity")) > 0, "the equity shows")
    summary["first_order"] = orders[0].client_order_id if orders else None
    stage.forms["first"] = answer


async def _repeated(stage: Stage, checks: Checks, summary: Summary) -> None:
    """The same signal again gets the stored decision, and no second order."""
    wish = entry("demo-2", "100")
    status, first = await stage.sender.send(wish)
    again_status, again = await stage.sender.send(wish)
    checks.that((status, again_status) == (200, 200), f"both are answered 200, not {status} and {again_status}")
    checks.that(again.get("duplicate") is True, f"the second is called a duplicate: {again}")
    checks.that(again.get("decision_id") == first.get("decision_id"), "it is the stored decision")

    async def settled() -> bool:
        return len(_ours(stage)) >= 2 and await stage.value("open_orders") == "0"

    await _until(stage, "the order settles", settled)
    checks.that(len(_ours(stage)) == 2, "the repeat made no order")
    summary["duplicate_of"] = again.get("decision_id")


async def _tampered(stage: Stage, checks: Checks, summary: Summary) -> None:
    """A body that was changed after it was signed is turned away."""
    status, _ = await stage.sender.send(entry("demo-3", "100"), tamper=True)
    checks.that(status == 401, f"a tampered body is answered 401, not {status}")
    checks.that(len(_ours(stage)) == 2, "it made no order")
    summary["tampered_status"] = status


async def _too_large(stage: Stage, checks: Checks, summary: Summary) -> None:
    """Too large an order is denied, with rule, limit and value."""
    status, answer = await stage.sender.send(entry("demo-4", "5000"))
    checks.that(status == 200 and answer.get("verdict") == "deny", f"it is denied: {status} {answer}")
    denied = [rule for rule in answer.get("rules", []) if rule.get("finding") == "deny"]
    first = denied[0] if denied else {}
    checks.that(first.get("rule") == "max_notional_per_order", f"the rule is named: {answer}")
    checks.that(first.get("limit") == "500", "the limit is named")
    checks.that(float(first.get("value") or 0) > 4_900, "the value is named")
    summary["denied"] = first


async def _killed_switch(stage: Stage, checks: Checks, summary: Summary) -> None:
    """With the kill switch on, an entry is denied and an exit passes; a person with a reason lets go."""
    switch = (await stage.cockpit.entities())["kill_switch"]
    await stage.cockpit.switch(switch, on=True)

    async def stopped() -> bool:
        return await stage.value("trading_mode") == "reduce_only"

    await _until(stage, "the mode shows the stop", stopped)
    _, denied = await stage.sender.send(entry("demo-5", "100"))
    checks.that(denied.get("verdict") == "deny", f"an entry is denied: {denied}")
    _, passed = await stage.sender.send(leave("demo-6"))
    checks.that(passed.get("verdict") in {"allow", "clamp"}, f"an exit passes: {passed}")

    async def flat() -> bool:
        return await stage.value("open_positions") == "0"

    await _until(stage, "the position is sold", flat)
    status, answer = await stage.cockpit.act(
        "release_hold",
        {"config_entry_id": stage.entry_id, "hold_id": "kill_switch", "reason": "demonstration over"},
    )
    checks.that(status == 200, f"a person releases it: {status} {answer}")
    await until_trading(stage.cockpit)
    summary["kill_switch"] = {"entry": denied.get("verdict"), "exit": passed.get("verdict")}


async def _crash(stage: Stage, checks: Checks, summary: Summary) -> None:
    """Killed between intent and answer, and started again: exactly one order, and it is booked."""
    before = len(_ours(stage))
    stage.double.faults.add(
        {"method": "POST", "path": "/api/v3/order", "action": "delay_after", "seconds": 60, "times": 1}
    )
    wish = entry("demo-7", "120")
    status, first = await stage.sender.send(wish)
    checks.that(status == 200 and first.get("verdict") == "allow", f"the signal is allowed: {status} {first}")

    async def accepted() -> bool:
        return len(_ours(stage)) == before + 1

    await _until(stage, "the venue has the order", accepted)
    await stage.home.kill()
    stage.double.faults.clear()
    await stage.home.start()
    await stage.cockpit.sign_in_again()
    await stage.cockpit.until_running()
    await until_trading(stage.cockpit)

    async def booked() -> bool:
        return await stage.value("open_positions") == "1"

    await _until(stage, "the order of before the crash is booked", booked, _AFTER_CRASH_S)
    status, again = await stage.sender.send(wish)
    checks.that(again.get("duplicate") is True, f"the signal is still known: {again}")
    checks.that(again.get("order_id") == first.get("order_id"), "under the same order id")
    placed = [order for order in _ours(stage) if order.client_order_id == first.get("order_id")]
    checks.that(len(placed) == 1, f"exactly one order for it, not {len(placed)}")
    checks.that(len(_ours(stage)) == before + 1, "and none besides")
    summary["crash"] = {"orders_for_signal": len(placed), "order_id": first.get("order_id")}
