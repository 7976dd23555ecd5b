"""What we say to people: figures, moments and reasons, in the language of the house and without words of the code."""

import ast
from collections.abc import Iterator
from enum import StrEnum
import json
from pathlib import Path
from typing import Final

import pytest

from custom_components.mexc_trading.const import DOMAIN
from custom_components.mexc_trading.exchange.mexc.key import KeyConcern
from custom_components.mexc_trading.model.decision import RuleName
from custom_components.mexc_trading.model.hold import HoldKind
from custom_components.mexc_trading.model.market import OrderType
from custom_components.mexc_trading.model.outcome import RefusalClass
from custom_components.mexc_trading.orders.states import OrderState
from custom_components.mexc_trading.reasons import FIELDS, PHRASES, tell_reason
from custom_components.mexc_trading.research.demotion import Fault, Reason
from custom_components.mexc_trading.sentences import async_tell_reasons
from custom_components.mexc_trading.wording import Wording
from homeassistant.core import HomeAssistant

OURS: Final = Path(__file__).resolve().parents[2] / "custom_components" / DOMAIN
MINUS: Final = "\N{MINUS SIGN}"
THIN: Final = "\N{NARROW NO-BREAK SPACE}"

INSIDE: Final = frozenset(
    {
        *(
            "absent everywhere",
            "acknowledgement mismatch",
            "answer lost",
            "cancelled before it was sent",
            "counted anew",
        ),
        "trades",
        *("connected", "depth", "empty", "encoding", "number", "size", "syntax", "unreadable"),
    }
)
"""What stands in records and in other reasons only, and is never shown by itself."""


def words_in(language: str) -> Wording:
    """Read the texts of a language from its file."""
    tree = json.loads((OURS / "translations" / f"{language}.json").read_text(encoding="utf-8"))
    return Wording(dict(_flat(tree["common"], f"component.{DOMAIN}.common")))


def _flat(tree: dict[str, object], path: str) -> Iterator[tuple[str, str]]:
    for key, node in tree.items():
        if isinstance(node, dict):
            yield from _flat(node, f"{path}.{key}")
        else:
            yield f"{path}.{key}", str(node)


@pytest.mark.parametrize(
    ("written", "unit", "price", "english", "french"),
    [
        ("4999.9640529", "USDT", False, "4,999.96", f"4{THIN}999,96"),
        ("-52.10000001", "USDT", False, f"{MINUS}52.10", f"{MINUS}52,10"),
        ("-0.0012", "USDT", False, "0.00", "0,00"),
        ("0.00001234", "USDT", True, "0.00001234", "0,00001234"),
        ("91243.5500", "USDT", True, "91,243.55", f"91{THIN}243,55"),
        ("1000000", "", False, "1,000,000", f"1{THIN}000{THIN}000"),
        ("0.002739000", "", False, "0.002739", "0,002739"),
        ("0.123456789123", "", False, "0.12345679", "0,12345679"),
        ("0.524988013635", "x", False, "0.525", "0,525"),
        ("10", "s", False, "10", "10"),
        ("BTCUSDT", "", False, "BTCUSDT", "BTCUSDT"),
        ("NaN", "USDT", False, "NaN", "NaN"),
    ],
)
def test_a_figure_is_written_as_its_language_writes_it(
    *, written: str, unit: str, price: bool, english: str, french: str
) -> None:
    """Given an amount as the engine writes it, then people read thousands, decimals and signs of their language."""
    assert words_in("en").figure(written, unit, price=price) == english
    assert words_in("fr").figure(written, unit, price=price) == french


def test_what_has_no_words_yet_is_told_all_the_same() -> None:
    """Given no texts, as while a language is loaded, then the place and the figures are told, and nothing is raised."""
    assert Wording({}).text("sentences.denied", symbol="BTCUSDT", reason="x") == "sentences.denied BTCUSDT x"


async def test_a_moment_is_one_of_the_house(hass: HomeAssistant) -> None:
    """Given a house in Paris, then half past midnight in London is half past one."""
    await hass.config.async_set_time_zone("Europe/Paris")
    assert words_in("fr").moment(1_795_480_200_000_000_000) == "2026-11-24 01:30"


@pytest.mark.parametrize(
    ("group", "keys"),
    [
        ("hold", HoldKind),
        ("rule", RuleName),
        ("order_state", OrderState),
        ("refusal", RefusalClass),
        ("value", OrderType),
        ("key_concern", [concern for concern in KeyConcern if concern.forbids_trading]),
        ("order_field", sorted(FIELDS)),
        ("book", ["live", "paper"]),
    ],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_key_that_people_meet_has_its_words(language: str, group: str, keys: type[StrEnum] | list[str]) -> None:
    """Given a key of ours that stands in a sentence, then each language has words for it."""
    words = words_in(language)
    assert [key for key in keys if words.word(group, str(key)) == str(key) and "_" in str(key)] == []


def _reasons() -> Iterator[tuple[str, str]]:
    """Give every reason that the code writes, with a 7 for what differs, and where it stands."""
    for room in ("engine", "bridge", "exchange"):
        for file in sorted((OURS / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                for value in _whys(node):
                    yield str(file.relative_to(OURS)), value


def _whys(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.keyword(arg="why" | "cause", value=value):
            yield from _texts(value)
        case ast.Assign(targets=[ast.Name(id="why")], value=value):
            yield from _texts(value)


def _texts(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.IfExp(body=body, orelse=orelse):
            yield from _texts(body)
            yield from _texts(orelse)
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)


def test_every_reason_that_the_code_writes_has_a_phrase() -> None:
    """Given the reasons in the code, then each is one that people are told in their language."""
    found = list(_reasons())
    untold = {
        (file, text)
        for file, text in found
        if text not in INSIDE
        and text not in {"7", "7: 7", "7: drill"}
        and not any(row.pattern.fullmatch(text) for row in PHRASES)
    }
    assert len(found) > 60
    assert untold == set()


@pytest.mark.parametrize(
    ("written", "english", "french"),
    [
        (
            "-52.1 of -50 USDT",
            f"{MINUS}52.10 of {MINUS}50.00 USDT",
            f"{MINUS}52,10 sur {MINUS}50,00 USDT",
        ),
        ("1500 ms, limit 1000", "1,500 ms, limit 1,000 ms", f"1{THIN}500 ms, limite 1{THIN}000 ms"),
        (
            "can_withdraw, cannot_trade",
            "it can withdraw, it cannot trade",
            "elle peut retirer des fonds, elle ne peut pas négocier",
        ),
        ("ha7x: quantity", "order ha7x: another quantity than was sent", "ordre ha7x : quantité autre que demandé"),
        ("funds:30004", "not enough balance, code 30004", "solde insuffisant, code 30004"),
        ("engine: daily_loss", "the engine: daily loss reached", "le moteur: perte du jour atteinte"),
        ("Ann: checked it", "Ann: checked it", "Ann: checked it"),
        ("fault:KeyError", "a defect of this integration (KeyError)", "un défaut de cette intégration (KeyError)"),
        (
            "ha7x: open for 600 s",
            "order ha7x is open for 600 s",
            "l\N{RIGHT SINGLE QUOTATION MARK}ordre ha7x est ouvert depuis 600 s",
        ),
        (
            "deposit or withdrawal, said administrator",
            "a deposit or withdrawal, said an administrator",
            "dépôt ou retrait, selon un administrateur",
        ),
        (
            "the journal was broken and has been set aside; start",
            "the journal was broken and has been set aside; start",
            "le journal était abîmé et a été mis de côté; démarrage",
        ),
    ],
)
def test_a_reason_is_told_in_words(written: str, english: str, french: str) -> None:
    """Given a reason as the journal has it, then it is told without keys; what a person wrote stays as it is."""
    assert tell_reason(words_in("en"), written) == english
    assert tell_reason(words_in("fr"), written) == french


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_phrase_has_its_sentence(language: str) -> None:
    """Given a phrase of the table, then each language has a sentence that what is in the phrase fills."""
    words = words_in(language)
    for row in PHRASES:
        told = words.text(f"reasons.{row.key}", **dict.fromkeys(row.pattern.groupindex, "7"))
        assert "{" not in told, row.key


@pytest.mark.usefixtures("enable_custom_integrations")
async def test_what_ended_a_promotion_has_figures_of_its_language(hass: HomeAssistant) -> None:
    """Given a French Home Assistant, then decimals have a comma, and a version that looks like a number stays."""
    await hass.config.async_update(language="fr")
    reasons = (Reason(Fault.DRAWDOWN, "12.5 %", "10 %"), Reason(Fault.VERSION, "123456789012", "210987654321"))

    fall, version = (await async_tell_reasons(hass, reasons)).split("; ")

    assert fall == "ses résultats clos ont chuté de 12,5 %, la limite est 10 %"
    assert version == "elle a changé : version 123456789012, promue en 210987654321"
