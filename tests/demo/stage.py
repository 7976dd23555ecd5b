"""The set of the demonstration: double, Home Assistant, an account, a strategy and a dashboard, ready to play."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
import contextlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
import socket
from typing import Any, Final

from aiohttp import ClientSession

from tests.double import MexcDouble
from tests.double.symbols import Symbol

from .cockpit import DOMAIN, Cockpit, Json
from .dashboard import put_up
from .home import Home
from .sender import Sender

STRATEGY: Final = "EMA cross"

LIMITS: Final[dict[str, Any]] = {
    "symbols": ["BTCUSDT", "ETHUSDT"],
    "max_notional_per_order": 500,
    "max_open_positions": 3,
    "max_daily_loss": 100,
    "cooldown_after_loss_s": 0,
}
"""What the demonstration's account may do, in USDT; the rest as the form suggests."""

NO_EVIDENCE: Final = {
    "backtest_days": 0,
    "backtest_episodes": 0,
    "paper_days": 0,
    "paper_episodes": 0,
    "profit_factor": 0,
    "kill_drill_days": 0,
}
"""The options for a promotion that asks for nothing."""

_ENTITIES_S: Final = 60
SAVED_S: Final = 240
"""Home Assistant saves its registries at the latest three minutes after its start."""


@dataclass(kw_only=True)
class Stage:
    """All that the story and a visitor need."""

    session: ClientSession
    double: MexcDouble
    home: Home
    cockpit: Cockpit
    sender: Sender
    entry_id: str
    forms: dict[str, Any]

    async def promote(self, name: str = STRATEGY) -> Json:
        """Let a strategy trade at the double; give the action's response, or the error with what is missing."""
        fields = {"config_entry_id": self.entry_id, "strategy": name, "reason": "for the demonstration"}
        return await self.cockpit.call("promote_strategy", fields)

    async def ask_for_no_evidence(self) -> None:
        """Set every criterion to nothing: a demonstration has no two weeks for paper."""
        await self.cockpit.set_limits(self.entry_id, {"promotion": NO_EVIDENCE})

    async def value(self, key: str, book: str = "") -> str:
        """Read the state of one of a book's entities by its key; empty while it does not exist."""
        entity_id = (await self.cockpit.entities(book)).get(key)
        return (await self.cockpit.state(entity_id)).get("state", "") if entity_id else ""


@contextlib.asynccontextmanager
async def set_up(
    folder: Path, *, beside: Path | None = None, symbols: Mapping[str, Symbol] | None = None
) -> AsyncIterator[Stage]:
    """Build the set, and tear it down at the end. ``beside`` is a folder of components that run beside ours.

    ``symbols`` are what the double lists instead of its own.
    """
    double = MexcDouble(seed=7, port=0, symbols=symbols)
    double.venue.prices.moving = True
    home = Home(folder=folder, port=free_port(), beside=beside)
    async with double, ClientSession() as session:
        cockpit = Cockpit(session=session, url=home.url)
        try:
            await home.start()
            await cockpit.onboard()
            await cockpit.until_running()
            entry_id = await add_account(cockpit, double)
            form, sender = await add_strategy(cockpit, session, home, entry_id)
            await until_trading(cockpit)
            await put_up(cockpit)
            await _until_remembered(cockpit, home)
            yield Stage(
                session=session,
                double=double,
                home=home,
                cockpit=cockpit,
                sender=sender,
                entry_id=entry_id,
                forms={"webhook": form},
            )
        finally:
            await home.stop()


async def until_trading(cockpit: Cockpit) -> None:
    """Wait until both of the account's books have reconciled and take entries."""
    for book in ("", "paper"):
        await cockpit.until(f"the {book or 'live'} book trades", partial(_active, cockpit, book), _ENTITIES_S)


async def _active(cockpit: Cockpit, book: str) -> bool:
    entity_id = (await cockpit.entities(book)).get("trading_mode")
    return entity_id is not None and (await cockpit.state(entity_id)).get("state") == "active"


async def _until_remembered(cockpit: Cockpit, home: Home) -> None:
    """Wait until Home Assistant has saved the account; a crash before that would make it forget what was set up."""

    async def remembered() -> bool:
        return await asyncio.to_thread(home.remembers, DOMAIN)

    await cockpit.until("Home Assistant has saved the account", remembered, SAVED_S)


async def add_account(cockpit: Cockpit, double: MexcDouble) -> str:
    """Add a live account at the double, the way a person does it."""
    first = {
        "name": "Demo",
        "mode": "live",
        "limits": LIMITS,
        "advanced": {"rest_url": double.rest_url, "stream_url": double.stream_url},
    }
    key = {"api_key": double.api_key, "api_secret": double.api_secret}
    _, result = await cockpit.flow({"handler": DOMAIN}, first, {"next_step_id": "credentials"}, key)
    return str(result["result"]["entry_id"])


async def add_strategy(
    cockpit: Cockpit,
    session: ClientSession,
    home: Home,
    entry_id: str,
    name: str = STRATEGY,
    *,
    symbols: Sequence[str] = ("BTCUSDT",),
) -> tuple[dict[str, Any], Sender]:
    """Add a strategy and copy its address and secret from the form that shows them once."""
    wish = {"name": name, "symbols": list(symbols)}
    form, _ = await cockpit.flow({"handler": [entry_id, "strategy"]}, wish, {}, subentry=True)
    shown = form["description_placeholders"]
    path = "/api/webhook/" + shown["url"].rsplit("/", 1)[-1]
    return form, Sender(session=session, url=home.url + path, secret=shown["secret"])


def free_port() -> int:
    """Find a port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
