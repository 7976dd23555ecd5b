"""The message table agrees with frames that the reference runtime made."""

from typing import Any

import pytest

from tests.double.wire import BODIES, TABLE, decode, encode

# Fact sheet 3.5, invented values.
_ORDER = (
    "0a1d73706f7440707269766174652e6f72646572732e76332e6170692e70621a074254435553445430fbb883a1f73282134d0a064330325f"
    "5f31120468612d311a0539303030302205302e3030312a0239303205393030303038014001520235345a06302e303030366a06302e303030"
    "34720233367803800180b883a1f732"
)
_ACCOUNT = (
    "0a1e73706f7440707269766174652e6163636f756e742e76332e6170692e706228e4b883a1f73230fbb883a1f7329a13290a045553445412"
    "01311a02363422032d33362a0235343201303a07454e545255535440e4b883a1f732"
)
_BOOK = (
    "0a3473706f74407075626c69632e61676772652e626f6f6b5469636b65722e76332e6170692e7062403130306d7340425443555344541a07"
    "4254435553445430fbb883a1f732da131c0a0738393939392e391203302e351a0739303030302e312203302e37"
)
_NOW = 1_750_000_000_123
_FRAMES: list[tuple[str, dict[str, Any]]] = [
    (
        _ORDER,
        {
            "channel": "spot@private.orders.v3.api.pb",
            "symbol": "BTCUSDT",
            "sendTime": _NOW,
            "privateOrders": {
                "id": "C02__1",
                "clientId": "ha-1",
                "price": "90000",
                "quantity": "0.001",
                "amount": "90",
                "avgPrice": "90000",
                "orderType": 1,
                "tradeType": 1,
                "isMaker": False,
                "remainAmount": "54",
                "remainQuantity": "0.0006",
                "cumulativeQuantity": "0.0004",
                "cumulativeAmount": "36",
                "status": 3,
                "createTime": 1_750_000_000_000,
            },
        },
    ),
    (
        _ACCOUNT,
        {
            "channel": "spot@private.account.v3.api.pb",
            "createTime": 1_750_000_000_100,
            "sendTime": _NOW,
            "privateAccount": {
                "vcoinName": "USDT",
                "coinId": "1",
                "balanceAmount": "64",
                "balanceAmountChange": "-36",
                "frozenAmount": "54",
                "frozenAmountChange": "0",
                "type": "ENTRUST",
                "time": 1_750_000_000_100,
            },
        },
    ),
    (
        _BOOK,
        {
            "channel": "spot@public.aggre.bookTicker.v3.api.pb@100ms@BTCUSDT",
            "symbol": "BTCUSDT",
            "sendTime": _NOW,
            "publicAggreBookTicker": {
                "bidPrice": "89999.9",
                "bidQuantity": "0.5",
                "askPrice": "90000.1",
                "askQuantity": "0.7",
            },
        },
    ),
]


@pytest.mark.parametrize(("frame", "values"), _FRAMES)
def test_frames(frame: str, values: dict[str, Any]) -> None:
    """Encoding gives exactly these bytes, and decoding them the same message."""
    assert encode(values).hex() == frame
    assert decode(bytes.fromhex(frame)) == decode(encode(values))


def test_optional_fields_are_told_apart_from_empty_ones() -> None:
    """An optional field that is set to nothing is on the wire, one that is not set is not."""
    assert decode(encode({"channel": "c", "symbol": ""})).HasField("symbol")
    assert not decode(encode({"channel": "c"})).HasField("symbol")


def test_first_tags_of_bodies() -> None:
    """Each body starts with the tag that its number gives."""
    tags = {name: encode({name: {}})[:2].hex() for name in BODIES}
    assert tags["privateOrders"] == "8213"
    assert tags["privateDeals"] == "9213"
    assert tags["privateAccount"] == "9a13"
    assert tags["publicSpotKline"] == "a213"
    assert tags["publicAggreDeals"] == "d213"
    assert tags["publicAggreBookTicker"] == "da13"


def test_numbers_are_unique() -> None:
    """No message uses a number or a name twice."""
    for row in TABLE.values():
        parts = [part.split() for part in row.split(",")]
        assert len({part[0] for part in parts}) == len({part[2] for part in parts}) == len(parts)
