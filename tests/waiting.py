"""Waiting for a running account to say something. A wait in vain tells how the account stands and what it asked."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from custom_components.mexc_trading.bridge.account import Account
from custom_components.mexc_trading.bridge.read_model import ReadModel
from tests.double.records import RequestRecord

PATIENCE_S = 60
"""A wait ends with what is waited for, so that patience costs nothing; a busy machine may need much of it."""

REQUESTS_TOLD = 12


async def until(
    account: Account,
    holds: Callable[[ReadModel], bool],
    requests: Sequence[RequestRecord] = (),
    *,
    look_every_s: float | None = None,
) -> ReadModel:
    """Wait for an account's snapshot to say something, which every change may make it say.

    ``requests`` are those that the double had, for the story of a failure. ``look_every_s`` is for what may come true
    without a change of the account.
    """
    changed = asyncio.Event()
    stop = account.telling.listen(changed.set)
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not holds(model := account.read_model()):
                with suppress(TimeoutError):
                    async with asyncio.timeout(look_every_s):
                        await changed.wait()
                changed.clear()
    except TimeoutError:
        raise AssertionError("\n".join(_told(account, requests))) from None
    finally:
        stop()
    return model


def _told(account: Account, requests: Sequence[RequestRecord]) -> Iterator[str]:
    """Tell how an account stands."""
    model = account.read_model()
    yield f"never came true: mode {model.mode}, connected {model.connected}, queued {model.queued}"
    yield f"  journal healthy {model.journal_healthy}, head {model.journal_head.seq}, venue {model.gauges.venue}"
    yield from (f"  hold {hold.kind} {hold.scope.name} ({hold.release}): {hold.why}" for hold in model.holds)
    yield from (f"  position {view.symbol} {view.quantity}, exiting: {view.exiting}" for view in model.positions)
    yield from (f"  order {view}" for view in model.orders)
    yield f"  last decision {model.last_decision}"
    yield f"  last comparison {model.report}"
    for request in requests[-REQUESTS_TOLD:]:
        yield f"  at {request.at_s:.3f} {request.method} {request.path}: {request.status} {request.code or ''}"
