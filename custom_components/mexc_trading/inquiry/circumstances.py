"""What was so around a story: holds in force, runs that began and ended, gaps of the journal."""

import json
from typing import Final

from ..engine.ports import Record
from .figures import iso
from .related import Records, Related
from .tellers import Document, Draft

AROUND_NS: Final = 60 * 1_000_000_000
"""How long before and after the story holds, runs and gaps of the journal still belong to it."""

_OF_RUNS: Final = frozenset({"run_started", "run_stopped", "journal_gap"})


def add_circumstances(draft: Draft, records: Records, found: Related) -> None:
    """Tell the holds that were in force around the story, the runs that began and ended, and gaps of the journal."""
    strategies = {told["strategy"] for told in draft.signals.values()}
    first, last = (min(draft.times), max(draft.times)) if draft.times else (0, 0)
    open_holds: dict[str, Document] = {}
    for record in records():
        near = first - AROUND_NS <= record.at_ns <= last + AROUND_NS
        if record.kind == "hold_raised":
            hold = json.loads(record.body)["hold"]
            if hold["hold_id"] in found.holds or _covers(hold["scope"], found.symbols, strategies):
                open_holds[hold["hold_id"]] = _hold(record, hold)
                draft.holds.append(open_holds[hold["hold_id"]])
        elif record.kind == "hold_released" and record.key in open_holds:
            _released(open_holds.pop(record.key), record)
        elif near and record.kind in {"run_started", "run_stopped", "journal_gap"}:
            draft.runs.append(
                {"at": iso(record.at_ns), "seq": record.seq, "what": record.kind} | json.loads(record.body)
            )
    draft.holds = [hold for hold in draft.holds if hold["hold_id"] in found.holds or _overlaps(hold, first, last)]
    for hold in draft.holds:
        del hold["from_ns"], hold["to_ns"]


def _covers(scope: Document, symbols: set[str], strategies: set[str]) -> bool:
    name = scope["name"]
    return scope["kind"] == "book" or name in (symbols if scope["kind"] == "symbol" else strategies)


def _hold(record: Record, hold: Document) -> Document:
    return {
        "hold_id": hold["hold_id"],
        "kind": hold["kind"],
        "scope": hold["scope"]["name"] or hold["scope"]["kind"],
        "why": hold["why"],
        "release": hold["release"],
        "raised_at": iso(record.at_ns),
        "seq": record.seq,
        "released_at": None,
        "released_by": None,
        "released_because": None,
        "from_ns": record.at_ns,
        "to_ns": None,
    }


def _released(hold: Document, record: Record) -> None:
    body = json.loads(record.body)
    hold |= {"released_at": iso(record.at_ns), "released_by": body["who"], "released_because": body["reason"]}
    hold["to_ns"] = record.at_ns


def _overlaps(hold: Document, first: int, last: int) -> bool:
    if not last:
        return False
    return hold["from_ns"] <= last + AROUND_NS and (hold["to_ns"] is None or hold["to_ns"] >= first)
