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

type Client = TestClient[Request, Application]
type Connect = Callable[[], Awaitable[Client]]
"""Makes a client for Home Assistant's web server."""

__all__ = ["Client", "Connect", "MockConfigEntry", "MockUser", "async_fire_time_changed", "get_system_health_info"]
