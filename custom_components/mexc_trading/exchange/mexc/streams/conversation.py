"""What is said on one connection: subscriptions, their acknowledgements, pings. No sockets: texts in, texts out.

A refused subscription says ``code: 0`` like a granted one; it is granted only if the message is the channel's name
(fact sheet 3.1).
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
import json
from typing import Final

from ...payload import read_json
from ..shape import printable
from .channels import Channel

SUBSCRIPTIONS_MAX: Final = 30
PING_EVERY_S: Final = 15.0
"""The venue closes after about 60 s without traffic; clients ping every 8 to 20 s."""

SILENCE_S_MAX: Final = 40.0
"""Nothing heard for so long, two pings unanswered: the connection is dead, whatever the socket says."""

ACKNOWLEDGED_S_MAX: Final = 10.0
"""Subscriptions that are not answered by then will not be."""

LIFE_S_MAX: Final = 23.5 * 3600
"""The venue ends a connection after 24 hours; ours ends before, at a moment of our choosing."""

PING: Final = '{"method":"PING"}'


class End(StrEnum):
    """Why a conversation is over."""

    CLOSED = "closed"
    SILENT = "silent"
    UNACKNOWLEDGED = "unacknowledged"
    REFUSED = "refused"
    AGED = "aged"
    STOPPED = "stopped"


class Conversation:
    """One connection's worth of talk. Time is seconds on any steady clock and comes from outside."""

    def __init__(self, channels: Sequence[Channel], *, now_s: float) -> None:
        """Want these channels, at most 30."""
        if not 0 < len(channels) <= SUBSCRIPTIONS_MAX:
            raise ValueError(f"{len(channels)} channels on one connection")
        self._waiting = dict(enumerate(channels, start=1))
        self._opened_s = now_s
        self._heard_s = now_s
        self._pinged_s = now_s
        self.granted: list[Channel] = []
        self.refused: dict[Channel, str] = {}

    def opening(self) -> Iterable[str]:
        """Give what to say first: one request per channel, so that each has its own answer."""
        for number, channel in self._waiting.items():
            yield json.dumps({"method": "SUBSCRIPTION", "params": [channel], "id": number}, separators=(",", ":"))

    @property
    def answered(self) -> bool:
        """Whether every subscription has been granted or refused."""
        return not self._waiting

    def heard(self, now_s: float) -> None:
        """Something came, whatever it was."""
        self._heard_s = now_s

    def told(self, text: str, now_s: float) -> None:
        """Take in a text: an acknowledgement, a pong, or something that we need not understand."""
        self.heard(now_s)
        said = read_json(text.encode("utf-8", "replace"))
        if not isinstance(said, dict):
            return
        number, message = said.get("id"), said.get("msg")
        if not isinstance(number, int) or not isinstance(message, str) or number not in self._waiting:
            return
        channel = self._waiting.pop(number)
        if message == channel:
            self.granted.append(channel)
        else:
            self.refused[channel] = printable(message)

    def ping_due(self, now_s: float) -> bool:
        """Tell whether it is time for a ping, and count it as sent."""
        if now_s - self._pinged_s < PING_EVERY_S:
            return False
        self._pinged_s = now_s
        return True

    def over(self, now_s: float) -> End | None:
        """Tell whether the conversation should end, and why."""
        if now_s - self._heard_s >= SILENCE_S_MAX:
            return End.SILENT
        if self._waiting and now_s - self._opened_s >= ACKNOWLEDGED_S_MAX:
            return End.UNACKNOWLEDGED
        return End.AGED if now_s - self._opened_s >= LIFE_S_MAX else None

    def wait_s(self, now_s: float) -> float:
        """Tell how long nothing but listening has to be done."""
        moments = [self._pinged_s + PING_EVERY_S, self._heard_s + SILENCE_S_MAX, self._opened_s + LIFE_S_MAX]
        if self._waiting:
            moments.append(self._opened_s + ACKNOWLEDGED_S_MAX)
        return max(0.0, min(moments) - now_s)
