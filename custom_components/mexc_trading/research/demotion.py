"""When a live strategy goes back to paper by itself. Pure: conduct in, reasons out; any reason is enough."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from .evidence import LiveEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class DemotionCriteria:
    """What a live strategy may not do. Every number is an option; None asks for nothing."""

    max_drawdown_percent: float | None = 10.0
    """Since its promotion."""

    drift_percent: float | None = 5.0
    """How much worse it may have done than the same strategy on paper in the same time, in percent of the capital."""

    slippage_percent: float | None = 0.2
    """Mean of its fills beyond the price they were decided at."""

    fills_behind_percent: float | None = 0.2
    """Mean of how much worse its fills were than those of its shadow for the same signals."""

    rejects_in_a_row: int | None = 5


class Fault(StrEnum):
    """Why a strategy is demoted; also the key of its text in translations."""

    VERSION = "version"
    DRAWDOWN = "drawdown"
    DRIFT = "drift"
    SLIPPAGE = "slippage"
    SHADOW = "shadow"
    REJECTS = "rejects"


class Reason(NamedTuple):
    """One reason: what was found, and what is allowed."""

    fault: Fault
    found: str
    allowed: str


def reasons_to_demote(version: str, criteria: DemotionCriteria, live: LiveEvidence) -> tuple[Reason, ...]:
    """Say why a strategy may not stay live. At a limit counts as breached, as for losses everywhere.

    ``version`` is what the strategy is now: if it is not what was promoted, that alone is a reason.
    """
    reasons = []
    if live.version != version:
        reasons.append(Reason(Fault.VERSION, version[:12], live.version[:12]))
    for fault, found, limit in (
        (Fault.DRAWDOWN, live.drawdown_percent, criteria.max_drawdown_percent),
        (Fault.DRIFT, live.behind_paper_percent, criteria.drift_percent),
        (Fault.SLIPPAGE, live.slippage_percent, criteria.slippage_percent),
        (Fault.SHADOW, live.fills.percent, criteria.fills_behind_percent),
    ):
        if limit is not None and found >= limit:
            reasons.append(Reason(fault, f"{found:.4g} %", f"{limit:.4g} %"))
    if criteria.rejects_in_a_row is not None and live.rejects_in_a_row >= criteria.rejects_in_a_row:
        reasons.append(Reason(Fault.REJECTS, str(live.rejects_in_a_row), str(criteria.rejects_in_a_row)))
    return tuple(reasons)
