"""``docs/classification.md``, written from the tables that the client runs on.

``python -m custom_components.mexc_trading.exchange.mexc.classification_table > docs/classification.md``
"""

from collections.abc import Iterable
import sys
from typing import Final

from ..resilience.classify import HTTP_TABLE, CodeClass, HttpRule
from ..resilience.observation import When
from .codes import SPOT_CODES
from .transport import FAILURES

_INTRODUCTION: Final = """\
# What an answer means

Written by `python -m custom_components.mexc_trading.exchange.mexc.classification_table` from the tables that the client
runs on; a test fails when this page is older than they are.

An order request ends in one of five ways:

- **accepted**;
- **rejected**: certainly refused;
- **not sent**: not one byte left;
- **throttled**: believed refused, and looked up before anything else is done;
- **ambiguous**: the venue may or may not have acted. The order is looked up by its client id until the history of the
  venue says what became of it. Entries are never sent again after this.

Whatever is in none of these tables is ambiguous.

For reads anything but a readable answer of the right shape is **unavailable**: never empty and never zero.
"""

_HTTP_RESULT: Final = {
    HttpRule.BY_CODE: "by code; without one **ambiguous**, unless it is a success",
    HttpRule.BY_CODE_ELSE_THROTTLED: "by code; without one **throttled**",
    HttpRule.THROTTLED: "**throttled**",
    HttpRule.BANNED: "**throttled**, banned: a hold on entries",
    HttpRule.AMBIGUOUS: "**ambiguous**",
}

_CODE_RESULT: Final = {
    CodeClass.REQUEST: "**rejected**: the same request would be refused again",
    CodeClass.CONFIGURATION: "**rejected**: key, permission, address or account; needs a person",
    CodeClass.MARKET: "**rejected**: the market or symbol does not allow it now",
    CodeClass.FUNDS: "**rejected**: balance too small",
    CodeClass.TIME: "**rejected**: the clock is set and the request built once more, with the same client id",
    CodeClass.MAINTENANCE: "**rejected**: back off long",
    CodeClass.NOT_FOUND: "lookup: absent (one such answer proves nothing); cancel: **rejected**; create: **ambiguous**",
    CodeClass.RATE: "**throttled**",
    CodeClass.UNKNOWN: "**ambiguous**",
}


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a table in Markdown."""
    lines = (head, tuple("---" for _ in head), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def document() -> str:
    """Write the page."""
    statuses = (
        (str(row.first) if row.first == row.last else f"{row.first} to {row.last}", row.meaning, _HTTP_RESULT[row.rule])
        for row in HTTP_TABLE
    )
    failures = (
        (f"`{row.kind.__name__}`", row.meaning, "**not sent**" if row.when is When.BEFORE else "**ambiguous**")
        for row in FAILURES
    )
    classes = ((kind.value, _CODE_RESULT[kind]) for kind in CodeClass)
    codes = ((f"`{code}`", row.meaning, row.kind.value) for code, row in sorted(SPOT_CODES.items()))
    return "\n".join(
        (
            _INTRODUCTION,
            "## No answer, by the moment of failure\n",
            "The first row that fits. A request that is cancelled while it is under way is carried to its end.\n",
            _table(("failure", "meaning", "result"), failures),
            "## HTTP status\n",
            "The first row that fits.\n",
            _table(("status", "meaning", "result"), statuses),
            "A body that is no JSON, is cut short or too large has no code.\n",
            "## Classes of venue codes\n",
            _table(("class", "result for an order"), classes),
            f"## Spot codes ({len(SPOT_CODES)})\n",
            _table(("code", "meaning", "class"), codes),
        )
    )


if __name__ == "__main__":
    sys.stdout.write(document())
