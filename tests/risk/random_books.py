"""Random limits, pictures and wishes of a book, for what must hold whatever they are."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from custom_components.mexc_trading.model.hold import WHOLE_BOOK, Hold, HoldKind, Release, Scope, ScopeKind
from custom_components.mexc_trading.model.ids import HoldId
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.signal import Level, LevelBasis, Protect, Signal, Size, SizeBasis
from custom_components.mexc_trading.risk.limits import Group, Limits, LossScope, SymbolQuantity
from custom_components.mexc_trading.risk.schedule import Window
from custom_components.mexc_trading.risk.view import Losses, RiskView

from .pictures import BTC, BTCUSDT, ENTRY, ETH, EXIT, MX, NOW, QUOTE, VIEW, S


def amounts(least: str = "0.01", most: str = "1000") -> st.SearchStrategy[Decimal]:
    """Decimals with a few places."""
    return st.decimals(Decimal(least), Decimal(most), places=3)


def _maybe[T](values: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | values


_SYMBOLS = st.sampled_from([BTC, ETH, MX])
_COUNTS = st.integers(1, 5)

WINDOWS = _maybe(
    st.lists(
        st.builds(
            lambda days, start, length: Window(tuple(sorted(days)), start, min(1440, start + length)),
            st.sets(st.integers(0, 6), min_size=1),
            st.integers(0, 1439),
            st.integers(1, 1440),
        ),
        max_size=3,
    ).map(tuple)
)

LIMITS_OF_ANY_KIND = st.builds(
    Limits,
    symbols=st.just(frozenset({BTC, ETH})),
    max_notional_per_order=_maybe(amounts()),
    max_quantity_per_order=st.lists(
        st.builds(SymbolQuantity, _SYMBOLS, amounts(most="9")), max_size=2, unique_by=lambda limit: limit.symbol
    ).map(tuple),
    max_burst_notional=_maybe(amounts()),
    max_open_positions=_maybe(_COUNTS),
    max_open_orders=_maybe(_COUNTS),
    max_symbol_exposure=_maybe(amounts()),
    groups=st.lists(
        st.builds(Group, st.sampled_from("abc"), st.sets(_SYMBOLS, min_size=1).map(tuple), amounts()),
        max_size=2,
        unique=True,
    ).map(tuple),
    max_gross_exposure=_maybe(amounts()),
    max_unprotected_exposure=_maybe(amounts()),
    max_leverage=_maybe(amounts(most="3")),
    max_daily_loss=_maybe(amounts()),
    daily_loss_headroom=st.booleans(),
    max_daily_drawdown=_maybe(amounts(most="100")),
    max_total_drawdown=_maybe(amounts(most="100")),
    cooldown_after_loss_s=st.integers(0, 100),
    loss_scope=st.sampled_from(LossScope),
    max_loss_streak=_maybe(_COUNTS),
    loss_streak_pause_s=st.integers(1, 100),
    price_collar_percent=amounts(most="50"),
    max_price_age_s=st.integers(1, 300),
    max_spread_percent=_maybe(amounts(most="3")),
    max_depth_percent=_maybe(amounts(most="100")),
    max_orders_per_minute=_maybe(_COUNTS),
    max_signals_per_minute=_maybe(_COUNTS),
    duplicate_window_s=st.integers(0, 100),
    max_repeats=_maybe(_COUNTS),
    repeat_window_s=st.integers(1, 100),
    requires_stop=st.booleans(),
    trading_windows=WINDOWS,
    home_conditions=st.sets(st.sampled_from(["ups", "internet"])).map(tuple),
    approval_above=_maybe(amounts()),
).map(lambda limits: replace(limits, loss_scope=_said(limits)))


def _said(limits: Limits) -> LossScope:
    """Limits that pause nothing name no scope."""
    return limits.loss_scope if limits.cooldown_after_loss_s or limits.max_loss_streak else LossScope.BOOK


_HOLDS = st.lists(
    st.builds(
        lambda kind, scope: Hold(
            hold_id=HoldId(kind), kind=kind, scope=scope, since_ns=NOW, why="test", release=Release.PERSON
        ),
        st.sampled_from([kind for kind in HoldKind if kind is not HoldKind.FREEZE]),
        st.sampled_from([WHOLE_BOOK, Scope(kind=ScopeKind.SYMBOL, name=BTC), Scope(kind=ScopeKind.SYMBOL, name=ETH)]),
    ),
    max_size=2,
).map(tuple)

_LOSSES = st.builds(Losses, st.integers(NOW - 200 * S, NOW), st.integers(0, 5))


@st.composite
def _views(draw: st.DrawFn) -> RiskView:
    exposures = draw(st.dictionaries(_SYMBOLS, amounts("0"), max_size=3))
    bid = draw(amounts("1", "200"))
    quote = replace(
        QUOTE,
        bid=bid,
        ask=bid + draw(amounts("0", "2")),
        at_ns=NOW - draw(st.integers(0, 400)) * S,
        bid_quantity=draw(_maybe(amounts())),
        ask_quantity=draw(_maybe(amounts())),
    )
    return replace(
        VIEW,
        instrument=draw(st.sampled_from([BTCUSDT, BTCUSDT, BTCUSDT, None])),
        quote=draw(st.sampled_from([quote, quote, quote, None])),
        holds=draw(_HOLDS),
        owned=draw(amounts("0", "20")),
        average_price=draw(_maybe(amounts())),
        exiting=draw(amounts("0", "5")),
        exposures=exposures,
        gross=sum(exposures.values(), start=Decimal(0)),
        unpriced=draw(st.frozensets(_SYMBOLS, max_size=1)),
        open_orders=draw(st.integers(0, 5)),
        equity=draw(_maybe(amounts("-10"))),
        daily_pnl=draw(_maybe(amounts("-200", "200"))),
        at_risk=draw(amounts("0")),
        daily_drawdown=draw(_maybe(amounts("0", "100"))),
        total_drawdown=draw(_maybe(amounts("0", "100"))),
        book_losses=draw(_LOSSES),
        symbol_losses=draw(_LOSSES),
        burst=draw(amounts("0")),
        orders_last_minute=draw(st.integers(0, 5)),
        signals_last_minute=draw(st.integers(0, 5)),
        repeats=draw(st.integers(0, 5)),
        same_intent_ns=draw(_maybe(st.integers(NOW - 200 * S, NOW))),
        conditions=draw(st.dictionaries(st.sampled_from(["ups", "internet"]), st.booleans())),
        approved=draw(_maybe(amounts())),
    )


VIEWS = _views()

_SIZES = st.builds(Size, basis=st.sampled_from(SizeBasis), value=amounts("0.001", "300"))
_PROTECTS = _maybe(
    st.builds(
        Protect,
        stop_loss=_maybe(st.builds(Level, basis=st.sampled_from(LevelBasis), value=amounts(most="120"))),
        trailing_percent=_maybe(amounts(most="50")),
    )
)

WISHES: st.SearchStrategy[Signal] = st.builds(
    lambda size, protect, price, side, age: replace(
        ENTRY, size=size, protect=protect, price=price, side=side, issued_at_ns=NOW - age * S
    ),
    _SIZES,
    _PROTECTS,
    amounts("0.01", "220"),
    st.sampled_from([Side.BUY, Side.BUY, Side.BUY, Side.SELL]),
    st.integers(-3, 60),
)
"""Limit orders: of a market order the price depends on the collar, and so on the limits."""

EXITS: st.SearchStrategy[Signal] = st.builds(
    lambda size, order_type, price, urgency: replace(
        EXIT,
        size=size,
        order_type=order_type,
        price=None if order_type is OrderType.MARKET else price,
        urgency=urgency,
    ),
    _maybe(_SIZES),
    st.sampled_from(OrderType),
    amounts("0.01", "220"),
    st.integers(0, 4),
)
