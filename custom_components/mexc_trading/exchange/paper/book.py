"""The paper venue's matching, without clock and without waiting: the paper mode and the backtest share it."""

from decimal import Decimal
from typing import Final

from ...model.fill import Fill
from ...model.ids import Asset, FillId, OrderId
from ...model.market import Instrument, OrderType, Side
from ...model.money import ONE, ZERO, exact
from ...model.order import Order, require_permission
from ...model.outcome import Accepted, Balance, RefusalClass, Rejected
from .evidence import Evidence
from .matching import Match, crosses, rested, taken
from .paper_order import RESTING, PaperOrder, venue_name
from .terms import MX, PaperTerms
from .wallet import Wallet, fee_of, rate

BELOW_MINIMUM: Final = 30002
INSUFFICIENT_BALANCE: Final = 30004
OVERSOLD: Final = 30005
SUSPENDED: Final = 30000
"""The venue's own codes, so that one table explains both venues (fact sheet 5.2)."""

ENDED_KEPT: Final = 512
"""Ended orders that can still be looked up, with their trades: far more than the engine asks about."""


class PaperBook:
    """One account's orders and money. Everything happens when it is told what the market shows."""

    def __init__(self, *, terms: PaperTerms, wallet: Wallet) -> None:
        """Start with this money."""
        self.terms = terms
        self.wallet = wallet
        self.mx_price: Decimal | None = None
        self.orders: dict[OrderId, PaperOrder] = {}
        self.working: dict[OrderId, PaperOrder] = {}
        self._asked = 0

    def submit(self, order: Order, instrument: Instrument, seen: Evidence) -> Accepted | Rejected:
        """Take an order that arrives at the market as ``seen``: refuse it, match it, let the rest stand or end."""
        require_permission(order)
        known = self.orders.get(order.order_id)
        if known is not None:
            return known.acknowledgement()
        self._asked += 1
        with exact():
            refused = self._refusal(order, instrument, seen)
            if refused is not None:
                return refused
            kept = PaperOrder(order=order, instrument=instrument, created_ms=seen.at_ms)
            self.keep(kept)
            match = taken(order, kept.remaining, seen, self.terms, instrument)
            if match is not None:
                self._trade(kept, match, seen.at_ms)
            post_only_crosses = order.type is OrderType.POST_ONLY and crosses(order, seen)
            if order.type not in RESTING or post_only_crosses:
                self._end(kept)
        return kept.acknowledgement()

    def see(self, seen: Evidence) -> None:
        """Let resting orders of a symbol trade on what the market shows."""
        with exact():
            for kept in [kept for kept in self.working.values() if kept.order.symbol == seen.symbol]:
                match = rested(kept.order, kept.remaining, seen, self.terms, kept.instrument)
                if match is not None:
                    self._trade(kept, match, seen.at_ms)

    def cancel(self, order_id: OrderId) -> None:
        """End an order; one that has ended stays as it is."""
        kept = self.working.get(order_id)
        if kept is not None:
            self._end(kept)

    def keep(self, kept: PaperOrder) -> None:
        """Remember an order; of those that ended, only the latest stay."""
        self.orders[kept.order.order_id] = kept
        if kept.open:
            self.working[kept.order.order_id] = kept
        if len(self.orders) > ENDED_KEPT + len(self.working):
            oldest = next(name for name in self.orders if name not in self.working)
            del self.orders[oldest]

    def balances(self) -> tuple[Balance, ...]:
        """Tell cash and coins, and what resting orders lock of them."""
        with exact():
            locked: dict[Asset, Decimal] = {}
            for kept in self.working.values():
                buying = kept.order.side is Side.BUY
                asset = self.wallet.quote if buying else kept.instrument.base
                amount = (
                    self._cost(kept.remaining, kept.order.price or ZERO, kept.instrument) if buying else kept.remaining
                )
                locked[asset] = locked.get(asset, ZERO) + amount
            totals = {self.wallet.quote: self.wallet.cash, **self.wallet.coins}
            cut = {asset: min(total, locked.get(asset, ZERO)) for asset, total in totals.items()}
            return tuple(Balance(asset=asset, free=totals[asset] - cut[asset], locked=cut[asset]) for asset in totals)

    def _free(self, asset: Asset) -> Decimal:
        return next((balance.free for balance in self.balances() if balance.asset == asset), ZERO)

    def _cost(self, quantity: Decimal, price: Decimal, instrument: Instrument) -> Decimal:
        """What a purchase takes from the cash, at most."""
        return quantity * price * (ONE + rate(self.terms, instrument, maker=False))

    def _refusal(self, order: Order, instrument: Instrument, seen: Evidence) -> Rejected | None:
        """Refuse what the venue would refuse."""
        every = self.terms.refuse_every
        if every is not None and self._asked % every == 0:
            return Rejected(code=SUSPENDED, refusal=RefusalClass.MARKET, message="paper: a refusal to try")
        price = seen.price_for(order.side) if order.price is None else order.price
        least = instrument.min_notional_market if order.type is OrderType.MARKET else instrument.min_notional
        if order.quantity < instrument.min_quantity or order.quantity * price < least:
            return Rejected(code=BELOW_MINIMUM, refusal=RefusalClass.REQUEST, message="paper: below the minimum")
        if order.side is Side.SELL and self._free(instrument.base) <= 0:
            return Rejected(code=OVERSOLD, refusal=RefusalClass.FUNDS, message="paper: nothing to sell")
        worth = min(price, seen.ask) if order.type not in RESTING else price
        if order.side is Side.BUY and self._cost(order.quantity, worth, instrument) > self._free(self.wallet.quote):
            return Rejected(code=INSUFFICIENT_BALANCE, refusal=RefusalClass.FUNDS, message="paper: not enough cash")
        return None

    def _trade(self, kept: PaperOrder, match: Match, at_ms: int) -> None:
        """Book a trade, cut to what is there: a sale never goes below zero, a purchase never beyond the cash."""
        order, instrument, wallet = kept.order, kept.instrument, self.wallet
        if order.side is Side.SELL:
            there = instrument.quantity_down(wallet.held(instrument.base))
        else:
            there = instrument.quantity_down(max(ZERO, wallet.cash) / self._cost(ONE, match.price, instrument))
        match = match._replace(quantity=min(match.quantity, there))
        if match.quantity <= 0:
            self._end(kept)
            return
        fee = fee_of(order.side, match, self.terms, instrument, mx=(wallet.held(MX), self.mx_price))
        wallet.take(order.side, match, instrument, fee)
        value = match.quantity * match.price
        number = kept.booked_before + len(kept.fills) + 1
        kept.fills.append(
            Fill(
                fill_id=FillId(f"paper-{order.order_id}-{number}"),
                symbol=order.symbol,
                venue_order_id=venue_name(order.order_id),
                order_id=order.order_id,
                side=order.side,
                quantity=match.quantity,
                price=match.price,
                quote_quantity=value,
                fee=fee.amount,
                fee_asset=fee.asset,
                maker=match.maker,
                at_ms=at_ms,
            )
        )
        kept.executed += match.quantity
        kept.executed_quote += value
        if kept.remaining <= 0:
            self._end(kept)

    def _end(self, kept: PaperOrder) -> None:
        kept.open = False
        self.working.pop(kept.order.order_id, None)
