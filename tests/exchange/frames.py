"""Three frames of fact sheet 3.5 and what they say. Also a program: it reads them with nothing but a protobuf runtime.

``python tests/exchange/frames.py`` prints the runtime's version, for trying versions that are not installed beside
the tests.
"""

from importlib.metadata import version
import importlib.util
from pathlib import Path
from typing import Final

SCHEMA: Final = Path(__file__).parents[2] / "custom_components/mexc_trading/exchange/mexc/streams/schema.py"

ORDER: Final = bytes.fromhex(
    "0a1d73706f7440707269766174652e6f72646572732e76332e6170692e70621a074254435553445430fbb883a1f73282134d0a06433032"
    "5f5f31120468612d311a0539303030302205302e3030312a0239303205393030303038014001520235345a06302e303030366a06302e30"
    "303034720233367803800180b883a1f732"
)
ACCOUNT: Final = bytes.fromhex(
    "0a1e73706f7440707269766174652e6163636f756e742e76332e6170692e706228e4b883a1f73230fbb883a1f7329a13290a0455534454"
    "1201311a02363422032d33362a0235343201303a07454e545255535440e4b883a1f732"
)
BOOK: Final = bytes.fromhex(
    "0a3473706f74407075626c69632e61676772652e626f6f6b5469636b65722e76332e6170692e7062403130306d7340425443555344541a"
    "074254435553445430fbb883a1f732da131c0a0738393939392e391203302e351a0739303030302e312203302e37"
)

EXPECTED: Final = {
    ORDER: {
        "channel": "spot@private.orders.v3.api.pb",
        "symbol": "BTCUSDT",
        "sendTime": 1750000000123,
        "privateOrders.id": "C02__1",
        "privateOrders.clientId": "ha-1",
        "privateOrders.price": "90000",
        "privateOrders.quantity": "0.001",
        "privateOrders.amount": "90",
        "privateOrders.avgPrice": "90000",
        "privateOrders.orderType": 1,
        "privateOrders.tradeType": 1,
        "privateOrders.isMaker": False,
        "privateOrders.remainAmount": "54",
        "privateOrders.remainQuantity": "0.0006",
        "privateOrders.cumulativeQuantity": "0.0004",
        "privateOrders.cumulativeAmount": "36",
        "privateOrders.status": 3,
        "privateOrders.createTime": 1750000000000,
    },
    ACCOUNT: {
        "channel": "spot@private.account.v3.api.pb",
        "createTime": 1750000000100,
        "sendTime": 1750000000123,
        "privateAccount.vcoinName": "USDT",
        "privateAccount.coinId": "1",
        "privateAccount.balanceAmount": "64",
        "privateAccount.balanceAmountChange": "-36",
        "privateAccount.frozenAmount": "54",
        "privateAccount.frozenAmountChange": "0",
        "privateAccount.type": "ENTRUST",
        "privateAccount.time": 1750000000100,
    },
    BOOK: {
        "symbol": "BTCUSDT",
        "sendTime": 1750000000123,
        "publicAggreBookTicker.bidPrice": "89999.9",
        "publicAggreBookTicker.bidQuantity": "0.5",
        "publicAggreBookTicker.askPrice": "90000.1",
        "publicAggreBookTicker.askQuantity": "0.7",
    },
}


def check() -> None:
    """Read the frames with a schema that is loaded alone, without the package around it."""
    spec = importlib.util.spec_from_file_location("schema", SCHEMA)
    assert spec is not None
    assert spec.loader is not None
    schema = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(schema)
    for frame, fields in EXPECTED.items():
        wrapper = schema.PushWrapper()
        wrapper.ParseFromString(frame + b"\xfa\x3f\x03new")  # and a field that nobody knows
        for path, expected in fields.items():
            value = wrapper
            for name in path.split("."):
                value = getattr(value, name)
            assert value == expected, (path, value)


if __name__ == "__main__":
    check()
    print(f"protobuf {version('protobuf')}: {len(EXPECTED)} frames read")  # noqa: T201
