"""What a book holds, has working, stands still for and disagrees about, as rows of text for attributes and answers."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from ..engine.state import Report
from ..model.hold import Hold
from ..model.money import plain
from .read_model import OrderView, PositionView

type Row = dict[str, str | None]

_NS_PER_S: Final = 1_000_000_000


def moment(at_ns: int) -> str:
    """Write a time to the second, in UTC."""
    return datetime.fromtimestamp(at_ns // _NS_PER_S, UTC).isoformat()


def position_row(view: PositionView) -> Row:
    """Write a position: what it is worth, where it is stopped, and whether it is being sold."""
    return {
        "symbol": view.symbol,
        "quantity": plain(view.quantity),
        "average_price": plain(view.average_price),
        "mark_price": _text(view.mark_price),
        "unrealized_pnl": _text(view.unrealized_pnl),
        "stop_price": _text(view.stop_price),
        "target_price": _text(view.target_price),
        "exiting": view.exiting or None,
    }


def order_row(view: OrderView) -> Row:
    """Write an order that something is still expected of."""
    return {
        "order_id": view.order_id,
        "symbol": view.symbol,
        "side": view.side.value,
        "leg": view.leg,
        "state": view.state,
        "quantity": plain(view.quantity),
        "executed": plain(view.executed),
        "price": _text(view.price),
    }


def hold_row(hold: Hold) -> Row:
    """Write a hold: what stands still, since when, why, and what ends it."""
    return {
        "hold_id": hold.hold_id,
        "kind": hold.kind.value,
        "scope": hold.scope.name or hold.scope.kind.value,
        "since": moment(hold.since_ns),
        "why": hold.why,
        "release": hold.release.value,
        "until": None if hold.until_ns is None else moment(hold.until_ns),
    }


def finding_rows(report: Report | None) -> list[Row]:
    """Write every difference that the last comparison of the books found."""
    return [
        {
            "kind": finding.kind.value,
            "symbol": finding.symbol or None,
            "subject": finding.subject,
            "ours": finding.ours,
            "venue": finding.venues,
        }
        for finding in (report.findings if report else ())
    ]


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
