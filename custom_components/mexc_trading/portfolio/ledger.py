"""The ledger of a book: positions, dust and realised PnL, as a fold over fills.

Average-cost accounting. A fee in the base asset lowers the owned quantity, a fee in the quote asset or in a third
one (MX) does not; every fee is expensed at once, at its value in quote units when it occurred.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from ..model.fill import Fill
from ..model.ids import Asset, EpisodeId, Symbol
from ..model.market import Instrument, Side
from ..model.money import ZERO
from .position import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """An episode that became flat: its net result in quote units and when (ns)."""

    symbol: Symbol
    episode_id: EpisodeId
    realized: Decimal
    at_ns: int


@dataclass(slots=True, kw_only=True)
class Ledger:
    """Positions by symbol, unsellable remains by symbol, and the net realised PnL since the book's first day."""

    positions: dict[Symbol, Position] = field(default_factory=dict)
    dust: dict[Symbol, Decimal] = field(default_factory=dict)
    realized: Decimal = ZERO

    def owned(self, symbol: Symbol) -> Decimal:
        """Base units that the book bought and has not sold; the user's other coins never count."""
        position = self.positions.get(symbol)
        return position.quantity if position else ZERO

    def holding(self, symbol: Symbol) -> Decimal:
        """Base units of ours at the venue: what is owned, and dust."""
        return self.owned(symbol) + self.dust.get(symbol, ZERO)

    def copy(self) -> Ledger:
        """Give a ledger that goes its own way from here."""
        return Ledger(positions=dict(self.positions), dust=dict(self.dust), realized=self.realized)

    def book(
        self, fill: Fill, *, instrument: Instrument, fee_quote: Decimal, at_ns: int, more: bool = False
    ) -> Closed | None:
        """Book one fill, once. Gives the closed episode when it made the position flat.

        ``more``: orders of the symbol may still trade. Until they have ended, a remainder too small to be sold alone is
        not dust: it may be what the order under way is selling.
        """
        self.realized -= fee_quote
        if fill.side is Side.BUY:
            self._buy(fill, instrument, fee_quote, at_ns)
            return None
        return self._sell(fill, instrument, fee_quote, at_ns, more=more)

    def charge(self, symbol: Symbol, episode_id: EpisodeId, fee_quote: Decimal) -> None:
        """Expense a fee whose value became known only after its fill was booked."""
        self.realized -= fee_quote
        held = self.positions.get(symbol)
        if held is not None and held.episode_id == episode_id:
            self.positions[symbol] = replace(held, realized=held.realized - fee_quote)

    def settle(self, symbol: Symbol, *, instrument: Instrument, at_ns: int) -> Closed | None:
        """Close an episode of which only dust is left, now that no order of the symbol can trade any more."""
        held = self.positions.get(symbol)
        if held is None or not is_dust(held.quantity, instrument, held.last_price):
            return None
        return self._close(held, at_ns)

    def _buy(self, fill: Fill, instrument: Instrument, fee_quote: Decimal, at_ns: int) -> None:
        """Enlarge the position; a fee in base never reaches us, so its cost leaves with it."""
        base_fee = fill.fee if fill.fee_asset == instrument.base else ZERO
        gained = fill.quantity - base_fee
        cost = fill.quote_quantity - base_fee * fill.price
        held = self.positions.get(fill.symbol)
        if held is None:
            held = Position(
                symbol=fill.symbol,
                episode_id=EpisodeId(f"{fill.symbol}:{fill.fill_id}"),
                quantity=self.dust.pop(fill.symbol, ZERO),
                cost=ZERO,
                realized=ZERO,
                opened_ns=at_ns,
                last_price=fill.price,
            )
        self.positions[fill.symbol] = replace(
            held,
            quantity=held.quantity + gained,
            cost=held.cost + cost,
            realized=held.realized - fee_quote,
            last_price=fill.price,
        )

    def _sell(self, fill: Fill, instrument: Instrument, fee_quote: Decimal, at_ns: int, *, more: bool) -> Closed | None:
        """Lower the position; what is left below the venue's minimum is dust and closes the episode.

        What was sold beyond that is not ours: the books disagree, and its proceeds are not ours to claim as profit.
        """
        held = self.positions.get(fill.symbol)
        base_fee = fill.fee if fill.fee_asset == instrument.base else ZERO
        if held is None:
            self._sell_dust(fill, base_fee)
            return None
        sold = min(fill.quantity, held.quantity)
        # A fee in base is coins handed over at the fill's price: disposed of like those sold, then expensed as a fee.
        given = min(base_fee, held.quantity - sold)
        left = held.quantity - sold - given
        cost_left = held.cost * left / held.quantity
        proceeds = fill.quote_quantity * sold / fill.quantity + given * fill.price
        gain = proceeds - (held.cost - cost_left)
        self.realized += gain
        result = held.realized + gain - fee_quote
        after = replace(held, quantity=left, cost=cost_left, realized=result, last_price=fill.price)
        if left > 0 and (more or not is_dust(left, instrument, fill.price)):
            self.positions[fill.symbol] = after
            return None
        return self._close(after, at_ns)

    def _sell_dust(self, fill: Fill, base_fee: Decimal) -> None:
        """Sell of what had been written off as dust: its cost is expensed already, so all of it is gain."""
        left = self.dust.pop(fill.symbol, ZERO)
        sold = min(fill.quantity, left)
        given = min(base_fee, left - sold)
        self.realized += fill.quote_quantity * sold / fill.quantity + given * fill.price
        if left > sold + given:
            self.dust[fill.symbol] = left - sold - given

    def _close(self, held: Position, at_ns: int) -> Closed:
        """End an episode; the cost of what is left of it is expensed."""
        self.positions.pop(held.symbol, None)
        self.realized -= held.cost
        if held.quantity > 0:
            self.dust[held.symbol] = self.dust.get(held.symbol, ZERO) + held.quantity
        return Closed(symbol=held.symbol, episode_id=held.episode_id, realized=held.realized - held.cost, at_ns=at_ns)


def is_dust(quantity: Decimal, instrument: Instrument, price: Decimal) -> bool:
    """Whether the venue would refuse to sell ``quantity`` because it is below its minimum."""
    sellable = instrument.quantity_down(quantity)
    return sellable <= 0 or sellable < instrument.min_quantity or sellable * price < instrument.min_notional


def fee_in_quote(fill: Fill, instrument: Instrument, third_price: Decimal | None) -> Decimal | None:
    """Value a fee in quote units; ``third_price`` values an asset that is neither base nor quote. None: no price."""
    if fill.fee == 0 or fill.fee_asset == instrument.quote:
        return fill.fee
    if fill.fee_asset == instrument.base:
        return fill.fee * fill.price
    return None if third_price is None else fill.fee * third_price


def third_symbol(asset: Asset, quote: Asset) -> Symbol:
    """Name the market that prices a fee asset in the book's currency."""
    return Symbol(f"{asset}{quote}")
