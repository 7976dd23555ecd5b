"""A story for somebody who reads it in a hurry: what it is about, then everything in the order in which it happened."""

from collections.abc import Iterator
from operator import itemgetter
from typing import Final, NamedTuple

from .tellers import Document

_INDENT: Final = "    "
_NOTHING: Final = "-"


class _Line(NamedTuple):
    """One thing that happened: when, its record (0: it has none of its own), and in words."""

    at: str
    seq: int
    text: str


def as_text(told: Document) -> str:
    """Write a story for people: a summary, then a line for each thing that happened, times in UTC."""
    lines = sorted(_lines(told), key=itemgetter(0, 1))
    timeline = [f"{line.at}  {line.text}" for line in lines]
    return "\n".join([*_summary(told), "", *timeline, ""])


def _summary(told: Document) -> Iterator[str]:
    yield f"{told['id']}: {', '.join(told['found_as'])}"
    for signal in told["signals"]:
        last = signal["decisions"][-1]
        yield f"{_INDENT}signal {signal['signal_id']}: {signal['action']} {signal['symbol']} -> {last['verdict']}"
        for rule in _refusing(last):
            yield f"{_INDENT * 2}{rule['rule']}: {_measured(rule)}"
        for order in signal["orders"]:
            yield f"{_INDENT * 2}{_order(order)}"
    for order in told["orders_without_signal"]:
        yield f"{_INDENT}without a signal: {_order(order)}"
    for episode in told["episodes"]:
        ended = f"closed {episode['closed_at']}" if episode["closed_at"] else f"open, {episode['quantity_left']} left"
        yield f"{_INDENT}episode {episode['episode_id']}: {ended}, realised {episode['realized']}"
    yield f"{_INDENT}realised by this story's trades: {told['realized']}"
    for hold in told["holds"]:
        if hold["released_at"] is None:
            yield f"{_INDENT}STILL ON HOLD: {hold['hold_id']} ({hold['release']}): {hold['why']}"


def _order(order: Document) -> str:
    filled = len(order["fills"])
    price = order["price"] or "market"
    return (
        f"order {order['order_id']}: {order['leg']} {order['type']} {order['quantity']} @ {price} -> {order['state']}"
        f" ({filled} fill{'' if filled == 1 else 's'})"
    )


def _refusing(decision: Document) -> Iterator[Document]:
    return (rule for rule in decision["rules"] if rule["finding"] in {"deny", "clamp", "approval"})


def _measured(rule: Document) -> str:
    return f"{rule['value'] or _NOTHING} of {rule['limit'] or _NOTHING} {rule['unit']}".rstrip()


def _lines(told: Document) -> Iterator[_Line]:
    for signal in told["signals"]:
        yield from _of_signal(signal)
        for order in signal["orders"]:
            yield from _of_order(order)
    for order in told["orders_without_signal"]:
        yield from _of_order(order)
    for trigger in told["exits"]:
        at_price = f" at {trigger['price']}" if trigger["price"] else ""
        text = f"exit due: {trigger['purpose']} of {trigger['episode_id']}{at_price}, by {trigger['who']}"
        yield _Line(trigger["at"], trigger["seq"], text)
    for hold in told["holds"]:
        yield _Line(hold["raised_at"], hold["seq"], f"HOLD {hold['hold_id']} on {hold['scope']}: {hold['why']}")
        if hold["released_at"]:
            why = f"{hold['released_by']}: {hold['released_because']}"
            yield _Line(hold["released_at"], 0, f"hold {hold['hold_id']} released by {why}")
    for run in told["runs"]:
        more = run.get("version") or run.get("why") or run.get("cause") or ""
        yield _Line(run["at"], run["seq"], f"{run['what'].replace('_', ' ')} {more}".rstrip())


def _of_signal(signal: Document) -> Iterator[_Line]:
    size = signal["size"]
    wish = f"{signal['action']} {signal['side']} {signal['symbol']} {signal['order_type']}"
    sized = f" {size['basis']} {size['value']}" if size else ""
    yield _Line(
        signal["received_at"],
        signal["decisions"][0]["seq"] - 1,
        f"signal {signal['signal_id']} of {signal['strategy']} by {signal['source']}, issued {signal['issued_at']}:"
        f" {wish}{sized}",
    )
    for answer in signal["answers"]:
        said = "yes" if answer["approved"] else "no"
        yield _Line(answer["at"], 0, f"asked a person: {answer['who']} said {said}")
    for conflict in signal["conflicts"]:
        yield _Line(conflict["at"], conflict["seq"], "the same id came with another body: refused")
    for decision in signal["decisions"]:
        yield _decision(decision)


def _decision(decision: Document) -> _Line:
    """Tell a decision with every rule that had something to say about it; the others are counted."""
    rules = decision["rules"]
    told = [
        f"{_INDENT}{rule['finding']:8} {rule['rule']}: {_measured(rule)}" for rule in rules if rule["finding"] != "skip"
    ]
    text = (
        f"decision {decision['decision_id']}: {decision['verdict']}, quantity {decision['quantity']}"
        f" @ {decision['price'] or 'market'}; {len(rules)} rules, {len(rules) - len(told)} of no concern"
    )
    return _Line(decision["at"], decision["seq"], "\n".join([text, *told]))


def _of_order(order: Document) -> Iterator[_Line]:
    short = order["order_id"]
    price = order["price"] or "market"
    yield _Line(
        order["planned_at"],
        order["seq"],
        f"order {short} planned: {order['leg']} {order['type']} {order['quantity']} @ {price},"
        f" attempt {order['attempt']}",
    )
    for step in order["steps"]:
        yield _Line(step["at"], step["seq"], f"order {short} {_step(step)}")
    for fill in order["fills"]:
        yield _Line(
            fill["booked_at"],
            fill["seq"],
            f"order {short} fill {fill['fill_id']}: {fill['side']} {fill['quantity']} @ {fill['price']},"
            f" fee {fill['fee']} {fill['fee_asset']}; position {fill['position_after']}, realised {fill['realized']}",
        )


def _step(step: Document) -> str:
    """Tell one step with the request behind it, if there was one."""
    known = {"at", "seq", "step", "state", "cause", "request"}
    words = [step["step"].replace("_", " ")]
    if "state" in step:
        words.append(f"-> {step['state']}")
    if "cause" in step:
        words.append(f"({step['cause']})")
    words += [f"{name} {value}" for name, value in step.items() if name not in known]
    return "\n".join([" ".join(words), *_request(step.get("request"))])


def _request(request: Document | None) -> Iterator[str]:
    if request is None:
        return
    status = "no answer" if request["status"] is None else f"HTTP {request['status']}"
    code = "" if request["code"] is None else f", code {request['code']}"
    yield f"{_INDENT}{request['method']} {request['path']}?{request['query']}"
    yield f"{_INDENT}sent {request['sent_at']}, {status}{code} after {request['took_ms']} ms"
