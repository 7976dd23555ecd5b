"""Which venue an account trades at, and whether its key may."""

from collections.abc import Mapping
from typing import Final

from aiohttp import ClientSession

from ..engine.ports import Clock, Venue
from ..exchange.health import VenueHealth
from ..exchange.mexc.key import KeyConcern, KeyTerms, judge_key
from ..exchange.mexc.market import MexcMarket
from ..exchange.mexc.spot import MexcSpot
from ..exchange.paper.venue import Market, PaperVenue
from ..exchange.resilience.breaker import BreakerState
from ..model.outcome import Unavailable
from .terms import LIVE, AccountTerms

_NS_PER_MS: Final = 1_000_000


class AccountUnreachable(Exception):
    """The venue gave no usable answer; later it may."""

    def __init__(self, cause: str) -> None:
        """Keep the cause: a class or code, never free text of the venue."""
        super().__init__(cause)
        self.cause = cause


class AccountRefused(Exception):
    """The venue refuses the key, or the key may do what a trading key must not."""

    def __init__(self, concern: str) -> None:
        """Keep the concern: a translation key."""
        super().__init__(concern)
        self.concern = concern


def make_venue(terms: AccountTerms, *, session: ClientSession, clock: Clock, market: Market | None = None) -> Venue:
    """Build the venue of a book. A paper book reads ``market`` where it is given, so that two do not ask twice."""
    if terms.mode == LIVE:
        if terms.api_key is None or terms.api_secret is None:
            raise AccountRefused("credentials_missing")
        return MexcSpot(
            session=session,
            rest_url=terms.rest_url,
            api_key=terms.api_key,
            api_secret=terms.api_secret,
            clock=clock,
            terms_path=terms.folder / "instruments.json",
        )
    public = market or MexcMarket.public(
        session=session, rest_url=terms.rest_url, clock=clock, terms_path=terms.folder / "instruments-public.json"
    )
    return PaperVenue(market=public, clock=clock, quote=terms.quote, balance=terms.paper_balance, terms=terms.paper)


def market_of(venue: Venue) -> Market:
    """Give the market that a venue's prices come from; a paper venue's own reads are also evidence for its fills."""
    return venue.market if isinstance(venue, PaperVenue) else venue


def health_of(venue: Venue) -> VenueHealth | None:
    """Tell how the client behind a venue is doing; None: it does not say."""
    client = venue.market if isinstance(venue, PaperVenue) else venue
    return client.health() if isinstance(client, (MexcSpot, MexcMarket)) else None


def worst_breaker_of(venue: Venue) -> BreakerState | None:
    """Tell the state of the worst breaker of that client, without the rest; None: it does not say."""
    client = venue.market if isinstance(venue, PaperVenue) else venue
    return client.worst_breaker() if isinstance(client, (MexcSpot, MexcMarket)) else None


async def check_key(venue: Venue, clock: Clock) -> None:
    """Refuse a live key that can withdraw or transfer, or that cannot trade. An unreadable list counts as "can"."""
    if not isinstance(venue, MexcSpot):
        return
    terms = await venue.key_terms()
    if isinstance(terms, Unavailable):
        if terms.auth:
            raise AccountRefused("invalid_auth")
        raise AccountUnreachable(terms.cause)
    if refusal := key_refusal(terms, now_ns=clock.now_ns()):
        raise AccountRefused(refusal)


_REFUSALS: Final[Mapping[KeyConcern, str]] = {
    KeyConcern.PERMISSIONS_UNREADABLE: "permissions_unreadable",
    KeyConcern.CAN_WITHDRAW: "key_can_withdraw",
    KeyConcern.CAN_TRANSFER: "key_can_withdraw",
    KeyConcern.CANNOT_TRADE: "key_cannot_trade",
    KeyConcern.CANNOT_READ: "key_cannot_read",
    KeyConcern.NOT_VALID: "invalid_auth",
    KeyConcern.EXPIRED: "invalid_auth",
}
"""The translation key of each concern that forbids live trading."""


def key_refusal(terms: KeyTerms, *, now_ns: int) -> str:
    """Name what makes a key unfit for live trading, as a translation key; empty when nothing does."""
    found = judge_key(terms, now_ms=now_ns // _NS_PER_MS)
    return next((_REFUSALS[concern] for concern in found if concern.forbids_trading), "")
