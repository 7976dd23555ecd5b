"""Answers of an account as HTTP: a code for each, and no code for what is no answer to a signal."""

import pytest

from custom_components.mexc_trading.bridge.webhook import respond
from custom_components.mexc_trading.engine.answers import Busy, Done, Unknown


def test_busy_says_when_to_come_again() -> None:
    """Given an account that took nothing in, then the sender gets 503 and a time to wait."""
    response = respond(Busy(cause="mailbox full", retry_after_s=2))

    assert (response.status, response.headers["Retry-After"]) == (503, "2")


@pytest.mark.parametrize("answer", [Done(), Unknown()])
def test_what_answers_no_signal_is_a_bug(answer: Done | Unknown) -> None:
    """Given an answer that belongs to another question, then it is not turned into a code."""
    with pytest.raises(TypeError):
        respond(answer)
