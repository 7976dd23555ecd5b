"""One picture, and what a rule must say of it."""

from typing import NamedTuple

from custom_components.mexc_trading.model.decision import Finding, RuleName
from custom_components.mexc_trading.model.signal import Signal
from custom_components.mexc_trading.risk.limits import Limits
from custom_components.mexc_trading.risk.view import RiskView

from .pictures import ENTRY, LIMITS, VIEW

PASS, CLAMP, DENY, APPROVAL, SKIP = Finding.PASS, Finding.CLAMP, Finding.DENY, Finding.APPROVAL, Finding.SKIP


class Case(NamedTuple):
    """One row of a table. ``figures`` are limit, value, margin and unit; None where they are of no interest."""

    name: str
    rule: RuleName
    finding: Finding
    signal: Signal = ENTRY
    view: RiskView = VIEW
    limits: Limits = LIMITS
    figures: tuple[str, str, str, str] | None = None
