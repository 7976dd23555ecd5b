"""Writes ``docs/reference.md`` from the texts that Home Assistant shows, so that both say the same.

``python -m tests.docs.reference`` writes the page; a test compares it.
"""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
COMPONENT: Final = ROOT / "custom_components" / "mexc_trading"
PAGE: Final = ROOT / "docs" / "reference.md"

_HEAD: Final = """\
# Reference

Every setting, entity, action, trigger and message, in the words that Home Assistant shows. Written from the texts of
the integration by `python -m tests.docs.reference`; a test compares. How to use them: [using it](using.md).
"""

type Texts = Mapping[str, Any]  # The parsed translation file: nested objects of texts.


def document() -> str:
    """Give the whole page."""
    texts = json.loads((COMPONENT / "translations" / "en.json").read_text())
    services = yaml.safe_load((COMPONENT / "services.yaml").read_text())
    parts = (
        *_forms("Adding and changing an account", texts["config"]["step"]),
        *_forms("Options of an account", texts["options"]["step"]),
        *_forms("A strategy", texts["config_subentries"]["strategy"]["step"]),
        *_forms("A rule strategy", texts["config_subentries"]["rule_strategy"]["step"]),
        *_entities(texts["entity"]),
        *_actions(texts["services"], services),
        *_triggers(texts["triggers"]),
        *_issues(texts["issues"]),
        *_errors(texts),
    )
    return _HEAD + "".join(parts)


def _forms(title: str, steps: Texts) -> Iterator[str]:
    """Write each form that asks for something: its fields, and those of its sections."""
    yield f"\n## {title}\n"
    for step in steps.values():
        sections = step.get("sections", {})
        if not step.get("data") and not sections:
            continue
        yield f"\n### {_line(step['title'])}\n\n{_line(step.get('description', ''))}\n"
        for section in (step, *sections.values()):
            rows = tuple(_fields(section))
            if rows:
                named = (
                    f"\n**{section['name']}.** {_line(section.get('description', ''))}\n" if "name" in section else ""
                )
                yield f"{named}\n| field | what it means |\n|---|---|\n" + "".join(rows)


def _fields(form: Texts) -> Iterator[str]:
    told = form.get("data_description", {})
    for key, name in form.get("data", {}).items():
        yield f"| {name} | {_line(told.get(key, ''))} |\n"


def _entities(platforms: Texts) -> Iterator[str]:
    """Write all entities; those with states say which."""
    yield "\n## Entities\n\n| entity | kind | states |\n|---|---|---|\n"
    for platform, entities in sorted(platforms.items()):
        for entity in entities.values():
            states = ", ".join(entity.get("state", {}).values())
            yield f"| {_line(entity['name'])} | {platform.replace('_', ' ')} | {states} |\n"


def _actions(actions: Texts, services: Texts) -> Iterator[str]:
    """Write each action with its fields; those that must be given are bold."""
    yield "\n## Actions\n"
    for key, action in actions.items():
        yield f"\n### `mexc_trading.{key}`\n\n{_line(action['description'])}\n"
        asked = (services.get(key) or {}).get("fields", {})
        fields = action.get("fields", {})
        if fields:
            yield "\n| field | | what it means |\n|---|---|---|\n"
        for name, field in fields.items():
            shown = f"**`{name}`**" if (asked.get(name) or {}).get("required") else f"`{name}`"
            yield f"| {shown} | {field['name']} | {_line(field['description'])} |\n"


def _triggers(triggers: Texts) -> Iterator[str]:
    yield "\n## Triggers\n\n| trigger | when |\n|---|---|\n"
    for key, trigger in triggers.items():
        yield f"| `mexc_trading.{key}` | {_line(trigger['description'])} |\n"


def _issues(issues: Texts) -> Iterator[str]:
    """Write what Home Assistant's repairs may show, and what to do."""
    yield "\n## Repairs\n\n| issue | what it means and what to do |\n|---|---|\n"
    for issue in issues.values():
        steps = issue.get("fix_flow", {}).get("step", {})
        told = issue.get("description") or next((step.get("description", "") for step in steps.values()), "")
        yield f"| {_line(issue['title'])} | {_line(told)} |\n"


def _errors(texts: Texts) -> Iterator[str]:
    """Write every message with which something is refused, by the place where it appears."""
    places = {
        "Actions and starts": {key: one["message"] for key, one in texts["exceptions"].items()},
        "Account forms": texts["config"]["error"],
        "Options": texts["options"].get("error", {}),
        "Strategy forms": texts["config_subentries"]["strategy"].get("error", {}),
        "Rule strategy forms": texts["config_subentries"]["rule_strategy"].get("error", {}),
    }
    yield "\n## Messages\n"
    for place, messages in places.items():
        yield f"\n### {place}\n\n| key | message |\n|---|---|\n"
        for key, message in sorted(messages.items()):
            yield f"| `{key}` | {_line(message)} |\n"


def _line(text: str) -> str:
    """Put a text on one line of a table."""
    return " ".join(text.replace("|", "\\|").split())


if __name__ == "__main__":
    PAGE.write_text(document())
