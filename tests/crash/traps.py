"""Where a process kills itself: wraps around the ports of the engine, the journal and the client. For one process."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
import json
import os
import signal
import time
from typing import Final
from unittest.mock import patch
from urllib.parse import parse_qs

from aiohttp import ClientRequest, TraceConfig

from custom_components.mexc_trading.engine import on_cancel, on_signal, step as stepping
from custom_components.mexc_trading.engine.inputs import CancelIn, SignalIn
from custom_components.mexc_trading.engine.mailbox import Mailbox
from custom_components.mexc_trading.exchange.mexc import transport
from custom_components.mexc_trading.journal.writer import Row

from .points import Step, When, Wish

type Teller = Callable[[dict[str, object]], None]

ORDER_PATH: Final = "/api/v3/order"

_OURS: ContextVar[bool] = ContextVar("ours", default=False)
"""Whether the request under way carries a wish."""

_NO_NEWS: Final = frozenset({"send", "cancel_asked"})


class Traps:
    """One process's traps. Until :meth:`arm` every step is passed, and nothing happens."""

    def __init__(self, wish: Wish | None, tell: Teller) -> None:
        """Say which wish's steps they watch (None: all wishes'), and how to tell what happened."""
        self._cancels = wish in (Wish.CANCEL, None)
        self._orders = wish is not Wish.CANCEL
        self._tell = tell
        self._at: tuple[Step, When] | None = None
        self._commit: tuple[int, When] | None = None
        self._left = 0
        self._commits = 0

    def arm(
        self, at: tuple[Step, When] | None = None, *, commit: tuple[int, When] | None = None, left: int = 0
    ) -> None:
        """Die at a step, at one of the next commits, or when so many sides of steps were passed (0: never)."""
        self._at, self._commit, self._left, self._commits = at, commit, left, 0

    def spring(self) -> None:
        """Wrap everything but the medium. Does not undo it: the process is for this alone."""
        self._wrap(Mailbox, "put", Step.RECEIVED, lambda _, post: isinstance(post.item, SignalIn | CancelIn))
        self._wrap(on_signal, "_known", Step.DEDUPED)
        self._wrap(on_signal, "decide", Step.DECIDED)
        self._wrap(stepping, "on_cancel", Step.DEDUPED)
        self._wrap(on_cancel, "ask_cancel", Step.DECIDED)
        self._wrap_call(ClientRequest, "send", Step.WRITTEN)
        self._wrap_call(transport, "_observe", Step.READ, after=False)
        self._mark_calls()

    def trace(self) -> TraceConfig:
        """Watch a session's connections."""
        watching = TraceConfig()

        async def before(*_: object) -> None:
            self._passed_if_ours(Step.CONNECTED, When.BEFORE)

        async def after(*_: object) -> None:
            self._passed_if_ours(Step.CONNECTED, When.AFTER)

        watching.on_request_start.append(before)
        watching.on_connection_create_end.append(after)
        watching.on_connection_reuseconn.append(after)
        return watching

    @contextmanager
    def written(self, rows: Sequence[Row]) -> Iterator[None]:
        """Pass the moment in which records go into a transaction."""
        with self._around(Step.INTENT) if any(map(self._is_intent, rows)) else ExitStack():
            yield

    @contextmanager
    def committed(self, rows: Sequence[Row]) -> Iterator[None]:
        """Pass a commit, and tell the head that it confirms."""
        self._commits += 1
        with ExitStack() as passing:
            for step in self._steps_of(rows):
                passing.enter_context(self._around(step))
            self._passed_commit(When.BEFORE)
            yield
            self._tell({"head": [rows[-1][0], rows[-1][6]], "at_ns": time.time_ns()})
            self._passed_commit(When.AFTER)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Pass the moment in which a snapshot takes its place."""
        with self._around(Step.SNAPSHOT):
            yield

    @contextmanager
    def _around(self, step: Step) -> Iterator[None]:
        self._passed(step, When.BEFORE)
        yield
        self._passed(step, When.AFTER)

    def _passed(self, step: Step, when: When) -> None:
        if self._at == (step, when):
            self._die(f"{when} {step}")
        self._count(f"{when} {step}")

    def _passed_commit(self, when: When) -> None:
        if self._commit == (self._commits, when):
            self._die(f"{when} commit {self._commits}")
        self._count(f"{when} a commit")

    def _passed_if_ours(self, step: Step, when: When) -> None:
        if _OURS.get():
            self._passed(step, when)

    def _count(self, place: str) -> None:
        self._left -= 1
        if self._left == 0:
            self._die(place)

    def _die(self, place: str) -> None:
        """Say where, and be gone before the next instruction."""
        self._tell({"reached": place})
        os.kill(os.getpid(), signal.SIGKILL)

    def _steps_of(self, rows: Sequence[Row]) -> Iterator[Step]:
        """Name the steps that a commit of these records completes."""
        if any(map(self._is_intent, rows)):
            yield Step.SYNCED
        if any(map(self._is_answer, rows)):
            yield Step.ACKNOWLEDGED
        if any(row[2] == "fill_booked" for row in rows):
            yield Step.FILLED

    def _is_intent(self, row: Row) -> bool:
        if self._cancels and row[2] == "order_stepped" and json.loads(row[4])["step"] == "cancel_asked":
            return True
        return self._orders and row[2] == "order_planned"

    def _is_answer(self, row: Row) -> bool:
        if self._cancels and row[2] == "venue_answered" and json.loads(row[4])["question"] == "cancel":
            return True
        return self._orders and row[2] == "order_stepped" and json.loads(row[4])["step"] not in _NO_NEWS

    def _wrap(self, place: object, name: str, step: Step, mine: Callable[..., bool] = lambda *_: True) -> None:
        """Wrap a function or method."""
        real = getattr(place, name)

        def passing(*given: object, **named: object) -> object:
            with self._around(step) if mine(*given) else ExitStack():
                return real(*given, **named)

        patch.object(place, name, passing).start()

    def _wrap_call(self, place: object, name: str, step: Step, *, after: bool = True) -> None:
        """Wrap a coroutine function that is part of a request, for those requests that carry a wish."""
        real: Callable[..., Awaitable[object]] = getattr(place, name)

        async def passing(*given: object, **named: object) -> object:
            self._passed_if_ours(step, When.BEFORE)
            result = await real(*given, **named)
            if after:
                self._passed_if_ours(step, When.AFTER)
            return result

        patch.object(place, name, passing).start()

    def _mark_calls(self) -> None:
        """Mark the requests that carry a wish, and pass the end of each."""
        real = transport.Transport.send
        methods = {"POST"} if self._orders else set()
        methods |= {"DELETE"} if self._cancels else set()

        async def send(self_: transport.Transport, call: transport.Call, headers: dict[str, str]) -> object:
            ours = call.path == ORDER_PATH and call.method in methods
            if ours and call.method == "POST":
                asked = parse_qs(call.query)
                (name,), (symbol,) = asked["newClientOrderId"], asked["symbol"]
                self._tell({"leaves": name, "symbol": symbol, "at_ns": time.time_ns()})
            token = _OURS.set(ours)
            try:
                observed = await real(self_, call, headers)
            finally:
                _OURS.reset(token)
            if ours:
                self._passed(Step.READ, When.AFTER)
            return observed

        patch.object(transport.Transport, "send", send).start()
