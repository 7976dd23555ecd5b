"""Signatures are the venue's own, over exactly what is sent."""

import pytest

from custom_components.mexc_trading.exchange.mexc.signing import query_string, signature, signed
from custom_components.mexc_trading.exchange.secret import Secret

EXAMPLE = Secret("45d0b3c26f2644f19bfb98b07741b2f5")
"""The example that the venue's documentation prints; it opens nothing."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=11&recvWindow=5000&timestamp=1644489390087",
            "fd3e4e8543c5188531eb7279d68ae7d26a573d0fc5ab0d18eb692451654d837a",
        ),
        (
            "symbol=BTCUSDT&side=BUY&type=LIMITquantity=1&price=11&recvWindow=5000&timestamp=1644489390087",
            "d1a676610ceb39174c8039b3f548357994b2a34139a8addd33baadba65684592",
        ),
    ],
)
def test_official_vectors(text: str, expected: str) -> None:
    """Both correct vectors of fact sheet 2.1; the third one in the venue's documentation is wrong."""
    assert signature(EXAMPLE, text) == expected


def test_parameters_keep_their_order_and_escape_in_upper_case() -> None:
    """What is signed is RFC 3986: no plus for a space, and nothing reserved goes bare."""
    assert query_string((("b", "a b,c/ü~-_."), ("a", '["+"]'))) == "b=a%20b%2Cc%2F%C3%BC~-_.&a=%5B%22%2B%22%5D"


def test_the_signature_comes_last_and_covers_the_rest() -> None:
    """The sent query is the signed text plus its signature."""
    text = "symbol=BTCUSDT&timestamp=1"
    assert signed(EXAMPLE, text) == f"{text}&signature={signature(EXAMPLE, text)}"
