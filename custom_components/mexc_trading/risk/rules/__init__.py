"""Every rule, one idea a file. A new rule is a file here, a name in ``RuleName`` and a row in ``RULES``."""

from collections.abc import Callable
from typing import Final

from ...model.decision import RuleResult
from ..limits import Limits
from ..proposal import Proposal
from ..view import RiskView
from .approval import approval
from .burst_notional import burst_notional
from .cooldown_after_loss import cooldown_after_loss
from .daily_loss_headroom import daily_loss_headroom
from .depth import depth
from .duplicate_intent import duplicate_intent
from .exit_owned import exit_owned
from .holds import holds
from .home_condition import home_condition
from .instrument_tradable import instrument_tradable
from .loss_streak import loss_streak
from .max_daily_drawdown import max_daily_drawdown
from .max_daily_loss import max_daily_loss
from .max_gross_exposure import max_gross_exposure
from .max_group_exposure import max_group_exposure
from .max_leverage import max_leverage
from .max_notional_per_order import max_notional_per_order
from .max_open_orders import max_open_orders
from .max_open_positions import max_open_positions
from .max_quantity_per_order import max_quantity_per_order
from .max_symbol_exposure import max_symbol_exposure
from .max_total_drawdown import max_total_drawdown
from .max_unprotected_exposure import max_unprotected_exposure
from .order_rate import order_rate
from .price_collar import price_collar
from .repeat_execution import repeat_execution
from .requires_stop import requires_stop
from .signal_age import signal_age
from .source_rate import source_rate
from .spread import spread
from .stage import stage
from .stale_price import stale_price
from .symbol_allowed import symbol_allowed
from .tick_lot_minimum import tick_lot_minimum
from .trading_window import trading_window

type Rule = Callable[[Proposal, RiskView, Limits], RuleResult]

RULES: Final[tuple[Rule, ...]] = (
    holds,
    stage,
    signal_age,
    symbol_allowed,
    instrument_tradable,
    stale_price,
    price_collar,
    spread,
    depth,
    exit_owned,
    tick_lot_minimum,
    requires_stop,
    max_notional_per_order,
    max_quantity_per_order,
    burst_notional,
    max_open_positions,
    max_open_orders,
    max_symbol_exposure,
    max_group_exposure,
    max_gross_exposure,
    max_unprotected_exposure,
    max_leverage,
    max_daily_loss,
    daily_loss_headroom,
    max_daily_drawdown,
    max_total_drawdown,
    cooldown_after_loss,
    loss_streak,
    order_rate,
    source_rate,
    duplicate_intent,
    repeat_execution,
    trading_window,
    home_condition,
    approval,
)
"""Evaluated all, every time, each on its own; the order only decides which denial is named first."""
