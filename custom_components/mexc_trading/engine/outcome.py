"""What one step gives: events to journal, effects to release after that, and the answer to whoever asked."""

from dataclasses import dataclass

from .answers import Answer
from .effects import Effect
from .events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of a step. An empty one means: nothing to remember, nothing to do."""

    events: tuple[Event, ...] = ()
    effects: tuple[Effect, ...] = ()
    answer: Answer | None = None

    def then(self, more: Outcome) -> Outcome:
        """Join what two handlers of one input gave. Only the first may answer."""
        if more is NOTHING:
            return self
        return Outcome(events=(*self.events, *more.events), effects=(*self.effects, *more.effects), answer=self.answer)


NOTHING = Outcome()
