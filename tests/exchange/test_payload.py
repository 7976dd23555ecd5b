"""Bodies are read, or told to be unreadable; nothing else happens."""

from decimal import Decimal
import json

from hypothesis import given, strategies as st
import pytest

from custom_components.mexc_trading.exchange.payload import DEPTH_MAX, Unreadable, read_json

HOSTILE = {
    b"": "empty",
    b"<html>": "syntax",
    b"{": "syntax",
    b"NaN": "number",
    b'{"price": NaN}': "number",
    b'{"price": Infinity}': "number",
    b'{"price": -Infinity}': "number",
    b"1" * 65: "number",
    b"1." + b"1" * 65: "number",
    b"1e99999999999999999999": "number",
    b'"\xff"': "encoding",
    b"[" * 33 + b"]" * 33: "depth",
    b'{"a":' * 40 + b"1" + b"}" * 40: "depth",
    b"[" * 100_000: "depth",
    b'{"a": 1} trailing': "syntax",
}


@pytest.mark.parametrize(("body", "cause"), HOSTILE.items(), ids=[ascii(body[:20]) for body in HOSTILE])
def test_hostile_bodies_are_named(body: bytes, cause: str) -> None:
    """Each kind of unreadable has its name."""
    assert read_json(body) == Unreadable(cause=cause)


def test_fractions_are_decimals_from_their_text() -> None:
    """No binary float stands between the wire and an amount."""
    assert read_json(b'{"a": 0.1, "b": 1e999, "c": "x", "d": 3, "e": null}') == {
        "a": Decimal("0.1"),
        "b": Decimal("1e999"),
        "c": "x",
        "d": 3,
        "e": None,
    }


def test_many_brackets_are_fine_if_they_do_not_nest() -> None:
    """Width is no depth, and brackets inside texts are none."""
    wide = [[str(number), '[[[{{{\\"' * 20] for number in range(200)]
    assert read_json(json.dumps(wide).encode()) == wide
    deep = b"[" * DEPTH_MAX + b'"' + b"[" * 99 + b'"' + b"]" * DEPTH_MAX
    assert not isinstance(read_json(deep), Unreadable)


@given(st.binary(max_size=300))
def test_any_bytes_are_readable_or_not(body: bytes) -> None:
    """No input raises."""
    read_json(body)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(_JSON)
def test_what_is_json_is_read_as_it_is(value: object) -> None:
    """Ordinary values survive, lone surrogates included."""
    assert read_json(json.dumps(value).encode()) == value
