"""The translations against the code: each text that is asked for exists, and each that exists is asked for."""

import ast
from fnmatch import fnmatchcase
from functools import cache
from typing import Final

from .asked import asked, members
from .texts import ENGLISH, PLACEHOLDER
from .tree import Problem, Problems, Tree, flat, texts_in

ENUMERATIONS: Final = (
    ("model/decision.py", "RuleName", "exceptions.{}.message"),
    ("model/decision.py", "Verdict", "entity.sensor.last_decision.state.{}"),
    ("model/hold.py", "TradingMode", "entity.sensor.trading_mode.state.{}"),
    ("bridge/live_rule.py", "Following", "entity.sensor.last_candle.state_attributes.following.state.{}"),
    ("bridge/news.py", "NewsKind", "entity.event.orders.state_attributes.event_type.state.{}"),
    ("bridge/risk_news.py", "RiskKind", "entity.event.risk.state_attributes.event_type.state.{}"),
    ("bridge/risk_news.py", "RiskKind", "common.news.risk.{}"),
    ("exchange/resilience/breaker.py", "BreakerState", "entity.sensor.breaker.state.{}"),
    ("exchange/resilience/lanes.py", "Lane", "entity.sensor.breaker.state_attributes.{}.name"),
    ("model/decision.py", "RuleName", "common.words.rule.{}"),
    ("model/hold.py", "HoldKind", "common.words.hold.{}"),
    ("model/leg.py", "Leg", "common.words.leg.{}"),
    ("model/market.py", "Side", "common.words.side.{}"),
    ("model/signal.py", "Action", "common.words.action.{}"),
    ("research/wrong.py", "Wrong", "config_subentries.rule_strategy.error.{}"),
    ("risk/protection.py", "Purpose", "common.words.purpose.{}"),
    ("research/promotion.py", "Lack", "common.lacks.{}"),
    ("research/demotion.py", "Fault", "common.faults.{}"),
)
"""Enumerations whose members are shown to people: file, class, place of each member's text."""

STOCK_ABORTS: Final = {"already_configured", "already_in_progress", "reauth_successful", "reconfigure_successful"}
"""Reasons that Home Assistant's own helpers give, so that no code of ours names them."""

SPOKEN_FOR: Final = {"event_type", "off", "on"}
"""States and attributes that Home Assistant names."""

MENTIONED: Final = (
    "common.faults.*", "common.lacks.*", "common.news.*.*", "common.words.*.*",
    "config.*.*", "config.step.*.data.*", "config.step.*.sections.*", "config.step.*.sections.*.data.*",
    "options.*.*", "options.step.*.data.*", "config_subentries.*", "config_subentries.*.*.*",
    "config_subentries.*.step.*.data.*", "entity.*.*", "entity.*.*.state.*", "entity.*.*.state_attributes.*",
    "entity.*.*.state_attributes.*.state.*", "exceptions.*", "issues.*", "issues.*.fix_flow.*.*",
    "issues.*.fix_flow.step.*.data.*", "selector.*", "selector.*.options.*", "system_health.info.*",
)  # fmt: skip
"""Places whose last key has to occur in the code as a text."""


def check_asked(tree: Tree) -> Problems:
    """Check that what the code asks for exists, and that it fills in every placeholder of the text."""
    english = flat(tree.json(ENGLISH))
    places = _prefixes(english)
    for one in asked(tree):
        found = [place for place in places if any(fnmatchcase(place, wanted) for wanted in one.places)]
        if not found:
            yield Problem(one.file, f"line {one.line} asks for {one.places[0]}, which {ENGLISH} does not have")
        for place in found if one.placeholders is not None else ():
            for path in (path for path in english if path == place or path.startswith(f"{place}.")):
                if missing := set(PLACEHOLDER.findall(english[path])) - (one.placeholders or set()):
                    yield Problem(one.file, f"line {one.line} does not fill in {sorted(missing)} of {path}")


def check_enumerations(tree: Tree) -> Problems:
    """Check that each member that people see has its text."""
    english = flat(tree.json(ENGLISH))
    for file, enum, place in ENUMERATIONS:
        values = members(tree.modules()[file], enum) if file in tree.modules() else []
        if not values:
            yield Problem(file, f"{enum}, whose members are translated, is not there")
        for value in values:
            if place.format(value) not in english:
                yield Problem(ENGLISH, f"{place.format(value)} is missing")


def check_unasked(tree: Tree) -> Problems:
    """Check that no text has been left behind: its key occurs somewhere in the code or in the actions' file."""
    words = STOCK_ABORTS.union(SPOKEN_FOR, *map(_words, tree.modules().values()))
    if tree.has("services.yaml"):
        words |= set(flat(tree.yaml("services.yaml")).values())
    for place in sorted(_prefixes(flat(tree.json(ENGLISH)))):
        depth = place.count(".")
        wanted = any(fnmatchcase(place, pattern) and pattern.count(".") == depth for pattern in MENTIONED)
        if wanted and place.rpartition(".")[2] not in words:
            yield Problem(ENGLISH, f"{place} is asked for nowhere")


def _prefixes(paths: dict[str, str]) -> set[str]:
    """List every path and every table on the way to it."""
    parts = (path.split(".") for path in paths)
    return {".".join(part[:end]) for part in parts for end in range(1, len(part) + 1)}


@cache
def _words(module: ast.Module) -> frozenset[str]:
    """List the texts of a module, and the steps that its functions are named after."""
    functions = (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset({*texts_in(module), *(node.name.removeprefix("async_step_") for node in functions)})
