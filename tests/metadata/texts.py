"""The translations as files: their form, and that each language says the same things with the same placeholders."""

import re
from typing import Final

from .tree import Problem, Problems, Table, Tree, as_table, flat

ENGLISH: Final = "translations/en.json"
OTHERS: Final = ("translations/fr.json",)

TOP: Final = {
    "title", "common", "config", "config_subentries", "device", "entity", "exceptions", "issues", "options", "selector",
    "services", "system_health", "triggers", "conditions",
}  # fmt: skip
FLOW: Final = {"abort", "create_entry", "entry_type", "error", "flow_title", "initiate_flow", "progress", "step"}
STEP: Final = {
    "data",
    "data_description",
    "description",
    "menu_option_descriptions",
    "menu_options",
    "sections",
    "submit",
    "title",
}
SECTION: Final = {"data", "data_description", "description", "name"}
ENTITY: Final = {"name", "state", "state_attributes", "unit_of_measurement"}
ACTION: Final = {"name", "description", "fields", "sections"}
ISSUE: Final = {"title", "description", "fix_flow"}

KEY: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")
PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


def check_form(tree: Tree) -> Problems:
    """Check the English file's keys and texts."""
    english = tree.json(ENGLISH)
    for path, text in flat(english).items():
        for key in path.split("."):
            if not KEY.fullmatch(key):
                yield Problem(ENGLISH, f"{path}: {key!r} is not a key of lower-case letters, digits, - and _")
        if text != text.strip() or not text:
            yield Problem(ENGLISH, f"{path}: empty, or spaces around it")
        if re.search(r"</?[a-z][^>]*>", text, re.IGNORECASE):
            yield Problem(ENGLISH, f"{path}: HTML")
        if re.search(r"'[^']*\{\w+\}[^']*'", text):
            yield Problem(ENGLISH, f"{path}: a placeholder inside single quotes is not filled in")
        if "[%" in text:
            yield Problem(ENGLISH, f"{path}: a reference, which only Home Assistant's own build resolves")
    yield from _places(english)
    for name, step in _steps(english):
        yield from _described(name, step)


def check_languages(tree: Tree) -> Problems:
    """Check that the other languages have the English keys with the English placeholders."""
    english = flat(tree.json(ENGLISH))
    for file in OTHERS:
        other = flat(tree.json(file))
        for path in sorted(english.keys() - other.keys()):
            yield Problem(file, f"{path} is missing")
        for path in sorted(other.keys() - english.keys()):
            yield Problem(file, f"{path} is not in {ENGLISH}")
        for path in sorted(english.keys() & other.keys()):
            ours, theirs = (set(PLACEHOLDER.findall(texts[path])) for texts in (other, english))
            if ours != theirs:
                yield Problem(file, f"{path}: placeholders {sorted(ours)} instead of {sorted(theirs)}")


def _flows(english: Table) -> list[tuple[str, Table]]:
    """List the flows with the path where each stands."""
    flows = [(name, as_table(english[name])) for name in ("config", "options") if name in english]
    kinds = as_table(english.get("config_subentries"))
    return flows + [(f"config_subentries.{kind}", as_table(flow)) for kind, flow in kinds.items()]


def _fixes(english: Table) -> list[tuple[str, Table]]:
    issues = {key: as_table(issue) for key, issue in as_table(english.get("issues")).items()}
    return [
        (f"issues.{key}.fix_flow", as_table(issue["fix_flow"])) for key, issue in issues.items() if "fix_flow" in issue
    ]


def _steps(english: Table) -> list[tuple[str, Table]]:
    """List every form, and each section inside a form as a form of its own."""
    steps: list[tuple[str, Table]] = []
    for flow_name, flow in _flows(english) + _fixes(english):
        for step_id, step in as_table(flow.get("step")).items():
            name = f"{flow_name}.step.{step_id}"
            steps.append((name, as_table(step)))
            sections = as_table(as_table(step).get("sections"))
            steps += [(f"{name}.sections.{key}", as_table(section)) for key, section in sections.items()]
    return steps


def _places(english: Table) -> Problems:
    """Check that texts stand at places where Home Assistant looks."""
    places: list[tuple[str, Table, set[str]]] = [("", english, TOP)]
    places += [(name, flow, FLOW) for name, flow in _flows(english)]
    places += [(name, step, SECTION if ".sections." in name else STEP) for name, step in _steps(english)]
    for platform, entities in as_table(english.get("entity")).items():
        places += [(f"entity.{platform}.{key}", as_table(entity), ENTITY) for key, entity in as_table(entities).items()]
    places += [
        (f"services.{key}", as_table(action), ACTION) for key, action in as_table(english.get("services")).items()
    ]
    places += [(f"issues.{key}", as_table(issue), ISSUE) for key, issue in as_table(english.get("issues")).items()]
    places += [
        (f"exceptions.{key}", as_table(one), {"message"}) for key, one in as_table(english.get("exceptions")).items()
    ]
    places += [(f"selector.{key}", as_table(one), {"options", "unit_of_measurement", "fields"})
               for key, one in as_table(english.get("selector")).items()]  # fmt: skip
    for name, table, allowed in places:
        for key in table.keys() - allowed:
            yield Problem(ENGLISH, f"{name}{'.' if name else ''}{key} is not a place for texts")


def _described(name: str, step: Table) -> Problems:
    """Check that each field of a form says more than its name, and that nothing else is described."""
    fields, described = as_table(step.get("data")).keys(), as_table(step.get("data_description")).keys()
    for key in sorted(fields - described):
        yield Problem(ENGLISH, f"{name}.data.{key} has no data_description")
    for key in sorted(described - fields):
        yield Problem(ENGLISH, f"{name}.data_description.{key} describes no field")
