"""How the paper venue behaves: every assumption about fills, fees and delays, with the kindest ones as defaults."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ...model.ids import Asset
from ...model.money import ONE, ZERO

MX: Final = Asset("MX")
"""The venue's own coin, in which fees can be paid."""


class FeeAsset(StrEnum):
    """What a fee is paid in: the book's currency, what the trade brought in, or the venue's own coin."""

    QUOTE = "quote"
    RECEIVED = "received"
    MX = "mx"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTerms:
    """The model of one paper account. Rates are fractions, times in ms."""

    share: Decimal = ONE
    """Of what is displayed, or was traded, that an order of ours gets: 0 < share ≤ 1."""

    slippage: Decimal = ZERO
    """How far beyond the touch a taker trades, as a fraction of the price."""

    latency_ms: int = 0
    """From a request until the order meets the market."""

    taker_fee: Decimal | None = None
    """The account's tier; None: what the instrument says."""

    maker_fee: Decimal | None = None
    fee_asset: FeeAsset = FeeAsset.QUOTE
    mx_discount: Decimal = ZERO
    """Of fees that are paid in the venue's own coin, as a fraction."""

    visible_after_ms: int = 0
    """How long a new order cannot be looked up (the venue's visibility lag)."""

    refuse_every: int | None = None
    """Every so many-th order is refused as if trading were suspended, to see what becomes of it; None: none is."""
