"""The terms of an account, as its config entry holds them."""

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Final

from ..exchange.paper.terms import PaperTerms
from ..exchange.secret import Secret
from ..model.ids import Asset, BookName
from ..risk.limits import Limits

LIVE: Final = BookName("live")
PAPER: Final = BookName("paper")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTerms:
    """One account. ``api_key`` and ``api_secret`` are None on paper, which needs public market data only."""

    entry_id: str
    name: str
    mode: BookName
    rest_url: str
    stream_url: str
    api_key: Secret | None
    api_secret: Secret | None
    install_secret: bytes = field(repr=False)
    """32 random bytes, made once with the entry; what client order ids are derived from."""

    quote: Asset
    limits: Limits
    folder: Path
    """``<config>/mexc_trading/<entry id>``: journals and the kill file."""

    paper_balance: Decimal
    """Quote units that a paper account starts with."""

    paper: PaperTerms = field(default_factory=PaperTerms)
    """How the paper venue behaves at first; later changes are put in force by the books."""

    zone: tzinfo = UTC
    """Where the trading day begins at midnight."""
