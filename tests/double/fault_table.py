"""Writes the table of fault actions for the documentation and the command line."""

import json

from .fault_rules import ACTIONS


def fault_table() -> str:
    """Table of all actions in Markdown: name, options with their defaults, meaning."""
    rows = ["| action | options and defaults | what happens |", "|---|---|---|"]
    for name, action in ACTIONS.items():
        options = ", ".join(f"`{key}` {json.dumps(value)}" for key, value in action.options.items())
        rows.append(f"| `{name}` | {options} | {action.meaning} |")
    return "\n".join(rows)
