"""The parts of the test package that we use, in one place because it carries no types."""

from collections.abc import Awaitable, Callable

from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    MockConfigEntry,
    MockUser,
    async_fire_time_changed,
    get_system_health_info,
)
from pytest_homeassistant_custom_component.components.recorder.common import (  # type: ignore[import-untyped]
    async_wait_recording_done,
)

type Client = TestClient[Request, Application]
type Connect = Callable[[], Awaitable[Client]]
"""Makes a client for Home Assistant's web server."""

__all__ = [
    "Client",
    "Connect",
    "MockConfigEntry",
    "MockUser",
    "async_fire_time_changed",
    "async_wait_recording_done",
    "get_system_health_info",
]
