"""What the double lists: normal symbols, and one of each awkward kind."""

from dataclasses import dataclass
from decimal import Decimal

from .decimals import Json, plain, step


@dataclass(slots=True, kw_only=True)
class Symbol:
    """One trading pair with the venue's own flags and bounds.

    ``price_places`` and ``quantity_places`` count decimals. ``min_quantity`` is
    in base; ``min_quote``, ``max_quote`` and ``max_quote_market`` are order
    values in quote. ``band`` is the price band as a fraction of the last price.
    Tests may change any field while the double runs.
    """

    name: str
    base: str
    quote: str
    start_price: Decimal
    price_places: int = 2
    quantity_places: int = 6
    min_quantity: Decimal = Decimal(0)
    min_quote: Decimal = Decimal(1)
    min_quote_market: Decimal = Decimal(1)
    max_quote: Decimal = Decimal(2_000_000)
    max_quote_market: Decimal = Decimal(100_000)
    band: Decimal = Decimal("0.2")
    maker_fee: Decimal = Decimal(0)
    taker_fee: Decimal = Decimal("0.0005")
    status: str = "1"
    api_enabled: bool = True
    order_types: tuple[str, ...] = ("LIMIT", "MARKET", "LIMIT_MAKER")
    trade_side: int = 1
    special_treatment: bool = False

    @property
    def tick(self) -> Decimal:
        """Smallest price step."""
        return step(self.price_places)

    def listing(self) -> dict[str, Json]:
        """Describe the pair as a row of ``exchangeInfo`` does."""
        return {
            "symbol": self.name,
            "status": self.status,
            "baseAsset": self.base,
            "baseAssetPrecision": self.quantity_places,
            "quoteAsset": self.quote,
            "quotePrecision": self.price_places,
            "quoteAssetPrecision": self.price_places,
            "baseCommissionPrecision": self.quantity_places,
            "quoteCommissionPrecision": self.price_places,
            "orderTypes": list(self.order_types),
            "isSpotTradingAllowed": self.api_enabled,
            "isMarginTradingAllowed": False,
            "permissions": ["SPOT"],
            "filters": [
                {
                    "filterType": "PERCENT_PRICE_BY_SIDE",
                    "bidMultiplierUp": plain(self.band),
                    "askMultiplierDown": plain(self.band),
                }
            ],
            "maxQuoteAmount": plain(self.max_quote),
            "maxQuoteAmountMarket": plain(self.max_quote_market),
            "quoteAmountPrecision": plain(self.min_quote),
            "quoteAmountPrecisionMarket": plain(self.min_quote_market),
            "baseSizePrecision": plain(self.min_quantity),
            "makerCommission": plain(self.maker_fee),
            "takerCommission": plain(self.taker_fee),
            "tradeSideType": self.trade_side,
            "st": self.special_treatment,
            "fullName": self.base,
            "contractAddress": "",
        }


def default_symbols() -> dict[str, Symbol]:
    """List the symbols that a new double starts with, by name."""
    limit_only = ("LIMIT", "LIMIT_MAKER")
    rows = (
        Symbol(
            name="BTCUSDT",
            base="BTC",
            quote="USDT",
            start_price=Decimal(90000),
            min_quantity=Decimal("0.000001"),
        ),
        Symbol(
            name="ETHUSDT",
            base="ETH",
            quote="USDT",
            start_price=Decimal(3000),
            quantity_places=5,
            min_quantity=Decimal("0.0001"),
        ),
        Symbol(
            name="MXUSDT",
            base="MX",
            quote="USDT",
            start_price=Decimal(2),
            price_places=4,
            quantity_places=2,
        ),
        Symbol(
            name="SOLUSDT",
            base="SOL",
            quote="USDT",
            start_price=Decimal(150),
            quantity_places=2,
            min_quantity=Decimal("0.01"),
            min_quote=Decimal(5),
        ),
        # Shown on the web, closed to the API: orders answer 10007.
        Symbol(
            name="PEPEUSDT",
            base="PEPE",
            quote="USDT",
            start_price=Decimal("0.00001"),
            price_places=9,
            quantity_places=0,
            api_enabled=False,
        ),
        # Paused: orders answer 30016.
        Symbol(name="TRXUSDT", base="TRX", quote="USDT", start_price=Decimal("0.3"), status="2"),
        # Delisted: listed by symbol/offline, orders answer 30000.
        Symbol(name="OLDUSDT", base="OLD", quote="USDT", start_price=Decimal(1), status="3"),
        # Only limit orders; also quoted in another coin than USDT.
        Symbol(
            name="ETHUSDC",
            base="ETH",
            quote="USDC",
            start_price=Decimal(3000),
            quantity_places=5,
            order_types=limit_only,
        ),
        Symbol(
            name="ETHBTC",
            base="ETH",
            quote="BTC",
            start_price=Decimal("0.0333"),
            price_places=6,
            quantity_places=4,
            min_quote=Decimal("0.00001"),
            min_quote_market=Decimal("0.00001"),
        ),
        # Sell only: buys answer 30001.
        Symbol(
            name="ADAUSDT",
            base="ADA",
            quote="USDT",
            start_price=Decimal("0.5"),
            price_places=4,
            quantity_places=1,
            trade_side=3,
        ),
    )
    return {row.name: row for row in rows}
