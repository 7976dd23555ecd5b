"""A Home Assistant of our own: a throw-away configuration folder and a process that can be killed and started again."""

import asyncio
import json
from pathlib import Path
import signal
import sys
from typing import Final

OURS: Final = Path(__file__).resolve().parents[2] / "custom_components" / "mexc_trading"

_CONFIGURATION: Final = """\
homeassistant:
  name: Demo
  country: FR
  currency: EUR
  time_zone: UTC
  latitude: 0
  longitude: 0
  elevation: 0
  unit_system: metric
  language: {language}
  internal_url: {url}
frontend:
history:
logbook:
system_health:
webhook:
logger:
  default: warning
"""

_STOP_S: Final = 60
"""How long a polite stop may take before the process is ended hard."""


class Home:
    """One Home Assistant. ``port`` is its own; it listens on 127.0.0.1 only."""

    def __init__(self, *, folder: Path, port: int, beside: Path | None = None, language: str = "en") -> None:
        """Prepare the folder: configuration, address, and the first steps of onboarding done.

        ``beside`` is a folder of components that run beside ours; ``language`` is that of the activity log.
        """
        self.folder = folder
        self.port = port
        self._process: asyncio.subprocess.Process | None = None
        storage = folder / ".storage"
        storage.mkdir(parents=True, exist_ok=True)
        components = folder / "custom_components"
        components.mkdir()
        (components / "mexc_trading").symlink_to(OURS, target_is_directory=True)
        others = (
            [] if beside is None else sorted(path for path in beside.iterdir() if (path / "manifest.json").exists())
        )
        for path in others:
            (components / path.name).symlink_to(path, target_is_directory=True)
        lines = "".join(f"{path.name}:\n" for path in others)
        (folder / "configuration.yaml").write_text(
            _CONFIGURATION.format(language=language, url=self.url) + lines, encoding="utf-8"
        )
        _store(storage, "http", {"server_host": ["127.0.0.1"], "server_port": port})
        # The three steps that would reach out to the network or ask for a click; the user is made over HTTP.
        _store(storage, "onboarding", {"done": ["core_config", "analytics", "integration"]}, version=4)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process."""
        if self._process is None:
            raise RuntimeError("it was not started")
        return self._process.pid

    @property
    def log(self) -> Path:
        """What it printed, over all its starts."""
        return self.folder / "demo.log"

    async def start(self) -> None:
        """Start the process; it answers some seconds later."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "homeassistant", "-c", str(self.folder), "--skip-pip"),
                cwd=self.folder,  # Whose components are found before those of the folder that we were called from.
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
            )

    def remembers(self, domain: str) -> bool:
        """Whether an entry of ``domain`` and its entities are on disk: Home Assistant saves some seconds later."""
        files = (self.folder / ".storage" / f"core.{name}" for name in ("config_entries", "entity_registry"))
        return all(file.exists() and f'"{domain}"' in file.read_text(encoding="utf-8") for file in files)

    def has_saved(self, key: str, value: str) -> bool:
        """Whether an entry on disk has a value: Home Assistant saves a second after a change."""
        entries = (self.folder / ".storage" / "core.config_entries").read_text(encoding="utf-8")
        return f'"{key}":"{value}"' in entries.replace(" ", "")

    async def kill(self) -> None:
        """End it as a power cut would: SIGKILL, no goodbye."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask it to stop, and wait."""
        await self._end(signal.SIGINT)

    async def _end(self, number: signal.Signals) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(number)
        try:
            async with asyncio.timeout(_STOP_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def _store(storage: Path, key: str, document: dict[str, object], *, version: int = 1) -> None:
    """Write one of Home Assistant's storage files as it would itself."""
    text = json.dumps({"version": version, "minor_version": 1, "key": key, "data": document})
    (storage / key).write_text(text, encoding="utf-8")
