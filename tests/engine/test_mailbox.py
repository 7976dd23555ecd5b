"""The door: bounded, in order of priority, and nobody starves."""

import asyncio

from custom_components.mexc_trading.engine import inputs as inp
from custom_components.mexc_trading.engine.answers import Done
from custom_components.mexc_trading.engine.inputs import Priority, priority
from custom_components.mexc_trading.engine.mailbox import BATCH_MAX, PLACES, SHARES, Mailbox, Post
from custom_components.mexc_trading.model.hold import WHOLE_BOOK, HoldKind
from custom_components.mexc_trading.model.ids import OrderId

from .market import BTC, entry, leave

CONTROL = inp.ClearIn(kind=HoldKind.CLOCK_SKEW, scope=WHOLE_BOOK, reason="")
NEWS = inp.FillsIn(symbol=BTC, fills=())
ENTRY = inp.SignalIn(signal=entry(), digest="")
EXIT = inp.SignalIn(signal=leave(), digest="")
CANCEL = inp.CancelIn(order_id=OrderId("x"), who="")
ONE_OF_EACH: dict[Priority, inp.Input] = {
    Priority.CONTROL: CONTROL,
    Priority.VENUE: NEWS,
    Priority.EXIT: EXIT,
    Priority.ENTRY: ENTRY,
}


def filled(*items: inp.Input) -> Mailbox:
    """Give a mailbox with these inputs."""
    box = Mailbox()
    for item in items:
        assert box.put(Post(item=item))
    return box


async def test_the_most_urgent_come_first_each_in_its_order() -> None:
    """Control before news of the venue before exits before entries; a cancel is an exit."""
    box = filled(ENTRY, CANCEL, EXIT, NEWS, CONTROL)
    assert [post.item for post in await box.take()] == [CONTROL, NEWS, CANCEL, EXIT, ENTRY]
    assert len(box) == 0


def test_every_priority_has_its_places_and_refuses_beyond_them() -> None:
    """Full for one is not full for another."""
    box = Mailbox()
    for kind, item in ONE_OF_EACH.items():
        assert priority(item) is kind
        for _ in range(PLACES[kind]):
            assert box.put(Post(item=item))
        assert not box.put(Post(item=item))
    assert len(box) == sum(PLACES.values())


async def test_a_flood_of_one_kind_leaves_the_others_their_share_of_each_batch() -> None:
    """News without end delays no exit by more than a batch, nor do entries."""
    box = filled(*[NEWS] * 1000, *[ENTRY] * 200, *[EXIT] * 200, *[CONTROL] * 200)
    taken = [priority(post.item) for post in await box.take()]
    assert len(taken) == BATCH_MAX
    assert {kind: taken.count(kind) for kind in Priority} == SHARES
    assert taken == sorted(taken)


async def test_what_others_leave_of_their_share_is_filled_by_priority() -> None:
    """A batch is never smaller than it could be."""
    box = filled(*[NEWS] * 50, *[ENTRY] * 200)
    taken = [priority(post.item) for post in await box.take()]
    assert (taken.count(Priority.VENUE), taken.count(Priority.ENTRY)) == (50, 14)


async def test_taking_waits_until_something_is_there() -> None:
    """And the end empties everything."""
    box = Mailbox()
    taking = asyncio.ensure_future(box.take())
    await asyncio.sleep(0)
    assert not taking.done()
    box.put(Post(item=NEWS))
    assert len(await taking) == 1
    box.put(Post(item=ENTRY))
    assert [post.item for post in box.empty()] == [ENTRY]
    assert len(box) == 0


async def test_an_answer_is_given_once_and_to_whoever_still_waits() -> None:
    """A caller that has gone is no trouble."""
    waiting: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    post = Post(item=ENTRY, waiting=waiting)  # type: ignore[arg-type]
    post.answer(Done())
    post.answer(Done())
    assert isinstance(await waiting, Done)
    gone: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    gone.cancel()
    Post(item=ENTRY, waiting=gone).answer(Done())  # type: ignore[arg-type]
    Post(item=ENTRY).answer(Done())
