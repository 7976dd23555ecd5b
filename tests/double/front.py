"""The front door: logs each request, lets faults act, checks signatures, asks the route."""

import asyncio
from collections.abc import Callable, Sequence

from aiohttp import web

from . import routes_account, routes_history, routes_market, routes_orders
from .answers import INSTEAD, Answer, changed, refusal, success
from .delivery import close, reset, response_of, send_part, send_slowly
from .errors import Refusal
from .fault_rules import ActiveRule
from .faults import Faults
from .limits import Limits
from .partition import Partition
from .records import RequestRecord, shown_headers, shown_query
from .routes import Call, Route
from .signing import SignedText, parameters, verify
from .world import World

ROUTES: dict[tuple[str, str], Route] = {
    (route.method, route.path): route
    for table in (
        routes_market.ROUTES,
        routes_orders.ROUTES,
        routes_history.ROUTES,
        routes_account.ROUTES,
    )
    for route in table
}
_WRITES = frozenset({"POST", "PUT", "DELETE"})


class Front:
    """Answers every REST request of the venue."""

    def __init__(
        self,
        world: World,
        faults: Faults,
        limits: Limits,
        partition: Partition,
        on_processed: Callable[[], None],
    ) -> None:
        """Take the parts; ``on_processed`` is called after the venue did something."""
        self._world = world
        self._faults = faults
        self._limits = limits
        self._partition = partition
        self._on_processed = on_processed

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take one request from arrival to departure."""
        path, _, query = request.raw_path.partition("?")
        body = (await request.read()).decode("utf-8", "replace")
        sent = SignedText(
            query=query,
            body=body,
            access=request.headers.get("X-MEXC-APIKEY"),
            peer=request.remote or "",
        )
        record = self._record(request, path, sent)
        if self._partition.is_silent():
            return await self._swallow(request)
        given = parameters(body) | parameters(query)
        fired = self._faults.for_request(request.method, path, given)
        record.faults.extend(active.rule.name for active in fired)
        await self._before(fired)
        if self._partition.is_silent():
            return await self._swallow(request)
        return await self._answer(request, record, sent, fired)

    def _record(self, request: web.Request, path: str, sent: SignedText) -> RequestRecord:
        """Note a request, and whether it gives the secret away."""
        log, secret = self._world.log, self._world.key.secret
        given = parameters(sent.body) | parameters(sent.query)
        record = RequestRecord(
            number=len(log) + 1,
            at_s=self._world.clock.elapsed_s(),
            method=request.method,
            path=path.replace(secret, "***"),
            query=shown_query(given, secret),
            headers=shown_headers(request.headers, secret),
            body_size=len(sent.body),
        )
        log.add(record)
        everything = (request.raw_path, sent.body, *request.headers.values())
        if any(secret in text for text in everything):
            log.violate(f"{request.method} {record.path} carries the secret")
        if self._shows_key(request, sent):
            log.violate(f"{request.method} {record.path} carries the key outside its header")
        return record

    def _shows_key(self, request: web.Request, sent: SignedText) -> bool:
        """Tell whether the key stands anywhere but in its header, or where ``apiKeyInfo`` asks for it."""
        key = self._world.key.access
        elsewhere = [value for name, value in request.headers.items() if name != "X-MEXC-APIKEY"]
        asked_for = request.raw_path.replace(f"accessKey={key}", "") if request.method == "GET" else request.raw_path
        return any(key in text for text in (asked_for, sent.body, *elsewhere))

    async def _swallow(self, request: web.Request) -> web.Response:
        """Hold a request of a silent partition, then drop it unprocessed."""
        await self._partition.ended()
        return reset(request)

    async def _before(self, fired: Sequence[ActiveRule]) -> None:
        """Act before the venue does."""
        for active in fired:
            if active.rule.action == "clock_skew":
                self._world.clock.skew_ms = int(active.rule.number("ms"))
            elif active.rule.action == "delay_before":
                await asyncio.sleep(active.rule.number("seconds"))

    async def _answer(
        self,
        request: web.Request,
        record: RequestRecord,
        sent: SignedText,
        fired: Sequence[ActiveRule],
    ) -> web.StreamResponse:
        """Process unless a fault says no, change the answer, and let it leave."""
        actions = {active.rule.action: active for active in fired}
        if "reset_before" in actions:
            return reset(request)
        cut = actions.get("partition")
        instead = next((a for a in fired if a.rule.action in INSTEAD), None)
        stops = [a for a in (cut, instead) if a is not None]
        if all(active.rule.flag("processed") for active in stops):
            answer = self._process(request, record, sent)
        else:
            answer = Answer()
        for active in fired:
            answer = changed(answer, active)
        if instead is not None:
            answer = INSTEAD[instead.rule.action](instead.rule)
        if cut is not None:
            await self._partition.start(cut.rule.text("mode"), cut.rule.number("seconds"))
            await self._partition.ended()
            return reset(request)
        if "delay_after" in actions:
            await asyncio.sleep(actions["delay_after"].rule.number("seconds"))
        return await self._leave(request, record, answer, actions)

    async def _leave(
        self,
        request: web.Request,
        record: RequestRecord,
        answer: Answer,
        actions: dict[str, ActiveRule],
    ) -> web.StreamResponse:
        """Send the answer in the way that the faults ask for."""
        if self._partition.is_silent():
            return await self._swallow(request)
        if "drop_answer" in actions:
            return close(request)
        if "reset_after" in actions:
            return reset(request)
        if "cut_answer" in actions:
            return await send_part(request, answer, actions["cut_answer"].rule.number("share"))
        record.status = answer.status
        if "slow_body" in actions:
            rule = actions["slow_body"].rule
            seconds, pieces = rule.number("seconds"), int(rule.number("pieces"))
            return await send_slowly(request, answer, seconds, pieces)
        return response_of(answer)

    def _process(self, request: web.Request, record: RequestRecord, sent: SignedText) -> Answer:
        """Let the venue do what is asked."""
        record.reached = True
        route = ROUTES.get((request.method, record.path))
        if route is None:
            return Answer(status=404, body=b'{"code":404,"msg":"Not Found"}')
        record.weight = route.weight
        try:
            self._admit(route)
            if route.scope is not None:
                self._check_signed(request, sent, route.scope)
            given = parameters(sent.body) | parameters(sent.query)
            answer = success(route.answer(Call(world=self._world, given=given)))
        except _OverLimitError as over:
            return over.answer
        except Refusal as no:
            record.code = no.code
            return refusal(no)
        if request.method in _WRITES:
            self._on_processed()
        return answer

    def _admit(self, route: Route) -> None:
        """Count the request; over the limit it is refused."""
        status = self._limits.admit(route, self._world.clock.elapsed_s())
        if status != web.HTTPOk.status_code:
            after = self._limits.retry_after_s
            headers = {} if after is None else {"Retry-After": str(after)}
            body = b'{"code":429,"msg":"Too Many Requests"}'
            raise _OverLimitError(Answer(status=status, body=body, headers=headers))

    def _check_signed(self, request: web.Request, sent: SignedText, scope: str) -> None:
        """Check content type and signature of a signed request."""
        if request.method in _WRITES and request.content_type != "application/json":
            raise Refusal(700013)
        verify(self._world.key, sent, self._world.clock.now_ms(), scope)


class _OverLimitError(Exception):
    """A request is over the limit; carries the answer."""

    def __init__(self, answer: Answer) -> None:
        """Take the answer to send."""
        self.answer = answer
        super().__init__(answer.status)
