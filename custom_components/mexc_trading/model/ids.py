"""Identities, each its own type, so that one cannot be passed for another.

The chain through every record is ``signal_id → decision_id → order_id → fill_id``.
"""

from typing import NamedTuple, NewType

Asset = NewType("Asset", str)
"""A coin, as the venue spells it: ``USDT``."""

Symbol = NewType("Symbol", str)
"""A market, as the venue spells it: ``BTCUSDT``. Never split; the instrument knows its base and quote."""

BookName = NewType("BookName", str)
"""``live`` or ``paper``: one venue, one journal, one portfolio, one engine."""

StrategyId = NewType("StrategyId", str)
PERSON = StrategyId("person")
"""The source of signals that a person's own action makes; only the book limits it."""

ENGINE = StrategyId("engine")
"""The source of the exits that the engine makes itself; no sender can use their ids."""

SignalId = NewType("SignalId", str)
DecisionId = NewType("DecisionId", str)

OrderId = NewType("OrderId", str)
"""Our client order id: at most 32 characters of ``[0-9a-z]``."""

VenueOrderId = NewType("VenueOrderId", str)
"""The venue's order id. Text, never a number (fact sheet 1.1)."""

FillId = NewType("FillId", str)
"""The venue's trade id, unique within account and symbol."""

HoldId = NewType("HoldId", str)
EpisodeId = NewType("EpisodeId", str)


class SignalKey(NamedTuple):
    """What makes two signals the same wish."""

    book: BookName
    strategy: StrategyId
    signal_id: SignalId

    def text(self) -> str:
        """Write the key as one line; the unit separator cannot occur in a signal id."""
        return "\x1f".join(self)
