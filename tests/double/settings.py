"""What a test may turn on the double, with the documented behaviour as default."""

from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum

from .decimals import Json


class FeeAsset(StrEnum):
    """In which coin a fill's commission is taken."""

    QUOTE = "quote"
    BASE = "base"  # buys only: a sell receives quote and pays in it
    MX = "MX"  # while the MX balance lasts, then quote


class DuplicateClientId(StrEnum):
    """What happens to a second order with a client id already used."""

    ACCEPT = "accept"  # a second order appears, so that tests see duplicates
    REJECT = "reject"


class ExcessDecimals(StrEnum):
    """What happens to a price or quantity with too many decimals."""

    REFUSE = "refuse"
    TRUNCATE = "truncate"


@dataclass(slots=True, kw_only=True)
class Settings:
    """Every behaviour of the venue that is settable.

    Ends of names give units: ``_s`` seconds, ``_reads`` number of lookups,
    ``_quote`` value in the quote coin.
    """

    fee_asset_mode: FeeAsset = FeeAsset.QUOTE
    duplicate_client_id: DuplicateClientId = DuplicateClientId.ACCEPT
    duplicate_reject_code: int = -2010
    excess_decimals: ExcessDecimals = ExcessDecimals.REFUSE
    spread_ticks: int = 2
    level_count: int = 20
    level_quote: Decimal = Decimal(20_000)
    maker_fill_share: Decimal = Decimal(1)
    market_quote_status: str = "FILLED"
    order_visibility_s: float = 0.0
    order_visibility_reads: int = 0
    balance_lag_s: float = 0.0
    trades_lag_s: float = 0.0
    ack_has_client_id: bool = False
    cancel_shows: str = "before"
    key_answer_wrapped: bool = False
    max_open_orders: int = 500
    kline_rows_max: int = 500
    my_trades_rows_default: int = 10
    my_trades_rows_max: int = 100
    mx_deduct: bool = False
    listen_key_validity_s: float = 3600.0
    stream_idle_s: float = 60.0
    stream_unsubscribed_s: float = 30.0
    stream_life_s: float = 86_400.0
    stream_subscriptions_max: int = 30

    def change(self, name: str, value: Json) -> None:
        """Set one field from a JSON value, converted to the field's own kind.

        Raises ValueError when there is no such field or the value does not fit.
        """
        if name not in {field.name for field in fields(self)}:
            msg = f"no setting {name!r}"
            raise ValueError(msg)
        current = getattr(self, name)
        if isinstance(current, bool):
            if not isinstance(value, bool):
                msg = f"{name} is true or false"
                raise ValueError(msg)  # noqa: TRY004 - one kind of error for all bad values
            setattr(self, name, value)
            return
        setattr(self, name, type(current)(str(value)))

    def shown(self) -> dict[str, Json]:
        """Give all settings as JSON."""
        return {
            field.name: str(value) if isinstance(value, Decimal) else value
            for field in fields(self)
            for value in (getattr(self, field.name),)
        }
