"""What the simulated account is allowed: three sets of limits that are edited into force, and three strategies."""

from decimal import Decimal
from pathlib import Path
from typing import Final

from custom_components.mexc_trading.bridge.terms import LIVE, AccountTerms
from custom_components.mexc_trading.exchange.secret import Secret
from custom_components.mexc_trading.model.ids import Asset, StrategyId, Symbol
from custom_components.mexc_trading.risk.limits import Limits
from custom_components.mexc_trading.risk.strategy import StrategyTerms
from tests.double import MexcDouble

from .plot import BY_SYMBOL, STRATEGIES

_SYMBOLS: Final = frozenset(map(Symbol, BY_SYMBOL))

LIMITS: Final = {
    "normal": Limits(
        symbols=_SYMBOLS,
        max_notional_per_order=Decimal(400),
        max_open_positions=3,
        max_open_orders=10,
        max_symbol_exposure=Decimal(1_200),
        max_gross_exposure=Decimal(2_500),
        max_orders_per_minute=60,
        price_collar_percent=Decimal(2),
        max_price_age_s=60,
    ),
    "tight": Limits(
        symbols=_SYMBOLS,
        max_notional_per_order=Decimal(200),
        max_open_positions=2,
        max_open_orders=5,
        max_symbol_exposure=Decimal(500),
        max_gross_exposure=Decimal(900),
        max_orders_per_minute=20,
        price_collar_percent=Decimal("0.5"),
        max_price_age_s=30,
        cooldown_after_loss_s=30,
        max_signals_per_minute=30,
    ),
    "wide": Limits(
        symbols=_SYMBOLS,
        max_notional_per_order=Decimal(1_000),
        max_open_positions=3,
        max_open_orders=40,
        max_symbol_exposure=Decimal(4_000),
        max_gross_exposure=Decimal(9_000),
        max_orders_per_minute=600,
        price_collar_percent=Decimal(2),
        max_price_age_s=60,
        max_daily_loss=Decimal(20_000),
    ),
}
"""By the names that a plan knows them by."""

TERMS: Final = tuple(
    StrategyTerms(
        strategy_id=StrategyId(name),
        name=name,
        symbols=frozenset(Symbol(market.symbol) for market in markets),
        limits=Limits(max_notional_per_order=Decimal(300)) if name == "mean" else None,
    )
    for name, markets in STRATEGIES.items()
)


def account_terms(double: MexcDouble, folder: Path, limits: str) -> AccountTerms:
    """Give the terms of a live account at the double."""
    return AccountTerms(
        entry_id="simulation",
        name="Simulation",
        mode=LIVE,
        rest_url=double.rest_url,
        stream_url=double.stream_url,
        api_key=Secret(double.api_key),
        api_secret=Secret(double.api_secret),
        install_secret=bytes(range(32)),
        quote=Asset("USDT"),
        limits=LIMITS[limits],
        folder=folder,
        paper_balance=Decimal(0),
    )
