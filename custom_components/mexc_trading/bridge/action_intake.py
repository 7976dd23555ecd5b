"""From an action call to a signal: the same document that a webhook brings, with the gaps filled.

A call without an id gets one from its Home Assistant context and a hash of what it says: an automation run that
repeats the same call means the same wish. The time of the call is no part of what it says.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
import time
from typing import Final, cast

import probatio as vol

from homeassistant.helpers import config_validation as cv

from ..model.ids import BookName, StrategyId
from ..model.market import OrderType, Side
from ..model.signal import Action, Source
from ..orders.identity import Document, body_digest
from .intake import SCHEMA_VERSION, Intake, Malformed, Origin, Taken

ATTR_ISSUED_AT: Final = "issued_at"
ATTR_SIGNAL_ID: Final = "signal_id"
ATTR_STRATEGY: Final = "strategy"

_DIGEST_CHARS: Final = 16


def _moment(value: object) -> str:
    """Take a time as text or as the time that YAML makes of it; without a zone it is UTC."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    return cv.string(value)


SIGNAL_FIELDS: Final[dict[vol.Marker, object]] = {
    vol.Optional(ATTR_STRATEGY): cv.string,
    vol.Optional("schema_version", default=SCHEMA_VERSION): vol.Coerce(int),
    vol.Optional(ATTR_SIGNAL_ID): cv.string,
    vol.Optional(ATTR_ISSUED_AT): _moment,
    vol.Required("symbol"): cv.string,
    vol.Required("action"): cv.string,
    vol.Optional("side"): cv.string,
    vol.Optional("order"): dict,
    vol.Optional("size"): dict,
    vol.Optional("protect"): dict,
    vol.Optional("valid_for"): vol.Coerce(int),
    vol.Optional("reason"): cv.string,
}
"""The signal's own fields. Their shape is checked by the published schema, as for every other sender."""

_SIZES: Final = ("quantity", "notional", "equity_percent", "risk_percent")

ORDER_FIELDS: Final[dict[vol.Marker, object]] = {
    vol.Optional(ATTR_STRATEGY): cv.string,
    vol.Optional(ATTR_SIGNAL_ID): cv.string,
    vol.Required("symbol"): cv.string,
    vol.Required("side"): vol.In([side.value for side in Side]),
    vol.Optional("type", default=OrderType.MARKET.value): vol.In([kind.value for kind in OrderType]),
    vol.Optional("price"): vol.Any(float, int, str),
    **{vol.Exclusive(size, "size"): vol.Any(float, int, str) for size in _SIZES},
    vol.Optional("stop_loss_percent"): vol.Any(float, int, str),
    vol.Optional("valid_for"): vol.Coerce(int),
    vol.Optional("reason"): cv.string,
}
"""An order in a person's words. On spot a buy enters and a sell exits."""


def signal_document(given: Mapping[str, object]) -> dict[str, object]:
    """Take the signal's fields from a ``submit_signal`` call."""
    names = {str(marker) for marker in SIGNAL_FIELDS} - {ATTR_STRATEGY}
    return {name: value for name, value in given.items() if name in names}


def order_document(given: Mapping[str, object]) -> dict[str, object]:
    """Write the signal that a ``place_order`` or ``preview_order`` call means."""
    order = {"type": given["type"]} | ({"price": given["price"]} if "price" in given else {})
    document: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "symbol": given["symbol"],
        "action": (Action.ENTER if given["side"] == Side.BUY else Action.EXIT).value,
        "side": given["side"],
        "order": order,
    }
    if size := {name: given[name] for name in _SIZES if name in given}:
        document["size"] = size
    if "stop_loss_percent" in given:
        document["protect"] = {"stop_loss": {"percent": given["stop_loss_percent"]}}
    return document | {name: given[name] for name in (ATTR_SIGNAL_ID, "valid_for", "reason") if name in given}


def settle(
    intake: Intake, document: Mapping[str, object], *, context_id: str, book: BookName, strategy: StrategyId
) -> Taken | Malformed:
    """Fill in id and time and read the document as a signal. The digest covers only what the caller said."""
    try:
        said = cast("dict[str, Document]", _exact(document))
    except _NotFinite:
        return Malformed(path="$", key="json_not_finite")
    digest = body_digest(said)
    now_ns = time.time_ns()
    full: dict[str, Document] = {
        ATTR_SIGNAL_ID: f"ctx:{context_id}:{digest[:_DIGEST_CHARS]}",
        ATTR_ISSUED_AT: datetime.fromtimestamp(now_ns // 1_000_000_000, UTC).isoformat(),
        **said,
    }
    taken = intake.take(full, Origin(book, strategy, Source.ACTION, now_ns))
    return taken if isinstance(taken, Malformed) else Taken(signal=taken.signal, digest=digest)


class _NotFinite(ValueError):
    """A number that YAML knows and money does not."""


def _exact(value: object) -> object:
    """Turn the floats that YAML and forms make of numbers into the decimals that were written."""
    match value:
        case float():
            number = Decimal(str(value))
            if not number.is_finite():
                raise _NotFinite
            return number
        case Mapping():
            return {str(key): _exact(inner) for key, inner in value.items()}
        case list():
            return [_exact(inner) for inner in value]
        case str() | int() | None:
            return value
        case _:
            return str(value)
