"""Which part of a trade an order is."""

from enum import StrEnum


class Leg(StrEnum):
    """Which part of a decision an order carries out."""

    ENTRY = "entry"
    STOP = "stop"
    TARGET1 = "target1"
    CLOSE = "close"
