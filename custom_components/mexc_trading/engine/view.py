"""From a book's state to the picture that the risk engine looks at."""

from decimal import Decimal

from ..model.ids import PERSON, StrategyId, Symbol
from ..model.market import Quote
from ..model.money import ZERO
from ..model.signal import Action, Signal
from ..risk.limits import Limits
from ..risk.memory import BOOK, intent
from ..risk.strategy import StrategyTerms
from ..risk.tighten import in_force
from ..risk.view import NEVER_LOST, RiskView
from .state import BookState


def risk_view(
    state: BookState, signal: Signal, limits: Limits, now_ns: int, approved: Decimal | None = None
) -> RiskView:
    """Picture the book around one signal: in-flight and unknown orders count in full.

    ``limits`` are those in force for it, ``approved`` the base units that a person has agreed to.
    """
    symbol, strategy, memory = signal.symbol, signal.strategy, state.memory
    totals = state.totals()
    worth = state.valued(totals)
    position = state.ledger.positions.get(symbol)
    orders, wishes, burst = memory.last_minute(strategy, now_ns)
    entering = signal.action is Action.ENTER
    return RiskView(
        now_ns=now_ns,
        book=state.book,
        quote_asset=state.quote,
        instrument=state.instruments.get(symbol),
        quote=state.marks.get(symbol),
        strategy=terms_of(state, strategy),
        holds=tuple(state.holds.values()),
        zone=state.zone,
        owned=ZERO if position is None else position.quantity,
        average_price=None if position is None else position.average_price,
        exiting=totals.exiting.get(symbol, ZERO),
        exposures=totals.exposures,
        gross=totals.gross,
        unpriced=totals.unpriced,
        open_orders=len(state.active),
        equity=None if worth is None or state.capital is None else state.capital + worth.total_pnl,
        daily_pnl=None if worth is None else worth.total_pnl - state.day.open_pnl if state.day else ZERO,
        at_risk=totals.at_risk,
        daily_drawdown=state.drawdown(state.day.peak_pnl if state.day else None, worth),
        total_drawdown=state.drawdown(memory.total_peak, worth),
        book_losses=memory.losses.get(BOOK, NEVER_LOST),
        symbol_losses=memory.losses.get(symbol, NEVER_LOST),
        burst=burst,
        orders_last_minute=orders,
        signals_last_minute=wishes,
        repeats=memory.repeats(strategy, limits.repeat_window_s, now_ns) if entering else 0,
        same_intent_ns=memory.intents.get(intent(signal)) if entering else None,
        conditions=memory.conditions,
        approved=approved,
    )


def terms_of(state: BookState, strategy: StrategyId) -> StrategyTerms | None:
    """Give a strategy's terms; one that is not configured (any more) may do nothing."""
    if strategy == PERSON:
        return None
    terms = state.strategies.get(strategy)
    return terms or StrategyTerms(strategy_id=strategy, name="", symbols=frozenset())


def limits_in_force(state: BookState, strategy: StrategyId) -> Limits:
    """Give the limits that a strategy's signals are judged by."""
    return state.tightened.get(strategy) or in_force(state.limits, terms_of(state, strategy))


def marks_for(state: BookState, symbol: Symbol) -> tuple[Quote, ...]:
    """Collect the prices that a decision about ``symbol`` looks at: its own, and those of what is held or at work."""
    wanted = sorted({symbol, *state.ledger.positions, *(record.order.symbol for record in state.active_orders)})
    return tuple(state.marks[name] for name in wanted if name in state.marks)
