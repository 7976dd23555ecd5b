"""Account, key and listen keys; and what the log keeps of requests."""

import json

import pytest

from tests.double import MexcDouble
from tests.double.settings import Settings

from .trader import Trader


async def test_balances(trader: Trader, double: MexcDouble) -> None:
    """Only coins that are held are listed; flags say nothing about the key."""
    double.venue.deposit("SOL", "1.50")
    double.venue.deposit("BTC", "-0.05")
    body = (await trader.signed("GET", "account")).body
    assert body["canWithdraw"] is True
    rows = {row["asset"]: (row["free"], row["locked"]) for row in body["balances"]}
    assert rows == {"USDT": ("10000", "0"), "MX": ("100", "0"), "SOL": ("1.5", "0")}


async def test_fee_is_a_json_number(trader: Trader) -> None:
    """Fees are wrapped and are numbers, not text."""
    body = (await trader.signed("GET", "tradeFee", symbol="BTCUSDT")).body
    assert body["data"] == {"makerCommission": 0.0, "takerCommission": 0.0005}
    assert body["code"] == 0


@pytest.mark.parametrize("wrapped", [False, True])
async def test_key_facts_in_both_envelopes(trader: Trader, double: MexcDouble, wrapped: bool) -> None:
    """The envelope of this answer is not known for sure, so it can be either."""
    double.settings.key_answer_wrapped = wrapped
    double.key.scopes = ("SPOT_DEAL_READ", "SPOT_WITHDRAW_WRITE")
    body = (await trader.signed("GET", "apiKeyInfo", accessKey=double.api_key)).body
    facts = body["data"] if wrapped else body
    assert facts["permissions"] == "SPOT_DEAL_READ,SPOT_WITHDRAW_WRITE"
    assert (await trader.signed("GET", "apiKeyInfo", accessKey="other")).code == 10072


async def test_rewriting_the_key_is_a_violation(trader: Trader, double: MexcDouble) -> None:
    """The POST form changes nothing and is remembered."""
    before = double.key
    assert (await trader.signed("POST", "apiKeyInfo", apiKey=double.api_key)).code == 700007
    assert double.key == before
    assert double.violations == [
        "POST /api/v3/apiKeyInfo carries the key outside its header",
        "POST /api/v3/apiKeyInfo would rewrite the key",
    ]


async def test_small_signed_reads(trader: Trader) -> None:
    """The small answers have their documented shapes."""
    assert (await trader.signed("GET", "uid")).body == {"uid": "12345678"}
    assert (await trader.signed("GET", "kyc/status")).body == {"status": "2"}
    assert (await trader.signed("GET", "mxDeduct/enable")).body["data"] == {"mxDeductEnable": False}


async def test_listen_key_life(trader: Trader, double: MexcDouble) -> None:
    """A key lives an hour from its creation or renewal, then renewal fails."""
    key = (await trader.signed("POST", "userDataStream")).body["listenKey"]
    double.clock.advance(3500)
    assert (await trader.signed("PUT", "userDataStream", listenKey=key)).status == 200
    double.clock.advance(3500)
    listed = (await trader.signed("GET", "userDataStream")).body
    assert listed == {"listenKey": [key], "total": 1, "available": 59}
    double.clock.advance(101)
    assert (await trader.signed("PUT", "userDataStream", listenKey=key)).code == 730708
    assert (await trader.signed("DELETE", "userDataStream", listenKey=key)).code == 730708
    assert (await trader.signed("GET", "userDataStream")).body["total"] == 0
    fresh = (await trader.signed("POST", "userDataStream")).body["listenKey"]
    assert (await trader.signed("DELETE", "userDataStream", listenKey=fresh)).status == 200
    assert (await trader.signed("GET", "userDataStream")).body["total"] == 0


async def test_listen_keys_are_bounded(trader: Trader, double: MexcDouble) -> None:
    """An account has at most 60."""
    for _ in range(60):
        assert double.listen_keys.create() is not None
    assert (await trader.signed("POST", "userDataStream")).status == 400


async def test_the_log_keeps_no_credentials(trader: Trader, double: MexcDouble) -> None:
    """Neither the secret, nor the key, nor a signature is kept; a client that sends the secret is noted."""
    query = trader.sign({"accessKey": double.api_key})
    await trader.raw("GET", "apiKeyInfo", query)
    await trader.raw("GET", f"leak/{double.api_secret}", f"a={double.api_secret}&{double.api_secret}=b")
    await trader.raw("POST", "order", body=double.api_secret, headers={"User-Agent": double.api_secret})
    kept = json.dumps([record.shown() for record in double.requests])
    for secret in (double.api_secret, double.api_key, query.rpartition("=")[2]):
        assert secret not in kept
    assert len(double.violations) == 2
    assert not any(double.api_secret in line for line in double.violations)
    assert double.api_secret not in repr(double.key)


async def test_the_log_tells_what_happened(trader: Trader, double: MexcDouble) -> None:
    """Method, path, parameters, status and code of each request are kept in order."""
    await trader.public("ping")
    await trader.buy(quantity="50", newClientOrderId="ha-1")
    first, second = double.requests
    assert (first.method, first.path, first.status) == ("GET", "/api/v3/ping", 200)
    assert (second.query["newClientOrderId"], second.status, second.code) == ("ha-1", 400, 30003)
    assert double.requests.of("POST", "/api/v3/order") == [second]
    assert first.at_s <= second.at_s


@pytest.mark.parametrize(
    ("name", "value"),
    [("nothing", 1), ("ack_has_client_id", "yes"), ("fee_asset_mode", "gold"), ("max_open_orders", "many")],
)
def test_wrong_settings_are_refused(name: str, value: str | int) -> None:
    """A setting that does not exist or does not fit is an error, not ignored."""
    with pytest.raises((ValueError, ArithmeticError)):
        Settings().change(name, value)
