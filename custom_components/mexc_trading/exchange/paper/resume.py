"""What a paper account is after a restart: worked out from the book's own state, which the journal gives back.

The paper venue keeps nothing on disk. Its cash follows from the ledger: every unit that was spent is either the cost of
what is held or in the realised result. An order that was resting rests again; of one that was on its way nobody knows,
so it never arrived. A trade that the journal knows only by its quantity is booked at the order's worst price.
"""

from decimal import Decimal

from ...engine.state import BookState
from ...model.fill import Fill
from ...model.ids import FillId
from ...model.market import Instrument
from ...model.money import ZERO, exact
from ...orders.record import OrderRecord
from ...orders.states import TERMINAL, WORKING
from .book import PaperBook
from .paper_order import RESTING, PaperOrder, venue_name
from .terms import PaperTerms
from .wallet import Wallet


def resumed(state: BookState, *, terms: PaperTerms, balance: Decimal) -> PaperBook:
    """Set a paper account up as the book knows it; ``balance`` is its start if the book knows none, in quote units."""
    with exact():
        ledger = state.ledger
        start = balance if state.capital is None else state.capital
        spent = sum((position.cost for position in ledger.positions.values()), start=ZERO)
        wallet = Wallet(quote=state.quote, cash=start + ledger.realized - spent)
        for symbol in {*ledger.positions, *ledger.dust}:
            instrument = state.instruments.get(symbol)
            if instrument is not None:
                wallet.coins[instrument.base] = ledger.holding(symbol)
        book = PaperBook(terms=terms, wallet=wallet)
        for record in state.active_orders:
            instrument = state.instruments.get(record.order.symbol)
            if instrument is not None and (record.state in WORKING or record.state in TERMINAL):
                book.keep(_resumed_order(record, instrument))
    return book


def _resumed_order(record: OrderRecord, instrument: Instrument) -> PaperOrder:
    order = record.order
    price = order.price or order.decision.price or ZERO
    kept = PaperOrder(
        order=order,
        instrument=instrument,
        created_ms=record.planned_ns // 1_000_000,
        executed=record.executed,
        executed_quote=record.executed * price,
        open=record.state in WORKING and order.type in RESTING and record.executed < order.quantity,
        booked_before=len(record.fills),
    )
    owing = record.executed - record.booked
    if owing > 0:
        kept.fills.append(
            Fill(
                fill_id=FillId(f"paper-{order.order_id}-{len(record.fills) + 1}"),
                symbol=order.symbol,
                venue_order_id=venue_name(order.order_id),
                order_id=order.order_id,
                side=order.side,
                quantity=owing,
                price=price,
                quote_quantity=owing * price,
                fee=owing * price * instrument.taker_fee,
                fee_asset=instrument.quote,
                maker=False,
                at_ms=record.changed_ns // 1_000_000,
            )
        )
    return kept
