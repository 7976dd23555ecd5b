"""Intake: exactly the published signals get in, with exact numbers; everything else is a reason with a place."""

from decimal import Decimal
import json
from pathlib import Path

from hypothesis import given, strategies as st
import pytest

from custom_components.mexc_trading.bridge.intake import Intake, Malformed, Origin, Taken, Unreadable
from custom_components.mexc_trading.model.ids import BookName, SignalId, StrategyId, Symbol
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.signal import (
    Action,
    Level,
    LevelBasis,
    Protect,
    Signal,
    Size,
    SizeBasis,
    Source,
    Target,
)

NOW_NS = 1_795_359_602_000_000_000
"""2026-11-22T15:00:02Z."""

ORIGIN = Origin(BookName("paper"), StrategyId("s1"), Source.WEBHOOK, NOW_NS)

ENTRY: dict[str, object] = {
    "schema_version": 1,
    "signal_id": "ema-cross:BTCUSDT:2026-11-22T15:00Z",
    "issued_at": "2026-11-22T15:00:02Z",
    "symbol": "BTCUSDT",
    "action": "enter",
    "side": "buy",
    "order": {"type": "limit", "price": "90000.1"},
    "size": {"notional": "250"},
    "protect": {
        "stop_loss": {"percent": "2"},
        "take_profit": [{"percent": "3", "share": "0.5"}, {"percent": "6", "share": "0.5"}],
    },
    "valid_for": 30,
    "reason": "EMA 20 crossed above EMA 60",
}

EXIT: dict[str, object] = {
    "schema_version": 1,
    "signal_id": "out-1",
    "issued_at": "2026-11-22T15:00:02Z",
    "symbol": "BTCUSDT",
    "action": "exit",
}


@pytest.fixture(scope="module", name="intake")
def intake_fixture() -> Intake:
    """Compile the published schema once."""
    return Intake()


def body(document: object) -> bytes:
    """Write a document as a sender does."""
    return json.dumps(document).encode()


def without(key: str) -> dict[str, object]:
    """Give the entry without one field."""
    return {name: value for name, value in ENTRY.items() if name != key}


def test_the_design_example_is_taken_whole(intake: Intake) -> None:
    """Given the example of the design page, then every field arrives, exact."""
    taken = intake.read(body(ENTRY), ORIGIN)

    assert isinstance(taken, Taken)
    assert taken.signal == Signal(
        book=BookName("paper"),
        strategy=StrategyId("s1"),
        signal_id=SignalId("ema-cross:BTCUSDT:2026-11-22T15:00Z"),
        issued_at_ns=NOW_NS,
        symbol=Symbol("BTCUSDT"),
        action=Action.ENTER,
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        price=Decimal("90000.1"),
        size=Size(basis=SizeBasis.NOTIONAL, value=Decimal(250)),
        protect=Protect(
            stop_loss=Level(basis=LevelBasis.PERCENT, value=Decimal(2)),
            take_profit=(
                Target(level=Level(basis=LevelBasis.PERCENT, value=Decimal(3)), share=Decimal("0.5")),
                Target(level=Level(basis=LevelBasis.PERCENT, value=Decimal(6)), share=Decimal("0.5")),
            ),
        ),
        valid_for_s=30,
        reason="EMA 20 crossed above EMA 60",
        source=Source.WEBHOOK,
    )
    assert len(taken.digest) == 64


def test_an_exit_sells_at_market_and_has_no_end(intake: Intake) -> None:
    """Given the shortest exit, then it sells the whole position at market and does not expire."""
    taken = intake.read(body(EXIT), ORIGIN)

    assert isinstance(taken, Taken)
    signal = taken.signal
    assert (signal.side, signal.order_type, signal.size, signal.valid_for_s) == (
        Side.SELL,
        OrderType.MARKET,
        None,
        None,
    )


def test_an_entry_lives_thirty_seconds_by_default(intake: Intake) -> None:
    """Given an entry that does not say how long it is valid, then it is valid for thirty seconds."""
    taken = intake.read(body(without("valid_for")), ORIGIN)

    assert isinstance(taken, Taken)
    assert taken.signal.valid_for_s == 30


def test_numbers_keep_every_digit(intake: Intake) -> None:
    """Given a JSON number that binary floats cannot hold, then it arrives with every digit."""
    text = body(ENTRY).replace(b'"90000.1"', b"9007199254740993.000000000000000001")

    taken = intake.read(text, ORIGIN)

    assert isinstance(taken, Taken)
    assert taken.signal.price == Decimal("9007199254740993.000000000000000001")


@pytest.mark.parametrize("number", [b"1e99999999999999999999", b"-1e99999999999999999999", b"1e-99999999999999999999"])
def test_a_number_that_no_decimal_holds_is_out_of_range(intake: Intake, number: bytes) -> None:
    """Given a number with an exponent of twenty digits, then it is refused like every other that is out of range."""
    refused = intake.read(body(ENTRY).replace(b'"90000.1"', number), ORIGIN)

    assert refused == Malformed(path="$.order.price", key="signal_amount_range")


def test_numbers_and_texts_of_one_value_have_one_digest(intake: Intake) -> None:
    """Given the same signal written with a number, a text, and other key order, then the digest is one."""
    writings = (
        body(ENTRY),
        body(ENTRY).replace(b'"250"', b"250"),
        body(dict(reversed(ENTRY.items()))),
    )

    assert len({taken.digest for text in writings if isinstance(taken := intake.read(text, ORIGIN), Taken)}) == 1


def test_another_price_is_another_digest(intake: Intake) -> None:
    """Given the same id with another price, then the digest differs."""
    first = intake.read(body(ENTRY), ORIGIN)
    second = intake.read(body(ENTRY | {"order": {"type": "limit", "price": "90000.2"}}), ORIGIN)

    assert isinstance(first, Taken)
    assert isinstance(second, Taken)
    assert first.digest != second.digest


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (b"", "json_invalid"),
        (b"\xff\xfe", "json_invalid"),
        (b"\xef\xbb\xbf{}", "json_invalid"),
        (b"{", "json_invalid"),
        (b"{} {}", "json_invalid"),
        (b'{"a": NaN}', "json_not_finite"),
        (b'{"a": -Infinity}', "json_not_finite"),
        (b'{"a": 1, "a": 2}', "json_duplicate_key"),
        (b'{"a": {"b": 1, "b": 1}}', "json_duplicate_key"),
        (b"[" * 300, "json_too_deep"),
        (b'{"a":' * 300, "json_too_deep"),
        (b" " * 8193, "body_too_large"),
    ],
)
def test_what_is_no_json_of_ours_is_unreadable(intake: Intake, text: bytes, key: str) -> None:
    """Given bytes that are not strict JSON within bounds, then the reason is named."""
    assert intake.read(text, ORIGIN) == Unreadable(key=key)


@pytest.mark.parametrize(
    ("document", "path", "key"),
    [
        ([], "$", "signal_value_type"),
        ("text", "$", "signal_value_type"),
        (without("symbol"), "$.symbol", "signal_field_missing"),
        (without("schema_version"), "$.schema_version", "signal_field_missing"),
        (without("side"), "$.side", "signal_field_missing"),
        (without("size"), "$.size", "signal_field_missing"),
        (ENTRY | {"schema_version": 2}, "$.schema_version", "schema_version_unsupported"),
        (ENTRY | {"schema_version": True}, "$.schema_version", "schema_version_unsupported"),
        (ENTRY | {"schema_version": "1"}, "$.schema_version", "schema_version_unsupported"),
        (ENTRY | {"leverage": 3}, "$", "signal_field_unknown"),
        (ENTRY | {"action": "flip"}, "$.action", "signal_value_unknown"),
        (ENTRY | {"side": "up"}, "$.side", "signal_value_unknown"),
        (ENTRY | {"symbol": "btcusdt"}, "$.symbol", "signal_value_format"),
        (ENTRY | {"symbol": "BTCUSDT\n"}, "$.symbol", "signal_value_format"),
        (ENTRY | {"symbol": 7}, "$.symbol", "signal_value_type"),
        (ENTRY | {"symbol": "B" * 41}, "$.symbol", "signal_value_invalid"),
        (ENTRY | {"signal_id": "a\x1fb"}, "$.signal_id", "signal_value_format"),
        (ENTRY | {"signal_id": ""}, "$.signal_id", "signal_value_invalid"),
        (ENTRY | {"reason": "two\nlines"}, "$.reason", "signal_value_format"),
        (ENTRY | {"reason": "\ud800"}, "$.reason", "signal_value_format"),
        (ENTRY | {"issued_at": "2026-11-22T15:00:02"}, "$.issued_at", "signal_value_format"),
        (ENTRY | {"issued_at": "2026-11-31T15:00:02Z"}, "$.issued_at", "signal_value_format"),
        (ENTRY | {"issued_at": "1969-01-01T00:00:00Z"}, "$.issued_at", "signal_value_format"),
        (ENTRY | {"issued_at": "2026-11-22T15:00:08Z"}, "$.issued_at", "signal_from_future"),
        (ENTRY | {"order": {"type": "limit"}}, "$.order.price", "signal_field_missing"),
        (ENTRY | {"order": {"type": "market", "price": "1"}}, "$.order.price", "signal_field_not_allowed"),
        (ENTRY | {"order": {"price": "1"}}, "$.order.type", "signal_field_missing"),
        (ENTRY | {"size": {}}, "$.size", "signal_value_invalid"),
        (ENTRY | {"size": {"notional": "1", "quantity": "1"}}, "$.size", "signal_value_invalid"),
        (ENTRY | {"size": {"notional": "-1"}}, "$.size.notional", "signal_value_format"),
        (ENTRY | {"size": {"notional": -1}}, "$.size.notional", "signal_value_invalid"),
        (ENTRY | {"size": {"notional": "0.00"}}, "$.size.notional", "signal_amount_range"),
        (ENTRY | {"size": {"notional": "1e19"}}, "$.size.notional", "signal_amount_range"),
        (ENTRY | {"size": {"notional": "1e-19"}}, "$.size.notional", "signal_amount_range"),
        (ENTRY | {"size": {"notional": "1" * 41}}, "$.size.notional", "signal_amount_range"),
        (ENTRY | {"size": {"notional": int("1" * 41)}}, "$.size.notional", "signal_amount_range"),
        (ENTRY | {"size": {"notional": True}}, "$.size.notional", "signal_value_type"),
        (ENTRY | {"size": {"notional": None}}, "$.size.notional", "signal_value_type"),
        (ENTRY | {"protect": {}}, "$.protect", "signal_value_invalid"),
        (
            ENTRY | {"protect": {"stop_loss": {"percent": "1", "price": "1"}}},
            "$.protect.stop_loss",
            "signal_value_invalid",
        ),
        (
            ENTRY | {"protect": {"take_profit": [{"percent": "1", "share": "0.6"}, {"price": "1", "share": "0.5"}]}},
            "$.protect.take_profit",
            "signal_shares_above_one",
        ),
        (
            ENTRY | {"protect": {"take_profit": [{"percent": "1", "share": "0"}]}},
            "$.protect.take_profit[0].share",
            "signal_amount_range",
        ),
        (without("protect") | {"size": {"risk_percent": "1"}}, "$.protect", "signal_field_missing"),
        (ENTRY | {"valid_for": 0}, "$.valid_for", "signal_value_invalid"),
        (ENTRY | {"valid_for": "30"}, "$.valid_for", "signal_value_type"),
        (EXIT | {"side": "buy"}, "$.side", "signal_value_unknown"),
        (EXIT | {"protect": {"stop_loss": {"percent": "1"}}}, "$.protect", "signal_field_not_allowed"),
        (EXIT | {"size": {"risk_percent": "1"}}, "$.size.risk_percent", "signal_field_not_allowed"),
    ],
)
def test_what_breaks_the_contract_is_named_with_its_place(
    intake: Intake, document: object, path: str, key: str
) -> None:
    """Given a document that breaks the schema once, then the answer says where and why."""
    refused = intake.read(body(document), ORIGIN)

    assert isinstance(refused, Malformed)
    assert (refused.path, refused.key) == (path, key)


def test_an_unknown_version_is_refused_by_name(intake: Intake) -> None:
    """Given a newer schema version with fields we do not know, then the version is what is refused."""
    refused = intake.read(body(ENTRY | {"schema_version": 2, "legs": []}), ORIGIN)

    assert refused == Malformed(
        path="$.schema_version", key="schema_version_unsupported", placeholders={"version": "2", "supported": "1"}
    )


def test_a_sender_five_seconds_ahead_is_taken(intake: Intake) -> None:
    """Given a sender whose clock runs five seconds ahead, then the signal is taken; the offset's spelling is free."""
    for issued_at in (
        "2026-11-22T15:00:07Z",
        "2026-11-22T16:00:07.000000+01:00",
        "2026-11-22T10:00:06.123456789-05:00",
    ):
        assert isinstance(intake.read(body(ENTRY | {"issued_at": issued_at}), ORIGIN), Taken)


@given(text=st.binary(max_size=200))
def test_no_bytes_raise(text: bytes) -> None:
    """Given any bytes, then intake answers with a value."""
    assert isinstance(READER.read(text, ORIGIN), (Unreadable, Malformed))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(field=st.sampled_from([*ENTRY, "extra"]), value=JSON_VALUES)
def test_no_field_value_raises(field: str, value: object) -> None:
    """Given the example with any JSON value in any field, then intake answers with a value."""
    assert isinstance(READER.read(body(ENTRY | {field: value}), ORIGIN), (Taken, Unreadable, Malformed))


READER = Intake()


def test_the_published_schema_names_no_unknown_keyword() -> None:
    """Given the published schema, then it is valid JSON Schema 2020-12 and closed to unknown fields."""
    path = Path(__file__).parents[2] / "custom_components/mexc_trading/schemas/signal.v1.json"

    schema = json.loads(path.read_text(encoding="utf-8"))

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False
