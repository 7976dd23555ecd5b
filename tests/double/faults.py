"""The faults at work: rules are added, picked for each request or push, and cleared."""

from collections.abc import Callable, Mapping, Sequence
import json
from pathlib import Path

from .clock import VenueClock
from .decimals import Json
from .fault_rules import ActiveRule, BadScheduleError, Rule, read_rule


class Faults:
    """The active rules of one double.

    A schedule is ``{"seed": 7, "rules": [{...}, ...]}``; see docs/double.md for
    the table. The same schedule with the same order of requests fires the same.
    """

    def __init__(self, clock: VenueClock) -> None:
        """Start without any fault."""
        self.fired: list[str] = []
        self._clock = clock
        self._active: list[ActiveRule] = []
        self._added = 0

    @property
    def rules(self) -> Sequence[ActiveRule]:
        """The active rules with their counters."""
        return self._active

    def add(self, rule: Mapping[str, Json] | None = None, /, *, seed: int = 0, **parts: Json) -> ActiveRule:
        """Add one rule: ``add(action="reset_before", method="POST", nth=1)``."""
        self._added += 1
        checked = read_rule({**(rule or {}), **parts}, self._added)
        return self._start(checked, seed)

    def load(self, schedule: Mapping[str, Json]) -> Sequence[ActiveRule]:
        """Add all rules of a schedule, or none of them when one is wrong."""
        rules, seed = schedule.get("rules"), schedule.get("seed", 0)
        unknown = set(schedule) - {"rules", "seed", "comment"}
        if unknown or not isinstance(rules, list) or not isinstance(seed, int):
            msg = "a schedule is an object with rules (a list) and seed (a number)"
            raise BadScheduleError(msg)
        checked: list[Rule] = []
        for number, rule in enumerate(rules, self._added + 1):
            if not isinstance(rule, Mapping):
                msg = f"rule {number} is not an object"
                raise BadScheduleError(msg)
            checked.append(read_rule(rule, number))
        self._added += len(checked)
        return [self._start(rule, seed + number) for number, rule in enumerate(checked)]

    def load_file(self, path: Path) -> Sequence[ActiveRule]:
        """Add the rules of a JSON file."""
        schedule = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(schedule, dict):
            msg = "a schedule is an object"
            raise BadScheduleError(msg)
        return self.load(schedule)

    def clear(self) -> None:
        """Forget all rules; what fired stays listed."""
        self._active.clear()

    def for_request(self, method: str, path: str, query: Mapping[str, str]) -> Sequence[ActiveRule]:
        """Pick the rules that fire for a request, in the order they were added."""
        now_s = self._clock.elapsed_s()
        picked = [a for a in self._active if a.wants_request(method, path, query, now_s)]
        self.fired.extend(active.rule.name for active in picked)
        return picked

    def for_push(self, channel: str) -> ActiveRule | None:
        """Pick the first rule that fires for a push."""
        now_s = self._clock.elapsed_s()
        return self._first(lambda active: active.wants_push(channel, now_s))

    def for_subscription(self, channel: str) -> ActiveRule | None:
        """Pick the first rule that refuses a subscription."""
        now_s = self._clock.elapsed_s()
        return self._first(lambda active: active.wants_subscription(channel, now_s))

    def _first(self, wants: Callable[[ActiveRule], bool]) -> ActiveRule | None:
        """Ask the rules in their order until one fires."""
        for active in self._active:
            if wants(active):
                self.fired.append(active.rule.name)
                return active
        return None

    def _start(self, rule: Rule, seed: int) -> ActiveRule:
        """Put a checked rule to work."""
        active = ActiveRule(rule, seed, self._clock.elapsed_s())
        self._active.append(active)
        return active
