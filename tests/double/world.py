"""Everything that the routes work on, in one place."""

from dataclasses import dataclass

from .clock import VenueClock
from .listen_keys import ListenKeys
from .records import RequestLog
from .settings import Settings
from .signing import ApiKey
from .venue import Venue


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One double without its sockets."""

    clock: VenueClock
    settings: Settings
    key: ApiKey
    venue: Venue
    listen_keys: ListenKeys
    log: RequestLog
