"""What a key may do is judged by the list, and by nothing else; what cannot be read counts as permitted."""

from dataclasses import replace

import pytest

from custom_components.mexc_trading.exchange.mexc.key import (
    KeyConcern,
    KeyStatus,
    KeyTerms,
    judge_key,
    key_terms,
)
from custom_components.mexc_trading.exchange.mexc.shape import Malformed
from custom_components.mexc_trading.exchange.payload import Json

DAY_MS = 24 * 3600 * 1000
NOW_MS = 1_795_000_000_000
GOOD = KeyTerms(
    permissions=frozenset({"SPOT_ACCOUNT_READ", "SPOT_DEAL_READ", "SPOT_DEAL_WRITE"}),
    ip_addresses=("203.0.113.7",),
    remaining_days=82,
    unlimited=False,
    status=KeyStatus.VALID,
    created_at=str(NOW_MS - DAY_MS),
)
ANSWER: dict[str, Json] = {
    "note": "home",
    "accessKey": "mx0-fake",
    "createTime": "2026-10-01T08:00:00Z",
    "permissions": "SPOT_ACCOUNT_READ, SPOT_DEAL_READ,spot_deal_write",
    "remainingValidity": 82,
    "ipWhiteList": "203.0.113.7, 203.0.113.8",
    "status": "VALID",
}


def _plus(*scopes: str) -> KeyTerms:
    assert GOOD.permissions is not None
    return replace(GOOD, permissions=GOOD.permissions | set(scopes))


@pytest.mark.parametrize(
    ("terms", "concerns"),
    [
        (GOOD, set()),
        (_plus("SPOT_WITHDRAW_WRITE"), {KeyConcern.CAN_WITHDRAW}),
        (_plus("SPOT_TRANSFER_WRITE"), {KeyConcern.CAN_TRANSFER}),
        (_plus("SOMETHING_WITHDRAW"), {KeyConcern.CAN_WITHDRAW}),
        (_plus("SPOT_WITHDRAW_READ", "SPOT_TRANSFER_READ"), set()),
        (replace(GOOD, permissions=None), {KeyConcern.PERMISSIONS_UNREADABLE}),
        (replace(GOOD, permissions=frozenset({"SPOT_DEAL_WRITE"})), {KeyConcern.CANNOT_READ}),
        (
            replace(GOOD, permissions=frozenset({"SPOT_ACCOUNT_READ", "SPOT_DEAL_READ"})),
            {KeyConcern.CANNOT_TRADE},
        ),
        (replace(GOOD, status=KeyStatus.FROZEN), {KeyConcern.NOT_VALID}),
        (replace(GOOD, status=KeyStatus.UNRECOGNISED), {KeyConcern.NOT_VALID}),
        (replace(GOOD, remaining_days=0), {KeyConcern.EXPIRED}),
        (replace(GOOD, remaining_days=13), {KeyConcern.EXPIRES_SOON}),
        (replace(GOOD, remaining_days=14), set()),
        (replace(GOOD, remaining_days=None, unlimited=True), set()),
        (replace(GOOD, created_at=str(NOW_MS - 31 * DAY_MS)), {KeyConcern.OLD}),
        (replace(GOOD, created_at=str(NOW_MS - 30 * DAY_MS)), set()),
        (replace(GOOD, created_at="2020-01-01T00:00:00Z"), {KeyConcern.OLD}),
        (replace(GOOD, created_at="2020-01-01T00:00:00"), set()),
        (replace(GOOD, created_at="long ago"), set()),
        (replace(GOOD, ip_addresses=()), {KeyConcern.NO_ADDRESS_LIST}),
    ],
)
def test_concerns(terms: KeyTerms, concerns: set[KeyConcern]) -> None:
    """Each concern alone, and none just beside it."""
    assert set(judge_key(terms, now_ms=NOW_MS)) == concerns


def test_what_forbids_trading() -> None:
    """Notices do not; everything else does."""
    notices = {KeyConcern.EXPIRES_SOON, KeyConcern.OLD, KeyConcern.NO_ADDRESS_LIST}
    assert {concern for concern in KeyConcern if not concern.forbids_trading} == notices


@pytest.mark.parametrize("wrap", [lambda answer: answer, lambda answer: {"code": 0, "data": answer}])
def test_an_answer_in_both_envelopes(wrap: object) -> None:
    """The sheet does not know which one is sent."""
    assert callable(wrap)
    terms = key_terms(wrap(ANSWER))
    assert terms == KeyTerms(
        permissions=frozenset({"SPOT_ACCOUNT_READ", "SPOT_DEAL_READ", "SPOT_DEAL_WRITE"}),
        ip_addresses=("203.0.113.7", "203.0.113.8"),
        remaining_days=82,
        unlimited=False,
        status=KeyStatus.VALID,
        created_at="2026-10-01T08:00:00Z",
    )


@pytest.mark.parametrize("permissions", [None, "", " , ", [], [1], {}, True, 7, ["A", None]], ids=str)
def test_an_unreadable_list_is_no_list(permissions: Json) -> None:
    """Never taken for "may do nothing"."""
    assert key_terms({**ANSWER, "permissions": permissions}).permissions is None


def test_other_forms() -> None:
    """A list for a text, an end that never comes, a status that is new."""
    terms = key_terms(
        {**ANSWER, "permissions": ["SPOT_DEAL_WRITE"], "remainingValidity": "-999", "status": "SLEEPY", "createTime": 1}
    )
    assert terms.permissions == frozenset({"SPOT_DEAL_WRITE"})
    assert (terms.remaining_days, terms.unlimited) == (None, True)
    assert terms.status is KeyStatus.UNRECOGNISED
    assert terms.created_at == "1"
    nothing = key_terms({})
    assert (nothing.remaining_days, nothing.unlimited, nothing.created_at) == (None, False, "")


@pytest.mark.parametrize("payload", [None, [], "x", {"data": None}, {"data": []}], ids=str)
def test_no_object_no_terms(payload: Json) -> None:
    """Without an object nothing is known."""
    with pytest.raises(Malformed):
        key_terms(payload)
