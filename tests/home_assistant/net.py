"""Everything of an account that anybody can read, gathered while a story runs: where a secret would show."""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
import json
import logging
from pathlib import Path
import traceback
from typing import Any, Final, override
from urllib.parse import quote

from custom_components.mexc_trading.bridge.kill_webhook import kill_webhook_secret
from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.diagnostics import async_get_config_entry_diagnostics
from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from .phcc import MockConfigEntry, get_system_health_info

OURS: Final = "custom_components.mexc_trading"


@dataclass(frozen=True, kw_only=True)
class Canaries:
    """Secrets that are recognised wherever they turn up, in every spelling that they may have."""

    api_key: str = "mx0canaryKey7Q2w9Zr4Tb6"
    api_secret: str = "canarySecret+5f/Xn3Lk8Vd"
    webhook_secret: str = "whsec_" + b64encode(b"canary-webhook-secret-of-32-byte").decode()
    install_secret: str = b"canary-install-secret-of-32-byte".hex()

    @property
    def kill_secret(self) -> str:
        """The kill switch's first, which follows from the install's."""
        return kill_webhook_secret(bytes.fromhex(self.install_secret), 1)

    def spellings(self) -> Iterator[bytes]:
        """List what must not be found: as it is, in base64, quoted for an address, and what a coded one stands for."""
        signing = [secret.removeprefix("whsec_") for secret in (self.webhook_secret, self.kill_secret)]
        for text in (self.api_key, self.api_secret, self.install_secret, *signing):
            yield text.encode()
            yield b64encode(text.encode()).rstrip(b"=")
            yield quote(text, safe="").encode()
        yield from map(b64decode, signing)
        yield bytes.fromhex(self.install_secret)


class _Lines(logging.Handler):
    """Writes records down as Home Assistant's log file does."""

    def __init__(self, kept: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.kept = kept
        self.setFormatter(logging.Formatter("%(levelname)s (%(threadName)s) [%(name)s] %(message)s"))

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(self.format(record))


@dataclass
class Net:
    """What was seen, by where it was seen."""

    hass: HomeAssistant
    seen: dict[str, list[str]] = field(default_factory=dict)

    def note(self, where: str, what: object) -> None:
        """Keep something that anybody can read."""
        self.seen.setdefault(where, []).append(what if isinstance(what, str) else repr(what))

    def listen(self) -> None:
        """Hear every event and every log line down to DEBUG: all as written, ours also before anything is masked."""

        @callback
        def heard(event: Event) -> None:
            self.note("events and states", json.dumps(event.as_dict(), default=repr))

        self.hass.bus.async_listen(MATCH_ALL, heard)
        logging.root.addHandler(_Lines(self.seen.setdefault("logs", [])))
        logging.getLogger(OURS).addHandler(_Lines(self.seen.setdefault("our own log lines, unmasked", [])))
        for name in ("", "aiohttp", "asyncio", "homeassistant", OURS):
            logging.getLogger(name).setLevel(logging.DEBUG)

    def deaf(self) -> None:
        """Hear no more log lines."""
        for logger in (logging.root, logging.getLogger(OURS)):
            for handler in [known for known in logger.handlers if isinstance(known, _Lines)]:
                logger.removeHandler(handler)

    def failure(self, error: BaseException) -> None:
        """Keep an exception with its whole chain."""
        self.note("exceptions", "".join(traceback.format_exception(error, chain=True)) + repr(error))

    async def look(self, entry: MockConfigEntry) -> None:
        """Look at all that can be asked for now."""
        for state in self.hass.states.async_all():
            self.note("events and states", json.dumps(state.as_dict(), default=repr))
        for issue in ir.async_get(self.hass).issues.values():
            self.note("repair issues", json.dumps(issue.to_json()) + repr(issue.translation_placeholders))
        assert await async_setup_component(self.hass, "system_health", {})
        health = await get_system_health_info(self.hass, DOMAIN)
        self.note("system health", health | {"can_reach_server": await health["can_reach_server"]})
        if hasattr(entry, "runtime_data"):
            self.note("diagnostics", json.dumps(await async_get_config_entry_diagnostics(self.hass, entry)))
            for thing in _inside(entry.runtime_data):
                self.note("reprs", repr(thing))

    def files(self, folder: Path) -> None:
        """Read every file, whatever it is: journals, snapshots, lane, cached terms."""
        for file in (path for path in folder.rglob("*") if path.is_file()):
            self.seen.setdefault(f"file {file.name}", []).append(file.read_bytes().decode("latin-1"))

    def found(self, canaries: Canaries) -> list[str]:
        """Say where a secret stands open."""
        spellings = [text.decode("latin-1") for text in canaries.spellings()]
        return sorted(
            f"{where}: {line[max(0, line.index(text) - 80) : line.index(text) + 20]}"
            for where, lines in self.seen.items()
            for line in lines
            for text in spellings
            if text in line
        )


def _inside(runtime: Any) -> Iterator[object]:  # noqa: ANN401  # Whatever it consists of.
    """List the things that an account consists of, two steps deep; a bare text is no thing that could mask itself."""
    yield runtime
    for account in runtime.books.values():
        yield account
        for part in vars(account).values():
            yield part
            kept: Mapping[str, object] = getattr(part, "__dict__", {})
            yield from (thing for thing in kept.values() if not isinstance(thing, (str, bytes)))
