"""Questions to a person about large entries: answered, or ended with the signal that asked."""

from typing import Final

from ..risk.memory import Waiting
from .answers import Done, Unknown
from .guard_events import ApprovalAnswered
from .guard_inputs import ApproveIn
from .on_signal import carry_out, decided
from .outcome import Outcome
from .state import BookState

_NS_PER_S: Final = 1_000_000_000


def on_approve(state: BookState, item: ApproveIn, now_ns: int, install_secret: bytes) -> Outcome:
    """Take a person's answer.

    Yes: the wish is judged anew by every rule, for at most the quantity that was asked about. No, or a question that
    is not open (any more): nothing is sent.
    """
    waiting = state.memory.waiting.get(item.decision_id)
    if waiting is None:
        return Outcome(answer=Unknown())
    answered = ApprovalAnswered(decision_id=item.decision_id, who=item.who, approved=item.approved)
    if not item.approved:
        return Outcome(events=(answered,), answer=Done())
    event = decided(state, waiting.signal, now_ns, approved=waiting.decision.quantity)
    outcome = carry_out(state, event, waiting.digest, now_ns, install_secret)
    return Outcome(events=(answered, *outcome.events), effects=outcome.effects, answer=outcome.answer)


def end_questions(state: BookState, now_ns: int) -> Outcome:
    """End the questions whose signal is not wanted any more."""
    return Outcome(
        events=tuple(
            ApprovalAnswered(decision_id=decision_id, who="engine", approved=False)
            for decision_id, waiting in state.memory.waiting.items()
            if _over(waiting, now_ns)
        )
    )


def _over(waiting: Waiting, now_ns: int) -> bool:
    """Whether a signal is older than it may be."""
    valid_for_s = waiting.signal.valid_for_s
    return valid_for_s is not None and now_ns - waiting.signal.issued_at_ns > valid_for_s * _NS_PER_S
