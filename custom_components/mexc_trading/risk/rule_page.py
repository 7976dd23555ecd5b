"""``docs/rules.md``, written from the rules' own docstrings and the table of limits.

``python -m custom_components.mexc_trading.risk.rule_page > docs/rules.md``
"""

from collections.abc import Iterable
from inspect import getdoc
import sys
from typing import Final

from ..model.decision import RuleName
from ..model.money import plain
from .limit_table import LIMIT_ROWS, LimitRow, Start
from .rules import RULES, Rule

_INTRODUCTION: Final = """\
# The rules

Written by `python -m custom_components.mexc_trading.risk.rule_page` from the rules themselves; a test fails when this
page is older than they are.

Every order comes from a decision, and every decision passes all of these rules, each time, whatever the others find.
Each reports its limit, the value that it measured, the margin between them, and their unit. One denial denies. The
decision is journaled whole.

- At the limit is allowed for sizes, and breached for losses.
- What a limit bounds but nobody knows (no price, no equity, no depth) denies an entry.
- An exit is denied by a freeze, by having nothing free to sell, by being too small for the venue, or by being older
  than its own sender allows. Nothing else stops it; everything else only changes its form.
- Limits belong to a book. A strategy can have its own; of two the tighter one counts, measured on the book.
- A limit that is not set is not looked at; its rule reports `skip`.
"""

_FINDINGS: Final = (
    ("pass", "the rule agrees"),
    ("clamp", "the order was made smaller, or its price safer, to agree"),
    ("approval", "a person has to agree first"),
    ("deny", "the rule refuses"),
    ("skip", "the rule does not concern this order, or its limit is not set"),
)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a table in Markdown."""
    lines = (head, tuple("---" for _ in head), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _limit(row: LimitRow) -> tuple[str, ...]:
    """Write one limit's line."""
    bounds = "" if row.minimum is None or row.maximum is None else f"{plain(row.minimum)} to {plain(row.maximum)}"
    choices = ", ".join(f"`{choice}`" for choice in row.choices)
    start = "" if row.start is None else f"`{_start(row.start)}`"
    return (f"`{row.name}`", row.kind.value, row.unit, bounds or choices, start, "yes" if row.strategy else "no")


def _start(value: Start) -> str:
    """Write what a new account starts with."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return plain(value) if not isinstance(value, int | str | None) else str(value)


def _rule(rule: Rule) -> str:
    """Write one rule's section: its docstring is its specification."""
    name = RuleName(rule.__name__)
    limits = ", ".join(f"`{row.name}`" for row in LIMIT_ROWS if name in row.rules)
    text = (getdoc(rule) or "").replace("``", "`")
    return f"### `{name}`\n\n{text}\n\n{f'Limits: {limits}.' if limits else 'No limit to set.'}\n"


def document() -> str:
    """Write the page."""
    head = ("limit", "kind", "unit", "bounds", "a new account starts with", "strategies too")
    return "\n".join(
        (
            _INTRODUCTION,
            _table(("finding", "meaning"), _FINDINGS),
            f"## Rules ({len(RULES)})\n",
            *(_rule(rule) for rule in RULES),
            f"## Limits ({len(LIMIT_ROWS)})\n",
            "Amounts are in the book's quote currency, quantities in the symbol's base currency.\n",
            _table(head, (_limit(row) for row in LIMIT_ROWS)),
        )
    )


if __name__ == "__main__":
    sys.stdout.write(document())
