"""What a journal says happened, read with nothing but SQLite and JSON: the judge shares no code with the accused."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
import json
from pathlib import Path
import sqlite3
from typing import Any, NamedTuple


class Planned(NamedTuple):
    """An order that was to be sent, or was found and adopted."""

    decision_id: str
    leg: str


@dataclass(slots=True)
class Share:
    """The part of a position that a target was to sell, and what its orders sold."""

    due: Decimal
    sold: Decimal = Decimal(0)


class Story:
    """The whole story of one journal, read on from where the last reading ended."""

    def __init__(self, path: Path) -> None:
        """Name the journal."""
        self.decisions: set[str] = set()
        self.orders: dict[str, Planned] = {}
        self.by_decision: defaultdict[str, list[str]] = defaultdict(list)
        self.states: dict[str, str] = {}
        self.steps: defaultdict[str, int] = defaultdict(int)
        self.fills: set[tuple[str, str]] = set()
        self.illegal: list[str] = []
        self.oversold: list[str] = []
        """Orders of a target that sold more than the share that was due."""

        self.kinds: defaultdict[str, int] = defaultdict(int)
        self.head = ""
        self.records = 0
        self._path = path
        self._symbols: dict[str, str] = {}
        self._due: dict[str, Share] = {}
        self._shares: dict[str, Share] = {}

    def read(self) -> None:
        """Read what has come."""
        address = f"{self._path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            rows = connection.execute(
                "SELECT seq, kind, body, hash FROM records WHERE seq > ? ORDER BY seq", (self.records,)
            )
            for seq, kind, body, digest in rows:
                self.records, self.head = seq, digest
                self.kinds[kind] += 1
                self._take(kind, json.loads(body))

    def _take(self, kind: str, body: Mapping[str, Any]) -> None:
        match kind:
            case "signal_decided":
                self.decisions.add(body["decision"]["decision_id"])
                self._symbols[body["decision"]["decision_id"]] = body["decision"]["symbol"]
            case "exit_triggered" if body["purpose"] == "target":
                self._due[body["symbol"]] = Share(due=Decimal(body["quantity"]))
            case "order_planned":
                if body["leg"] == "target1":
                    self._shares[body["order_id"]] = self._due[self._symbols[body["decision_id"]]]
                self._plan(body["order_id"], Planned(body["decision_id"], body["leg"]))
            case "order_adopted":
                order = body["record"]["order"]
                self._plan(order["order_id"], Planned(order["decision"]["decision_id"], order["leg"]))
                self.states[order["order_id"]] = body["record"]["state"]
            case "order_stepped":
                self.states[body["order_id"]] = body["state"]
                self.steps[body["step"]] += 1
            case "illegal_step":
                self.illegal.append(f"{body['order_id']}: {body['state']} + {body['step']}")
            case "fill_booked":
                self.fills.add((body["fill"]["symbol"], body["fill"]["fill_id"]))
                self._sold(body["fill"])

    def _sold(self, fill: Mapping[str, Any]) -> None:
        """Count what a target's orders sold against its share."""
        share = self._shares.get(fill["order_id"])
        if share is not None:
            share.sold += Decimal(fill["quantity"])
            if share.sold > share.due:
                self.oversold.append(f"{fill['order_id']}: {share.sold} of {share.due}")

    def _plan(self, order_id: str, planned: Planned) -> None:
        self.orders[order_id] = planned
        self.by_decision[planned.decision_id].append(order_id)
        self.states[order_id] = "planned"
