"""The story of any id: everything that belongs to it, with requests and answers, and nothing that must not be told."""

import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.mexc_trading.inquiry.files import JournalFile
from custom_components.mexc_trading.inquiry.story import NotFound, story
from custom_components.mexc_trading.inquiry.story_text import as_text

from .life import Life


def told(life: Life, wanted: str) -> dict[str, Any]:
    """Tell a story, and see that it is JSON and that no secret is in it."""
    found = story(JournalFile(life.journal).records, wanted)
    written = json.dumps(found) + as_text(found)
    assert not any(secret in written for secret in life.secrets)
    return found


async def test_every_id_leads_to_the_same_story(life: Life) -> None:
    """Of the signal, the decision, the order, the venue's order, the fill: the same signal with the same order."""
    by_signal = told(life, "lost")
    (signal,) = by_signal["signals"]
    (order,) = signal["orders"]
    (fill,) = order["fills"]
    ids = {
        "decision": signal["decisions"][0]["decision_id"],
        "order": order["order_id"],
        "venue order": order["venue_order_id"],
        "fill": fill["fill_id"],
    }
    assert by_signal["found_as"] == ["signal"]
    for kind, name in ids.items():
        found = told(life, name)
        assert found["found_as"] == [kind]
        assert (found["signals"], found["episodes"]) == (by_signal["signals"], by_signal["episodes"])


async def test_a_lost_answer_is_told_with_its_request(life: Life) -> None:
    """When it was sent, for how long nothing came, what it was taken for, and how the order was found."""
    (signal,) = told(life, life.lost)["signals"]
    (order,) = signal["orders"]
    assert [step["step"] for step in order["steps"]] == ["send", "no_answer", "seen_filled"]
    unanswered = order["steps"][1]
    assert unanswered["state"] == "unknown"
    request = unanswered["request"]
    assert (request["method"], request["path"], request["status"], request["code"]) == (
        "POST",
        "/api/v3/order",
        None,
        None,
    )
    assert f"newClientOrderId={life.lost}" in request["query"]
    assert "signature" not in request["query"]
    assert request["took_ms"] > 0
    assert (order["state"], order["steps"][2]["cause"]) == ("filled", "FILLED")
    assert len(signal["decisions"][0]["rules"]) > 30
    assert {"rule", "finding", "limit", "value", "margin", "unit"} == signal["decisions"][0]["rules"][0].keys()
    assert len(signal["conflicts"]) == 1


async def test_a_cancel_is_told_with_its_request(life: Life) -> None:
    """The request that went without an answer, and that the order ended with a part of it filled."""
    (signal,) = told(life, "part")["signals"]
    (order,) = signal["orders"]
    answered = next(step for step in order["steps"] if step["step"] == "cancel answered")
    assert answered["request"]["method"] == "DELETE"
    assert answered["request"]["took_ms"] >= 0
    assert (order["state"], order["fills"][0]["quantity"]) == ("canceled", "0.0004")


async def test_looking_in_vain_is_told_once(life: Life) -> None:
    """An order of unknown fate: the error with its status, and the look-up that found nothing."""
    (signal,) = told(life, life.unknown)["signals"]
    (order,) = signal["orders"]
    steps = [step["step"] for step in order["steps"]]
    assert steps[:2] == ["send", "no_answer"]
    assert steps.count("look_up answered") == 1
    assert order["steps"][1]["request"]["status"] == 503
    looked = next(step for step in order["steps"] if step["step"] == "look_up answered")
    assert (looked["cause"], looked["request"]["method"]) == ("absent", "GET")


async def test_a_denial_is_told_with_the_hold_that_made_it(life: Life) -> None:
    """Which rule, what it measured, and who raised and released the hold."""
    found = told(life, "denied")
    (signal,) = found["signals"]
    assert signal["orders"] == []
    assert [rule["rule"] for rule in signal["decisions"][0]["rules"] if rule["finding"] == "deny"] == ["holds"]
    (hold,) = [hold for hold in found["holds"] if hold["kind"] == "kill_switch"]
    assert (hold["released_by"], hold["released_because"]) == ("me", "back")
    assert told(life, "kill_switch")["holds"] == [hold]


async def test_an_episode_is_told_with_all_its_orders(life: Life) -> None:
    """Both buys and the sale; what they realised adds up to what the episode did."""
    (name,) = [episode["episode_id"] for episode in told(life, "lost")["episodes"]]
    found = told(life, name)
    assert found["found_as"] == ["episode"]
    assert {order["order_id"] for signal in found["signals"] for order in signal["orders"]} == {
        life.lost,
        life.part,
        life.sale,
    }
    (episode,) = found["episodes"]
    assert episode["closed_at"] is not None
    assert (episode["realized"], episode["quantity_left"]) == (found["realized"], "0")


async def test_the_text_is_in_order_and_names_what_still_holds(life: Life) -> None:
    """A line for each thing that happened, by time; every request with its answer."""
    text = as_text(told(life, "lost"))
    head, _, timeline = text.partition("\n\n")
    moments = [line[:24] for line in timeline.splitlines() if line[:2] == "20"]
    assert moments == sorted(moments)
    assert "signal lost: enter BTCUSDT -> allow" in head
    assert "STILL ON HOLD" not in head
    assert "POST /api/v3/order?symbol=BTCUSDT" in timeline
    assert "no answer after" in timeline


async def test_an_id_that_nobody_knows_is_said_so(life: Life) -> None:
    """Not an empty story."""
    with pytest.raises(NotFound):
        told(life, "nobody")


async def test_the_journal_in_use_can_be_asked(life: Life, tmp_path: Path) -> None:
    """Nothing is left beside the journal, and nothing in it changes."""
    before = life.journal.read_bytes()
    told(life, "lost")
    assert life.journal.read_bytes() == before
