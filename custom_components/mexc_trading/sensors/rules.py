"""What a rule strategy tells of itself: the last candle it worked out, how it is doing, and what it wanted last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription
from homeassistant.const import EntityCategory

from ..bridge.live_rule import Following, LastSignal, Told
from .row import Attributes, moment

LAST_CANDLE: Final = SensorEntityDescription(
    key="last_candle",
    translation_key="last_candle",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_category=EntityCategory.DIAGNOSTIC,
)

_WORST_FIRST: Final = (
    Following.BROKEN,
    Following.UNAVAILABLE,
    Following.WARMING_UP,
    Following.GAP,
    Following.FOLLOWING,
)

_NS_PER_MS: Final = 1_000_000


def last_candle(told: Sequence[Told]) -> datetime | None:
    """Give the close of the last candle that was worked out, of any symbol."""
    closes = [one.candle_ms for one in told if one.candle_ms is not None]
    return _at(max(closes)) if closes else None


def rule_attributes(told: Sequence[Told]) -> Attributes:
    """Say how the strategy is doing on its symbols, the worst of it first, and what it wanted last."""
    signals = [one.signal for one in told if one.signal is not None]
    return {
        "following": min((one.following for one in told), key=_WORST_FIRST.index, default=None),
        "interval": told[0].interval.value if told else None,
        "symbols": [_symbol_row(one) for one in told],
        "last_signal": _signal_row(max(signals, key=lambda signal: signal.close_ms)) if signals else None,
    }


def _symbol_row(told: Told) -> Attributes:
    return {
        "symbol": told.symbol,
        "following": told.following.value,
        "candle": None if told.candle_ms is None else _at(told.candle_ms).isoformat(),
    }


def _signal_row(signal: LastSignal) -> Attributes:
    return {
        "signal_id": signal.signal_id,
        "action": signal.action.value,
        "candle": _at(signal.close_ms).isoformat(),
        "answer": signal.answer,
        "rule": signal.rule,
    }


def _at(close_ms: int) -> datetime:
    return moment(close_ms * _NS_PER_MS)
