"""Every rule, one idea a file. A new rule is a file here, a name in ``RuleName`` and a row in ``RULES``."""

from collections.abc import Callable
from typing import Final

from ...model.decision import RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .cooldown_after_loss import cooldown_after_loss
from .exit_owned import exit_owned
from .holds import holds
from .instrument_tradable import instrument_tradable
from .max_daily_loss import max_daily_loss
from .max_notional_per_order import max_notional_per_order
from .max_open_positions import max_open_positions
from .signal_age import signal_age
from .stale_price import stale_price
from .symbol_allowed import symbol_allowed
from .tick_lot_minimum import tick_lot_minimum

type Rule = Callable[[Proposal, RiskView, Limits], RuleResult]

RULES: Final[tuple[Rule, ...]] = (
    holds,
    signal_age,
    symbol_allowed,
    instrument_tradable,
    stale_price,
    exit_owned,
    tick_lot_minimum,
    max_notional_per_order,
    max_open_positions,
    max_daily_loss,
    cooldown_after_loss,
)
"""Evaluated all, every time, each on its own; the order only decides which denial is named first."""
