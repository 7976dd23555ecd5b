"""The paper account's money: cash and coins, and what a trade and its fee do to them."""

from dataclasses import dataclass, field
from decimal import Decimal

from ...model.ids import Asset
from ...model.market import Instrument, Side
from ...model.money import ONE, ZERO
from .matching import Match
from .terms import MX, FeeAsset, PaperTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """What a trade costs, in ``asset`` units."""

    amount: Decimal
    asset: Asset


@dataclass(slots=True, kw_only=True)
class Wallet:
    """Cash in quote units and coins in their own."""

    quote: Asset
    cash: Decimal
    coins: dict[Asset, Decimal] = field(default_factory=dict)

    def held(self, asset: Asset) -> Decimal:
        """Coins of one kind."""
        return self.coins.get(asset, ZERO)

    def take(self, side: Side, match: Match, instrument: Instrument, fee: Fee) -> None:
        """Move what a trade moves."""
        ahead = ONE if side is Side.BUY else -ONE
        self.cash -= ahead * match.quantity * match.price
        self._add(instrument.base, ahead * match.quantity)
        if fee.asset == self.quote:
            self.cash -= fee.amount
        else:
            self._add(fee.asset, -fee.amount)

    def _add(self, asset: Asset, amount: Decimal) -> None:
        held = self.held(asset) + amount
        if held > 0:
            self.coins[asset] = held
        else:
            self.coins.pop(asset, None)


def rate(terms: PaperTerms, instrument: Instrument, *, maker: bool) -> Decimal:
    """Give the fee of the account's tier, as a fraction."""
    own = terms.maker_fee if maker else terms.taker_fee
    listed = instrument.maker_fee if maker else instrument.taker_fee
    return listed if own is None else own


def fee_of(
    side: Side, match: Match, terms: PaperTerms, instrument: Instrument, *, mx: tuple[Decimal, Decimal | None]
) -> Fee:
    """Work out a trade's fee. In MX only while there is enough of it and its price is known, else in quote units.

    ``mx`` is how much of it is held, and its price.
    """
    fraction = rate(terms, instrument, maker=match.maker)
    value = match.quantity * match.price * fraction
    if terms.fee_asset is FeeAsset.RECEIVED and side is Side.BUY:
        return Fee(amount=match.quantity * fraction, asset=instrument.base)
    held, price = mx
    if terms.fee_asset is FeeAsset.MX and price:
        amount = value * (ONE - terms.mx_discount) / price
        if amount <= held:
            return Fee(amount=amount, asset=MX)
    return Fee(amount=value, asset=instrument.quote)
