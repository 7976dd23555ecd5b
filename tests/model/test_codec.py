"""Values become plain JSON and come back the same, whatever they are made of."""

from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
import json
from typing import NamedTuple, get_args

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.mexc_trading.engine import events as ev
from custom_components.mexc_trading.engine.ports import Record
from custom_components.mexc_trading.engine.records import canonical, draft, event_of
from custom_components.mexc_trading.model.codec import Unreadable, from_plain, to_plain
from custom_components.mexc_trading.model.decision import Decision, Verdict
from custom_components.mexc_trading.model.market import OrderType, Side
from custom_components.mexc_trading.model.order import Order
from custom_components.mexc_trading.model.outcome import Trace
from custom_components.mexc_trading.orders.record import OrderRecord

EVENTS: tuple[type[ev.Event], ...] = get_args(ev.Event.__value__)

amounts = st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e18"), max_value=Decimal("1e18"))
positive = st.decimals(Decimal("0.001"), Decimal(1000), places=3)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Draw an order that its decision covers."""
    permit = draw(st.builds(Decision, verdict=st.just(Verdict.ALLOW), quantity=positive, price=positive))
    return draw(
        st.builds(Order, decision=st.just(permit), quantity=st.just(permit.quantity), price=st.just(permit.price))
    )


st.register_type_strategy(Decimal, amounts)
st.register_type_strategy(Order, orders())
st.register_type_strategy(OrderRecord, st.builds(OrderRecord, order=orders()))


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_every_event_survives_the_journal(kind: type[ev.Event], data: st.DataObject) -> None:
    """Written, read as text, and equal; the text itself is the same again."""
    event = data.draw(st.from_type(kind))
    written = draft(event, 7)
    body = json.dumps(json.loads(written.body))
    read = event_of(Record(1, *written._replace(body=body), prev_hash="", hash=""))
    assert read == event
    assert draft(read, 7) == written


def test_the_events_are_all_there() -> None:
    """The test above covers what the journal knows; a decision is among them."""
    assert ev.SignalDecided in EVENTS
    assert len(EVENTS) == len(set(EVENTS))


class Pair(NamedTuple):
    """A named tuple."""

    name: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Everything that the codec knows."""

    amount: Decimal
    count: int
    flag: bool
    side: Side
    maybe: Decimal | None
    many: tuple[Pair, ...]
    two: tuple[int, str]
    kinds: frozenset[OrderType]
    table: dict[str, Pair]
    later: int = 5


samples = st.from_type(Sample)


@given(samples)
def test_any_value_comes_back_equal(sample: Sample) -> None:
    """Through real JSON text."""
    assert from_plain(Sample, json.loads(json.dumps(to_plain(sample)))) == sample


@given(samples)
def test_a_value_has_one_canonical_text(sample: Sample) -> None:
    """Sorted keys, no exponents, ASCII: what is hashed is the same on every machine."""
    text = canonical(sample)
    assert text.isascii()
    assert canonical(from_plain(Sample, json.loads(text))) == text
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))


GOOD = {
    "amount": "1.5",
    "count": 1,
    "flag": True,
    "side": "buy",
    "maybe": None,
    "many": [["a", "1"]],
    "two": [1, "x"],
    "kinds": ["limit"],
    "table": {"k": ["a", "1"]},
}


def test_an_older_document_is_read_and_an_unknown_field_ignored() -> None:
    """A missing field takes its default."""
    read = from_plain(Sample, GOOD | {"never": "heard of"})
    assert read.later == 5


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", 1),
        ("amount", 1.5),
        ("amount", "NaN"),
        ("amount", "Infinity"),
        ("amount", "x"),
        ("amount", None),
        ("count", True),
        ("count", "1"),
        ("flag", 1),
        ("side", "up"),
        ("many", [["a"]]),
        ("many", [["a", "1", "2"]]),
        ("two", [1]),
        ("two", [1, "x", "y"]),
        ("kinds", ["never"]),
        ("table", []),
        ("many", 5),
    ],
)
def test_a_document_of_another_shape_is_refused(field: str, value: object) -> None:
    """Never guessed at."""
    with pytest.raises(Unreadable):
        from_plain(Sample, GOOD | {field: value})


def test_a_missing_field_without_a_default_is_refused() -> None:
    """There is nothing to take its place."""
    document = dict(GOOD)
    del document["amount"]
    with pytest.raises(Unreadable):
        from_plain(Sample, document)


def test_a_type_that_has_no_plain_form_is_a_bug() -> None:
    """It is noticed when it is written, not when it is read."""
    with pytest.raises(TypeError):
        to_plain(object())


def test_traces_hold_an_allow_list_of_fields() -> None:
    """No header, key or signature has a place in the journal."""
    assert is_dataclass(Trace)
    assert {field.name for field in fields(Trace)} == {
        "method", "path", "query", "status", "code", "sent_at_ns", "ended_at_ns",
    }  # fmt: skip


def test_a_record_of_a_kind_that_nobody_knows_is_unreadable() -> None:
    """Written by a later version."""
    with pytest.raises(Unreadable, match="unknown kind"):
        event_of(Record(1, 0, "from the future", "", "{}", "", ""))
