"""From a book's state to the picture that the risk engine looks at."""

from ..model.ids import PERSON, StrategyId, Symbol
from ..model.market import Quote, Side
from ..model.money import ZERO
from ..model.signal import Signal
from ..risk.strategy import StrategyTerms
from ..risk.view import RiskView
from .state import BookState


def risk_view(state: BookState, signal: Signal, now_ns: int) -> RiskView:
    """Picture the book around one signal: in-flight and unknown orders count in full."""
    symbol = signal.symbol
    exiting = ZERO
    exposed = set(state.ledger.positions)
    for record in state.active_orders:
        if record.order.side is Side.BUY:
            if record.pending > 0:
                exposed.add(record.order.symbol)
        elif record.order.symbol == symbol:
            exiting += record.pending
    position = state.ledger.positions.get(symbol)
    return RiskView(
        now_ns=now_ns,
        book=state.book,
        instrument=state.instruments.get(symbol),
        quote=state.marks.get(symbol),
        strategy=_terms(state, signal.strategy),
        owned=state.ledger.owned(symbol),
        average_price=position.average_price if position else None,
        exiting=exiting,
        exposed=frozenset(exposed),
        equity=state.equity(),
        daily_pnl=state.daily_pnl(),
        last_loss_ns=state.last_loss_ns,
        holds=tuple(state.holds.values()),
    )


def _terms(state: BookState, strategy: StrategyId) -> StrategyTerms | None:
    """Give a strategy's terms; one that is not configured (any more) may do nothing."""
    if strategy == PERSON:
        return None
    terms = state.strategies.get(strategy)
    return terms or StrategyTerms(strategy_id=strategy, name="", symbols=frozenset())


def marks_for(state: BookState, symbol: Symbol) -> tuple[Quote, ...]:
    """Collect the prices that a decision about ``symbol`` looks at: its own and those of all held symbols."""
    wanted = sorted({symbol, *state.ledger.positions})
    return tuple(state.marks[name] for name in wanted if name in state.marks)
