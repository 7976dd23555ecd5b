"""Classification is total, by table, and cautious."""

from pathlib import Path
import re

from hypothesis import given, strategies as st
import pytest

from custom_components.mexc_trading.exchange.mexc.classification_table import document
from custom_components.mexc_trading.exchange.mexc.codes import SPOT_CODES
from custom_components.mexc_trading.exchange.payload import Json, Unreadable, read_json
from custom_components.mexc_trading.exchange.resilience.classify import (
    CodeClass,
    Readable,
    Reply,
    classify,
    http_rule,
    venue_code,
)
from custom_components.mexc_trading.exchange.resilience.observation import Answered, Failed, Observation, When
from custom_components.mexc_trading.model.outcome import Ambiguous, NotSent, RefusalClass, Rejected, Throttled, Trace

TRACE = Trace(method="POST", path="/", query="", status=None, code=None, sent_at_ns=0, ended_at_ns=0)

FACT_SHEET_CODES = """
-1121 -1128 -2011 -2013 26 400 401 402 403 406 429 500 501 503 504 510 511 602 604 801 11444 10001 10004 10007 10015
10072 10073 10095 10096 10097 10102 10098 10099 10100 10103 10200 10201 10202 10206 10211 10101 10212 10216 10219 10259
10265 10268 10222 10232 20001 20002 22222 30000 30001 30002 30003 30004 30005 30010 30014 30016 30018 30019 30020 30021
30025 30026 30027 30028 30029 30032 30041 30051 30069 30087 33333 44444 60005 70011 88004 88005 88006 88007 88008 88009
88010 88011 88012 88013 88014 88015 140001 140002 200005 200006 200010 300000 300001 700001 700002 700003 700004 700005
700006 700007 700008 700011 700013 730000 730001 730002 730003 730100 730101 730600 730601 730602 730700 730701 730702
730703 730704 730705 730706 730707 730708
"""


def _classify(observation: Observation, payload: Json | Unreadable | None = None) -> Reply:
    if payload is None:
        payload = read_json(observation.body) if isinstance(observation, Answered) else Unreadable(cause="no answer")
    return classify(observation, payload, codes=SPOT_CODES, message="", trace=TRACE)


def _answer(status: int, body: bytes = b"{}", retry_after_s: int | None = None) -> Answered:
    return Answered(status=status, retry_after_s=retry_after_s, body=body, whole=True)


def test_every_code_of_the_fact_sheet_is_listed_and_no_other() -> None:
    """The table is the sheet."""
    assert set(SPOT_CODES) == {int(code) for code in re.findall(r"-?\d+", FACT_SHEET_CODES)}


@pytest.mark.parametrize("code", SPOT_CODES)
def test_a_code_decides_under_400_and_under_200_alike(code: int) -> None:
    """Business errors come with 400, and sometimes with 200."""
    body = f'{{"code": {code}, "msg": "m"}}'.encode()
    replies = [_classify(_answer(status, body)) for status in (200, 400)]
    assert replies[0] == replies[1]
    kind = SPOT_CODES[code].kind
    match replies[0]:
        case Rejected(code=seen, refusal=refusal):
            assert (seen, refusal.value) == (code, kind.value)
        case Throttled():
            assert kind is CodeClass.RATE
        case Ambiguous():
            assert kind is CodeClass.UNKNOWN
        case other:
            pytest.fail(f"{code} became {other}")


@pytest.mark.parametrize(
    ("observation", "expected"),
    [
        (Failed(when=When.BEFORE, cause="ClientConnectorError"), NotSent),
        (Failed(when=When.AFTER, cause="ServerDisconnectedError"), Ambiguous),
        (_answer(200, b'{"orderId": "1"}'), Readable),
        (_answer(200, b'{"code": 0, "data": {}}'), Readable),
        (_answer(200, b'{"code": "200", "data": {}}'), Readable),
        (_answer(200, b""), Ambiguous),
        (_answer(200, b"<html>"), Ambiguous),
        (_answer(200, b'{"code": 987654}'), Ambiguous),
        (_answer(200, b'{"code": true}'), Ambiguous),
        (_answer(200, b'{"code": [30004]}'), Ambiguous),
        (_answer(204, b""), Ambiguous),
        (_answer(302, b'{"code": 30004}'), Ambiguous),
        (_answer(400, b"{}"), Ambiguous),
        (_answer(400, b"<html>"), Ambiguous),
        (_answer(400, b'{"code": 0}'), Ambiguous),
        (_answer(400, b'{"code": "30004"}'), Rejected),
        (_answer(401, b'{"code": 401}'), Rejected),
        (_answer(403, b'{"code": 700006}'), Rejected),
        (_answer(403, b"<html>"), Throttled),
        (_answer(404, b"not found"), Ambiguous),
        (_answer(418, b'{"code": 30004}'), Throttled),
        (_answer(429, b'{"code": 30004}'), Throttled),
        (_answer(500, b'{"code": 30004}'), Ambiguous),
        (_answer(503, b'{"orderId": "1"}'), Ambiguous),
        (_answer(600), Ambiguous),
        (_answer(99), Ambiguous),
    ],
)
def test_observations(observation: Observation, expected: type[Reply]) -> None:
    """What is certain is certain, and what is not is looked up."""
    assert isinstance(_classify(observation), expected)


def test_a_server_error_outweighs_any_code() -> None:
    """The venue's documentation: after 5xx nothing is known, whatever the body says."""
    for status in range(500, 600):
        assert isinstance(_classify(_answer(status, b'{"code": 30004}')), Ambiguous)


def test_bans_and_throttles_carry_the_wait() -> None:
    """How long to be quiet is handed on."""
    assert _classify(_answer(418, retry_after_s=120)) == Throttled(retry_after_s=120, banned=True, trace=TRACE)
    assert _classify(_answer(429, retry_after_s=3)) == Throttled(retry_after_s=3, banned=False, trace=TRACE)
    assert _classify(_answer(200, b'{"code": 510}')) == Throttled(retry_after_s=None, banned=False, trace=TRACE)


@given(st.integers(-1000, 10_000), st.binary(max_size=80), st.booleans())
def test_only_a_listed_code_is_believed_as_a_refusal(status: int, body: bytes, whole: bool) -> None:
    """Nothing that is not in the table is ever called certain."""
    observation = Answered(status=status, retry_after_s=None, body=body, whole=whole)
    payload = read_json(body) if whole else Unreadable(cause="cut")
    match _classify(observation, payload):
        case Rejected(code=code):
            assert code in SPOT_CODES
            assert venue_code(payload) == code
        case Readable():
            assert 200 <= status < 300
        case NotSent():
            pytest.fail("an answer is proof that something was sent")
        case Throttled() | Ambiguous():
            pass


@given(st.integers())
def test_every_status_has_a_rule(status: int) -> None:
    """The table of statuses has no hole."""
    assert http_rule(status)


def test_refusal_classes_are_all_reachable() -> None:
    """Each class in the model has at least one code."""
    assert {row.kind.value for row in SPOT_CODES.values()} >= {refusal.value for refusal in RefusalClass}


def test_the_page_is_as_new_as_the_tables() -> None:
    """docs/classification.md is generated; run the module that its first lines name."""
    page = Path(__file__).parents[2] / "docs" / "classification.md"
    assert page.read_text(encoding="utf-8") == document()


def test_the_page_has_a_row_for_every_class_and_rule() -> None:
    """Nothing that the client can decide is left out of the page."""
    text = document()
    assert all(f"| `{code}` | " in text for code in SPOT_CODES)
    assert all(f"\n| {kind.value} | " in text for kind in CodeClass)
