"""The same strategy with many settings: through any ``concurrent.futures.Executor``, so on one machine or on many."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from .candles import Candles
from .measures import Measures
from .rule_strategy import RuleTerms
from .runner import Job, work
from .terms import BacktestTerms

type Setting = Mapping[str, int | str]
"""What stands for each name in the rules."""


class Swept(NamedTuple):
    """One setting, and what came of it."""

    setting: Setting
    measures: Measures


class Split(NamedTuple):
    """A time to choose on, and the time after it to be judged by, each as places of candles from and to before."""

    learn: tuple[int, int]
    judge: tuple[int, int]


def settings(choices: Mapping[str, Sequence[int | str]]) -> Iterator[Setting]:
    """Give all combinations."""
    for values in product(*choices.values()):
        yield dict(zip(choices, values, strict=True))


def applied(rules: RuleTerms, setting: Setting) -> RuleTerms:
    """Write a setting into rules whose expressions name it in braces: ``ema({fast})``."""
    return replace(rules, entry=_filled(rules.entry, setting), exit=_filled(rules.exit, setting))


def sweep(
    executor: Executor, candles: Candles, terms: BacktestTerms, rules: RuleTerms, wanted: Sequence[Setting]
) -> tuple[Swept, ...]:
    """Run all settings, each a job of its own; the answers stand in the order of the settings, however they come."""
    jobs = [Job(candles=candles, terms=terms, rules=applied(rules, setting)) for setting in wanted]
    waiting = [executor.submit(work, job) for job in jobs]
    return tuple(Swept(setting, future.result().measures) for setting, future in zip(wanted, waiting, strict=True))


def walk_forward(candles: int, parts: int) -> tuple[Split, ...]:
    """Cut time into parts: each but the first is judged by what was chosen on the one before. ``parts`` ≥ 2."""
    if not 2 <= parts <= candles:  # noqa: PLR2004 # one to learn from, one to be judged by
        raise ValueError(f"{candles} candles in {parts} parts")
    cuts = [candles * part // parts for part in range(parts + 1)]
    return tuple(Split((cuts[at], cuts[at + 1]), (cuts[at + 1], cuts[at + 2])) for at in range(parts - 1))


def _filled(text: str, setting: Setting) -> str:
    for name, value in setting.items():
        text = text.replace("{" + name + "}", str(value))
    return text
