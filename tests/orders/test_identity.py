"""Identities: the same for the same wish, whatever else changed; never the same for two."""

from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.mexc_trading.model.ids import BookName, SignalId, SignalKey, StrategyId
from custom_components.mexc_trading.model.order import Leg
from custom_components.mexc_trading.orders.identity import (
    ORDER_ID_LENGTH,
    Document,
    body_digest,
    canonical_json,
    decision_hash,
    decision_id,
    is_ours,
    leg_of_order,
    order_id,
)

LIVE, PAPER = BookName("live"), BookName("paper")
NAMES = st.text(max_size=20)
LEGS = st.sampled_from(Leg)
KEYS = st.builds(SignalKey, st.sampled_from([LIVE, PAPER]), NAMES.map(StrategyId), NAMES.map(SignalId))
DOCUMENTS: st.SearchStrategy[Document] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False, min_value=-1000, max_value=1000)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def test_an_identity_never_changes_its_value() -> None:
    """Written down once: a different value here would make every repeated signal a new trade after an update."""
    hash_hex = decision_hash(SignalKey(LIVE, StrategyId("ema"), SignalId("1")), Leg.ENTRY)
    assert hash_hex == "8ecb2818436fd836db5ce046e0aa1b06367ed7a76827d1ec7cac7044cd0c04b9"
    assert decision_id(hash_hex) == "r3fsqgcdn7mdnw244bdobkq3ay"
    named = order_id(install_secret=b"secret", book=LIVE, hash_hex=hash_hex, leg=Leg.ENTRY, attempt=0)
    assert named == "halssausoaelrde65h3rk3qlqv7e"


@given(KEYS, KEYS, LEGS, LEGS)
def test_two_wishes_share_a_hash_only_if_they_are_the_same(one: SignalKey, two: SignalKey, a: Leg, b: Leg) -> None:
    """No text can be moved from one field into the next."""
    assert (decision_hash(one, a) == decision_hash(two, b)) == ((one, a) == (two, b))


@given(KEYS, LEGS, st.integers(0, 2**32 - 1), st.binary(min_size=1, max_size=40))
def test_an_order_id_fits_the_venue_is_ours_and_tells_its_leg(
    key: SignalKey, leg: Leg, attempt: int, secret: bytes
) -> None:
    """At most 32 characters of digits and small letters."""
    named = order_id(install_secret=secret, book=key.book, hash_hex=decision_hash(key, leg), leg=leg, attempt=attempt)
    assert len(named) == ORDER_ID_LENGTH <= 32
    assert named.isascii()
    assert named.isalnum()
    assert named == named.lower()
    assert is_ours(named, key.book)
    assert not is_ours(named, PAPER if key.book == LIVE else LIVE)
    assert leg_of_order(named) is leg


@given(KEYS, st.integers(0, 50), st.integers(0, 50), st.binary(min_size=8), st.binary(min_size=8))
def test_an_order_id_depends_on_the_attempt_and_on_the_secret(
    key: SignalKey, one: int, two: int, mine: bytes, other: bytes
) -> None:
    """Another attempt is another order; who lacks the secret cannot guess any."""
    hash_hex = decision_hash(key, Leg.CLOSE)

    def named(secret: bytes, attempt: int) -> str:
        return order_id(install_secret=secret, book=LIVE, hash_hex=hash_hex, leg=Leg.CLOSE, attempt=attempt)

    assert (named(mine, one) == named(mine, two)) == (one == two)
    assert (named(mine, one) == named(other, one)) == (mine.rstrip(b"\0") == other.rstrip(b"\0"))


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "web-1",
        "hal" + "a" * 23 + "e",
        "hal" + "A" * 24 + "e",
        "hal" + "1" * 24 + "e",
        "xal" + "a" * 24 + "e",
        "hal" + "1" + "a" * 23 + "e",
        "hal" + "a" * 23 + "1" + "e",
        "hal" + "a" * 24 + "x",
    ],
)
def test_what_others_call_their_orders_is_not_ours(text: str | None) -> None:
    """Only the exact form is."""
    assert not is_ours(text, LIVE)


@given(DOCUMENTS)
def test_a_body_has_one_digest_however_it_was_written(document: Document) -> None:
    """Order of keys and form of numbers do not count."""
    assert body_digest(document) == body_digest(_rewritten(document))
    assert canonical_json(document).isascii()


def _rewritten(document: Document) -> Document:
    match document:
        case dict():
            return {key: _rewritten(value) for key, value in reversed(document.items())}
        case list():
            return [_rewritten(value) for value in document]
        case bool():
            return document
        case int():
            return Decimal(document)
        case Decimal() if document == document.to_integral_value():
            return int(document)
        case Decimal():
            return Decimal(f"{document}0") if "E" not in str(document) else document
        case _:
            return document


def test_the_canonical_form_never_changes() -> None:
    """Written down once: digests are compared with those of journals that are years old."""
    body: Document = {"b": [1, Decimal("2.50"), None], "a": {"é": True, "c": "x"}}
    assert canonical_json(body) == '{"a":{"c":"x","\\u00e9":true},"b":["1","2.5",null]}'


def test_another_body_has_another_digest() -> None:
    """A number is not its text, true is not one."""
    bodies: list[Document] = [
        {"a": 1},
        {"a": 2},
        {"a": "x"},
        {"a": True},
        {"b": 1},
        {"a": [1]},
        {"a": [2]},
        {"a": None},
        {},
    ]
    assert len({body_digest(body) for body in bodies}) == len(bodies)
