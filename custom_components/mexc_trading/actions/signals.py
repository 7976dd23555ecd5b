"""Signals by hand or from automations, a look ahead, and a person's answer to a question about one."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, cast

import probatio as vol

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..bridge.action_intake import (
    ATTR_STRATEGY,
    ORDER_FIELDS,
    SIGNAL_FIELDS,
    order_document,
    settle,
    signal_document,
)
from ..bridge.answer_text import decided_document, decision_document
from ..bridge.intake import Intake, Malformed, Taken
from ..const import DOMAIN
from ..engine.answers import Answer, Busy, Conflict, Decided, Done, Unknown
from ..model.decision import Verdict
from ..model.ids import BookName, DecisionId
from ..wording import wording
from .calling import Action, account_of, books_of, busy, caller_of, entry_of, strategy_of

ATTR_APPROVED: Final = "approved"
ATTR_DECISION_ID: Final = "decision_id"

_NOTHING: Final = "-"
"""Stands in a denial's text for a limit or value that the rule does not have."""

type Writer = Callable[[Mapping[str, object]], dict[str, object]]


def signal_actions(intake: Intake) -> tuple[Action, ...]:
    """List the actions that bring a signal."""
    submit = partial(_async_submit, intake)
    return (
        Action(name="submit_signal", handler=partial(submit, signal_document), fields=SIGNAL_FIELDS, admin=True),
        Action(name="place_order", handler=partial(submit, order_document), fields=ORDER_FIELDS, admin=True),
        Action(
            name="preview_order",
            handler=partial(_async_preview, intake),
            fields=ORDER_FIELDS,
            admin=False,
            response=SupportsResponse.ONLY,
        ),
        Action(
            name="approve",
            handler=_async_approve,
            fields={vol.Required(ATTR_DECISION_ID): cv.string, vol.Optional(ATTR_APPROVED, default=True): cv.boolean},
            admin=True,
        ),
        Action(
            name="heartbeat",
            handler=_async_heartbeat,
            fields={vol.Required(ATTR_STRATEGY): cv.string},
            admin=False,
            whole_account=True,
        ),
    )


async def _async_heartbeat(call: ServiceCall) -> ServiceResponse:
    """Note that a strategy is there though it has no signal to send."""
    entry = entry_of(call)
    strategy = strategy_of(entry, call.data[ATTR_STRATEGY])
    entry.runtime_data.books.heard(strategy)
    return {"strategy": strategy}


async def _async_submit(intake: Intake, document_of: Writer, call: ServiceCall) -> ServiceResponse:
    """Put a signal through the gate. A denial raises, naming the rule, its limit and the value."""
    account = account_of(call)
    taken = _taken(intake, account.terms.mode, document_of(call.data), call)
    books = entry_of(call).runtime_data.books
    books.heard(taken.signal.strategy)
    return decided_response(call.hass, await books.submit(taken.signal, taken.digest))


def decided_response(hass: HomeAssistant, answer: Answer) -> ServiceResponse:
    """Answer with a decision; raise for one that denies, and for none at all."""
    match answer:
        case Decided() as decided:
            _raise_if_denied(hass, decided)
            return cast("ServiceResponse", decided_document(decided))
        case Conflict(decision=decision):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="idempotency_conflict",
                translation_placeholders={"decision_id": decision.decision_id},
            )
        case Busy() as full:
            raise busy(hass, full)
        case other:
            raise TypeError(f"a signal is not answered with {type(other).__name__}")


async def _async_preview(intake: Intake, call: ServiceCall) -> ServiceResponse:
    """Say what would be decided now, with every rule, and do nothing."""
    account = account_of(call)
    taken = _taken(intake, account.terms.mode, order_document(call.data), call)
    return cast("ServiceResponse", decision_document(await account.preview(taken.signal)))


async def _async_approve(call: ServiceCall) -> ServiceResponse:
    """Answer the question about an entry; yes has it judged anew, so it may be denied all the same.

    An automation may: that is how the button of a notification arrives.
    """
    decision_id, approved = call.data[ATTR_DECISION_ID], call.data[ATTR_APPROVED]
    who = await caller_of(call)
    for account in books_of(call):
        match await account.guard.approve(DecisionId(decision_id), who=who, approved=approved):
            case Unknown():
                continue
            case Done():
                return {"decision_id": decision_id, "approved": False}
            case answer:
                return decided_response(call.hass, answer)
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="question_unknown",
        translation_placeholders={"decision_id": decision_id},
    )


def _taken(intake: Intake, book: BookName, document: dict[str, object], call: ServiceCall) -> Taken:
    """Read a call's document as a signal; what is wrong with it raises with its place."""
    taken = settle(
        intake,
        document,
        context_id=call.context.id,
        book=book,
        strategy=strategy_of(entry_of(call), call.data.get(ATTR_STRATEGY)),
    )
    if isinstance(taken, Malformed):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=taken.key,
            translation_placeholders={"path": taken.path, **taken.placeholders},
        )
    return taken


def _raise_if_denied(hass: HomeAssistant, decided: Decided) -> None:
    decision = decided.decision
    if decision.verdict is not Verdict.DENY:
        return
    first = decision.denials[0]
    words = wording(hass)
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=first.rule.value,
        translation_placeholders={
            "action": words.word("action", decision.action.value),
            "symbol": decision.symbol,
            "rule": words.word("rule", first.rule.value),
            "limit": words.value(first.rule, first.limit, first.unit) or _NOTHING,
            "value": words.value(first.rule, first.value, first.unit) or _NOTHING,
            "unit": words.word("unit", first.unit),
            "decision_id": decision.decision_id,
        },
    )
