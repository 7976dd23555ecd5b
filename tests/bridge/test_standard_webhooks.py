"""Standard Webhooks: a believed request is signed, recent and unchanged; nothing else is believed."""

from base64 import b64encode

import pytest
from standardwebhooks.webhooks import Webhook

from custom_components.mexc_trading.bridge.standard_webhooks import (
    TOLERANCE_S,
    BadSecret,
    Unverified,
    Verified,
    generate_secret,
    key_of,
    sign,
    verify,
)

NOW_S = 1_795_359_600
BODY = b'{"schema_version": 1}'
SECRET = "whsec_" + b64encode(b"fake key for tests, 32 bytes ok!").decode()
OTHER = "whsec_" + b64encode(b"another fake key with 32 bytes!!").decode()


def signed(secret: str = SECRET, *, at_s: int = NOW_S, body: bytes = BODY, message_id: str = "msg_1") -> dict[str, str]:
    """Make the headers of an honest sender."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": sign(secret, message_id, at_s, body),
    }


def test_an_honest_request_is_believed() -> None:
    """Given a request signed with our secret, then it is believed."""
    assert verify(signed(), BODY, secrets_valid=[SECRET], now_s=NOW_S) == Verified("msg_1")


def test_the_vector_of_the_specification_holds() -> None:
    """Given the specification's published example, then our signature is the same text."""
    signature = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_reference_client_is_understood(freezer: object) -> None:
    """Given the unmodified reference client, when it signs, then we believe it."""
    from datetime import UTC, datetime  # noqa: PLC0415

    at = datetime.fromtimestamp(NOW_S, UTC)

    signature = Webhook(SECRET).sign("msg_9", at, BODY.decode())

    headers = {"webhook-id": "msg_9", "webhook-timestamp": str(NOW_S), "webhook-signature": signature}
    assert verify(headers, BODY, secrets_valid=[SECRET], now_s=NOW_S) == Verified("msg_9")


@pytest.mark.parametrize("offset_s", [-TOLERANCE_S, 0, TOLERANCE_S])
def test_a_clock_within_the_tolerance_is_believed(offset_s: int) -> None:
    """Given a sender's clock at the edge of the tolerance, then the request is believed."""
    headers = signed(at_s=NOW_S + offset_s)

    assert isinstance(verify(headers, BODY, secrets_valid=[SECRET], now_s=NOW_S), Verified)


@pytest.mark.parametrize("offset_s", [-TOLERANCE_S - 1, TOLERANCE_S + 1])
def test_an_old_or_future_request_is_not_believed(offset_s: int) -> None:
    """Given a timestamp past the tolerance, then even a right signature is not believed."""
    headers = signed(at_s=NOW_S + offset_s)

    assert verify(headers, BODY, secrets_valid=[SECRET], now_s=NOW_S) is Unverified.TIMESTAMP


def test_both_secrets_are_believed_during_a_rotation() -> None:
    """Given two valid secrets, then each of them is enough, and so is a sender that signs with both."""
    both = signed()
    both["webhook-signature"] = f"{sign(OTHER, 'msg_1', NOW_S, BODY)} {both['webhook-signature']}"

    for headers in (signed(SECRET), signed(OTHER), both):
        assert verify(headers, BODY, secrets_valid=[SECRET, OTHER], now_s=NOW_S) == Verified("msg_1")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"webhook-signature": ""}, Unverified.SIGNATURE),
        ({"webhook-signature": "v1,"}, Unverified.SIGNATURE),
        ({"webhook-signature": "v1,\udcff"}, Unverified.SIGNATURE),
        ({"webhook-signature": sign(OTHER, "msg_1", NOW_S, BODY)}, Unverified.SIGNATURE),
        ({"webhook-signature": sign(SECRET, "msg_1", NOW_S, BODY).replace("v1,", "v2,")}, Unverified.SIGNATURE),
        ({"webhook-signature": " ".join(["v1,AAAA"] * 8 + [sign(SECRET, "msg_1", NOW_S, BODY)])}, Unverified.SIGNATURE),
        ({"webhook-id": "msg_2"}, Unverified.SIGNATURE),
        ({"webhook-timestamp": str(NOW_S + 1)}, Unverified.SIGNATURE),
        ({"webhook-id": ""}, Unverified.HEADERS),
        ({"webhook-id": "m" * 257}, Unverified.HEADERS),
        ({"webhook-id": "two words"}, Unverified.HEADERS),
        ({"webhook-timestamp": ""}, Unverified.HEADERS),
        ({"webhook-timestamp": "-1"}, Unverified.HEADERS),
        ({"webhook-timestamp": "1e9"}, Unverified.HEADERS),
        ({"webhook-timestamp": "\uff19"}, Unverified.HEADERS),
        ({"webhook-timestamp": "9" * 13}, Unverified.HEADERS),
    ],
)
def test_whatever_is_changed_is_not_believed(change: dict[str, str], expected: Unverified) -> None:
    """Given an honest request with one header changed, then it is not believed."""
    assert verify(signed() | change, BODY, secrets_valid=[SECRET], now_s=NOW_S) is expected


def test_a_changed_body_is_not_believed() -> None:
    """Given an honest request whose body lost one byte, then it is not believed."""
    assert verify(signed(), BODY[:-1], secrets_valid=[SECRET], now_s=NOW_S) is Unverified.SIGNATURE


def test_nothing_is_believed_without_a_secret() -> None:
    """Given no valid secret, then nothing is believed."""
    assert verify(signed(), BODY, secrets_valid=[], now_s=NOW_S) is Unverified.SIGNATURE


def test_generated_secrets_differ_and_are_keys() -> None:
    """Given two generated secrets, then they differ and decode to 32 bytes each."""
    first, second = generate_secret(), generate_secret()

    assert first != second
    assert len(key_of(first)) == len(key_of(second)) == 32


@pytest.mark.parametrize(
    "secret", ["whsec_", "whsec_###", "whsec_" + b64encode(b"short").decode(), "whsec_" + b64encode(b"x" * 65).decode()]
)
def test_a_bad_secret_is_refused_without_showing_it(secret: str) -> None:
    """Given a text that is no secret, then reading it fails, and the error does not repeat it."""
    with pytest.raises(BadSecret) as caught:
        key_of(secret)

    assert str(caught.value) == ""
