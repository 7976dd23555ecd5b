"""Signed endpoints about the account, the key and the listen keys."""

from collections.abc import Sequence

from .decimals import Json, plain
from .errors import Refusal
from .listen_keys import KEYS_MAX
from .routes import Call, Route

_ACCOUNT = "SPOT_ACCOUNT_READ"
_STREAM = "/api/v3/userDataStream"


def account(call: Call) -> Json:
    """Give balances that are not zero; the flags say nothing about the key."""
    held = call.world.venue.balances.seen(call.world.settings.balance_lag_s)
    rows: list[Json] = [
        {
            "asset": asset,
            "free": plain(balance.free),
            "locked": plain(balance.locked),
            "available": plain(balance.free),
        }
        for asset, balance in held.items()
        if balance.total
    ]
    return {
        "makerCommission": None,
        "takerCommission": None,
        "buyerCommission": None,
        "sellerCommission": None,
        "canTrade": True,
        "canWithdraw": True,
        "canDeposit": True,
        "updateTime": None,
        "accountType": "SPOT",
        "balances": rows,
        "permissions": ["SPOT"],
    }


def _wrapped(call: Call, inner: Json) -> Json:
    """Put an answer in the envelope that a few endpoints use."""
    now_ms = call.world.clock.now_ms()
    return {"data": inner, "code": 0, "msg": "success", "timestamp": now_ms}


def trade_fee(call: Call) -> Json:
    """Give the account's fees as JSON numbers."""
    symbol = call.world.venue.symbol(call.text("symbol"))
    maker, taker = float(symbol.maker_fee), float(symbol.taker_fee)
    return _wrapped(call, {"makerCommission": maker, "takerCommission": taker})


def self_symbols(call: Call) -> Json:
    """List the symbols that this key may trade."""
    rows = call.world.venue.symbols.values()
    names = [s.name for s in rows if s.api_enabled and s.status == "1"]
    return {"code": 200, "data": names, "msg": None}


def key_facts(call: Call) -> Json:
    """Describe the key: scopes, addresses, remaining days."""
    key = call.world.key
    if call.text("accessKey") != key.access:
        raise Refusal(10072)
    facts: dict[str, Json] = {
        "note": key.note,
        "accessKey": key.access,
        "createTime": key.create_time,
        "permissions": ",".join(key.scopes),
        "remainingValidity": key.remaining_validity,
        "ipWhiteList": ",".join(key.ip_white_list),
        "status": key.status,
    }
    return _wrapped(call, facts) if call.world.settings.key_answer_wrapped else facts


def change_key(call: Call) -> Json:
    """Refuse: the real endpoint rewrites the key, no client of ours may call it."""
    call.world.log.violate("POST /api/v3/apiKeyInfo would rewrite the key")
    raise Refusal(700007)


def deduct(call: Call) -> Json:
    """Tell whether fees are paid in MX."""
    return _wrapped(call, {"mxDeductEnable": call.world.settings.mx_deduct})


def uid(_call: Call) -> Json:
    """Give the account's number."""
    return {"uid": "12345678"}


def kyc_status(_call: Call) -> Json:
    """Tell how far the account is verified."""
    return {"status": "2"}


def create_listen_key(call: Call) -> Json:
    """Make a listen key."""
    key = call.world.listen_keys.create()
    if key is None:
        raise Refusal(33333, "too many listen keys")
    return {"listenKey": key}


def renew_listen_key(call: Call) -> Json:
    """Prolong a listen key; an error means that it is gone."""
    key = call.text("listenKey")
    if not call.world.listen_keys.renew(key):
        raise Refusal(730708)
    return {"listenKey": key}


def list_listen_keys(call: Call) -> Json:
    """List the valid listen keys."""
    keys = call.world.listen_keys.valid()
    return {"listenKey": keys, "total": len(keys), "available": KEYS_MAX - len(keys)}


def close_listen_key(call: Call) -> Json:
    """End a listen key."""
    key = call.text("listenKey")
    if not call.world.listen_keys.close(key):
        raise Refusal(730708)
    return {"listenKey": key}


ROUTES: Sequence[Route] = (
    Route(
        method="GET",
        path="/api/v3/account",
        answer=account,
        weight=10,
        scope=_ACCOUNT,
        calls_per_s=2,
    ),
    Route(method="GET", path="/api/v3/tradeFee", answer=trade_fee, weight=20, scope=_ACCOUNT),
    Route(method="GET", path="/api/v3/selfSymbols", answer=self_symbols, scope=""),
    Route(method="GET", path="/api/v3/apiKeyInfo", answer=key_facts, scope=""),
    Route(method="POST", path="/api/v3/apiKeyInfo", answer=change_key, scope=""),
    Route(method="GET", path="/api/v3/mxDeduct/enable", answer=deduct, scope=_ACCOUNT),
    Route(method="GET", path="/api/v3/uid", answer=uid, scope=_ACCOUNT),
    Route(method="GET", path="/api/v3/kyc/status", answer=kyc_status, scope=_ACCOUNT),
    Route(method="POST", path=_STREAM, answer=create_listen_key, scope=_ACCOUNT),
    Route(method="PUT", path=_STREAM, answer=renew_listen_key, scope=_ACCOUNT),
    Route(method="GET", path=_STREAM, answer=list_listen_keys, scope=_ACCOUNT),
    Route(method="DELETE", path=_STREAM, answer=close_listen_key, scope=_ACCOUNT),
)
