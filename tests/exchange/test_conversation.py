"""What is said on a stream, and when it is over: without a socket, in time that a test moves."""

import json

import pytest

from custom_components.mexc_trading.exchange.mexc.streams.channels import ORDERS, PRIVATE, Channel, book_ticker
from custom_components.mexc_trading.exchange.mexc.streams.conversation import (
    ACKNOWLEDGED_S_MAX,
    LIFE_S_MAX,
    PING_EVERY_S,
    SILENCE_S_MAX,
    SUBSCRIPTIONS_MAX,
    Conversation,
    End,
)

from .wishes import BTCUSDT


def _acknowledge(number: int, message: object) -> str:
    return json.dumps({"id": number, "code": 0, "msg": message})


def _all_granted(now_s: float = 0) -> Conversation:
    talk = Conversation(PRIVATE, now_s=now_s)
    for number, channel in enumerate(PRIVATE, start=1):
        talk.told(_acknowledge(number, channel), now_s)
    return talk


def test_one_request_for_each_channel() -> None:
    """Each subscription has its own number, so that each answer is about one channel."""
    said = [json.loads(text) for text in Conversation(PRIVATE, now_s=0).opening()]
    assert [request["params"] for request in said] == [[channel] for channel in PRIVATE]
    assert {request["method"] for request in said} == {"SUBSCRIPTION"}
    assert len({request["id"] for request in said}) == len(PRIVATE)


@pytest.mark.parametrize("count", [0, SUBSCRIPTIONS_MAX + 1])
def test_never_more_than_the_venue_takes(count: int) -> None:
    """Thirty to a connection."""
    with pytest.raises(ValueError, match="channels"):
        Conversation([Channel(str(number)) for number in range(count)], now_s=0)


def test_a_refusal_says_code_0_as_well() -> None:
    """Only the channel's own name is a grant."""
    talk = Conversation((ORDERS, book_ticker(BTCUSDT)), now_s=0)
    talk.told(_acknowledge(1, ORDERS), 1)
    assert talk.granted == [ORDERS]
    refusal = f"Not Subscribed successfully! [{book_ticker(BTCUSDT)}].  Reason: Blocked!"
    talk.told(_acknowledge(2, refusal), 1)
    assert talk.granted == [ORDERS]
    assert talk.answered
    assert talk.refused == {book_ticker(BTCUSDT): refusal}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        '{"id": 9, "msg": "x"}',
        '{"id": "1", "msg": "x"}',
        '{"id": 1, "msg": null}',
        '{"id": [1], "msg": "x"}',
        '{"id": 0, "code": 0, "msg": "PONG"}',
        "\ud800",
    ],
    ids=ascii,
)
def test_what_is_no_acknowledgement_changes_nothing(text: str) -> None:
    """Pongs, chatter and nonsense are heard and passed over."""
    talk = Conversation(PRIVATE, now_s=0)
    talk.told(text, 1)
    assert not talk.answered
    assert talk.refused == {}


def test_pings_go_out_on_time() -> None:
    """Every fifteen seconds, also while pushes come in."""
    talk = _all_granted()
    sent = []
    for second in range(1, 61):
        talk.heard(second)
        if talk.ping_due(second):
            sent.append(second)
    assert sent == [15, 30, 45, 60]
    assert talk.wait_s(61) == PING_EVERY_S - 1


def test_a_silent_connection_is_dead() -> None:
    """Whatever the socket says."""
    talk = _all_granted()
    assert talk.over(SILENCE_S_MAX - 0.1) is None
    assert talk.over(SILENCE_S_MAX) is End.SILENT
    talk.heard(SILENCE_S_MAX)
    assert talk.over(SILENCE_S_MAX) is None


def test_subscriptions_that_are_not_answered_end_it() -> None:
    """A venue that only talks is not one that listens."""
    talk = Conversation(PRIVATE, now_s=0)
    talk.heard(9)
    assert talk.over(ACKNOWLEDGED_S_MAX - 0.1) is None
    assert talk.over(ACKNOWLEDGED_S_MAX) is End.UNACKNOWLEDGED
    assert talk.wait_s(4) == ACKNOWLEDGED_S_MAX - 4


def test_it_ends_before_the_venue_ends_it() -> None:
    """After twenty-three and a half hours, at most."""
    talk = _all_granted()
    talk.heard(LIFE_S_MAX)
    assert talk.over(LIFE_S_MAX - 1) is None
    assert talk.over(LIFE_S_MAX) is End.AGED
    assert LIFE_S_MAX < 24 * 3600
