"""Who hears of one book: the meter of its key figures, those who show it, and those who want its news."""

from collections.abc import Callable
from typing import Final

from ..engine.book import Book
from ..engine.events import Event, SignalDecided
from ..engine.kpis import KpiMeter, Kpis
from ..engine.ports import Clock
from ..engine.upkeep import Upkeep
from ..model.decision import Verdict
from ..model.ids import SignalKey
from .news import News, news_of
from .rate import TokenBucket

DENIALS_AT_ONCE: Final = 30
DENIALS_PER_S: Final = 1
"""Denials that are told as news, each of which is written by the recorder twice. A sender that will not stop gets
hundreds a second; the journal has all of them, and the next one that is told says how many were not."""


class Telling:
    """Passes on what happens to a book, on the event loop, once it is durable."""

    def __init__(self, *, book: Book, upkeep: Upkeep, clock: Clock) -> None:
        """Name the book, and what tells whether it can trade at all."""
        self._book = book
        self._upkeep = upkeep
        self._clock = clock
        self._meter = KpiMeter()
        self._denials = TokenBucket(burst=DENIALS_AT_ONCE, per_s=DENIALS_PER_S)
        self._untold = 0
        self._on_change: list[Callable[[], None]] = []
        self._on_news: list[Callable[[News], None]] = []

    def listen(self, on_change: Callable[[], None]) -> Callable[[], None]:
        """Call back after each change; gives what ends that."""
        self._on_change.append(on_change)
        return lambda: self._on_change.remove(on_change)

    def listen_news(self, on_event: Callable[[News], None]) -> Callable[[], None]:
        """Call back with each piece of news; gives what ends that."""
        self._on_news.append(on_event)
        return lambda: self._on_news.remove(on_event)

    def arrived(self, key: SignalKey) -> None:
        """Note when a signal came in."""
        self._meter.arrived(key, self._clock.now_ns())

    def kpis(self) -> Kpis:
        """Give the key figures of now."""
        return self._meter.read(self._clock.now_ns())

    def happened(self, events: tuple[Event, ...]) -> None:
        """Take what is durable now (nothing: only prices moved)."""
        book, now_ns = self._book, self._clock.now_ns()
        self._meter.able(now_ns, able=self._upkeep.connected and book.journal_healthy and not book.faulted)
        for event in events:
            self._meter.happened(event, book.state, now_ns)
            for news in self._news(event):
                for on_event in tuple(self._on_news):
                    on_event(news)
        self.changed()

    def _news(self, event: Event) -> tuple[News, ...]:
        """Tell an event as news; nothing, if too many denials were told just now."""
        if not (isinstance(event, SignalDecided) and event.decision.verdict is Verdict.DENY):
            return news_of(event, self._book.state)
        if self._denials.take():
            self._untold += 1
            return ()
        untold, self._untold = self._untold, 0
        told = news_of(event, self._book.state)
        if untold:
            for news in told:
                news.attributes["untold"] = str(untold)
        return told

    def changed(self) -> None:
        """Tell those who show the book to look again."""
        for on_change in tuple(self._on_change):
            on_change()
