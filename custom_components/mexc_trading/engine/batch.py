"""A batch at work: inputs are stepped in order on a copy of the book, which replaces it only once it is on disk."""

from dataclasses import dataclass, field

from . import events as ev
from .agenda import Agenda
from .answers import Answer
from .effects import Effect
from .fold import fold
from .inputs import Input, TickIn
from .mailbox import Post
from .ports import Draft
from .records import draft
from .state import BookState
from .step import step


@dataclass(slots=True, kw_only=True)
class Batch:
    """What came of some inputs at one moment. Nothing of it has happened until its drafts are on disk.

    ``state`` is the book's own until the first event, then a copy that the events are folded into.
    """

    state: BookState
    now_ns: int
    install_secret: bytes = field(repr=False)
    events: list[ev.Event] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    answers: list[tuple[Post, Answer]] = field(default_factory=list)
    ticked: bool = False

    def take(self, post: Post, item: Input, agenda: Agenda) -> None:
        """Step one input and keep what it gives."""
        outcome = step(self.state, item, self.now_ns, self.install_secret)
        for event in outcome.events:
            self.add(event)
        self.effects += outcome.effects
        if outcome.answer is not None:
            self.answers.append((post, outcome.answer))
        if isinstance(item, TickIn):
            self.ticked = True
            self.effects += agenda.due(self.state, self.now_ns)

    def add(self, event: ev.Event) -> None:
        """Fold an event and put it down for the journal."""
        if not self.events:
            self.state = self.state.fork()
        fold(self.state, event, self.now_ns)
        self.events.append(event)
        self.drafts.append(draft(event, self.now_ns))
