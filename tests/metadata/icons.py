"""The icons: each belongs to something that is there, and differs from the icon it stands in for."""

from typing import Final

from .texts import ENGLISH
from .tree import Problem, Problems, Table, Tree, as_table, flat

FILE: Final = "icons.json"
TOP: Final = {"config", "config_subentries", "entity", "issues", "options", "services", "triggers", "conditions"}
ENTITY: Final = {"default", "range", "state", "state_attributes"}


def check_icons(tree: Tree) -> Problems:
    """Check the icons of entities, actions and sections."""
    if not tree.has(FILE):
        return
    icons, english = tree.json(FILE), tree.json(ENGLISH)
    for key in icons.keys() - TOP:
        yield Problem(FILE, f"{key} is not a place for icons")
    for path, icon in flat(icons).items():
        if not icon.startswith("mdi:"):
            yield Problem(FILE, f"{path}: {icon!r} does not start with mdi:")
    for platform, entities in as_table(icons.get("entity")).items():
        known = as_table(as_table(english.get("entity")).get(platform))
        for key, entity in as_table(entities).items():
            if key not in known:
                yield Problem(FILE, f"entity.{platform}.{key}: there is no such entity")
            yield from _entity(f"entity.{platform}.{key}", as_table(entity), as_table(known.get(key)))
    actions, drawn = (as_table(table.get("services")).keys() for table in (english, icons))
    for key in sorted(drawn - actions):
        yield Problem(FILE, f"services.{key}: there is no such action")
    for key in sorted(actions - drawn):
        yield Problem(FILE, f"services.{key} has no icon")
    yield from _sections(icons, english)


def _entity(name: str, entity: Table, texts: Table) -> Problems:
    """Check one entity: states that it has, icons that change something, thresholds that ascend."""
    for key in entity.keys() - ENTITY:
        yield Problem(FILE, f"{name}.{key} is not a place for icons")
    if "default" not in entity:
        yield Problem(FILE, f"{name} has no default")
    states = as_table(entity.get("state"))
    for state, icon in states.items():
        if icon == entity.get("default"):
            yield Problem(FILE, f"{name}.state.{state} is the default icon again")
        if "state" in texts and state not in as_table(texts["state"]):
            yield Problem(FILE, f"{name}.state.{state}: there is no such state")
    try:
        thresholds = [float(threshold) for threshold in as_table(entity.get("range"))]
    except ValueError:
        yield Problem(FILE, f"{name}.range: thresholds are numbers")
    else:
        if thresholds != sorted(set(thresholds)):
            yield Problem(FILE, f"{name}.range: thresholds ascend")


def _sections(icons: Table, english: Table) -> Problems:
    """Check that each section with an icon is in a form."""
    forms = {path.rpartition(".")[0] for path in flat(english)}
    for flow in ("config", "options", "config_subentries"):
        for path in flat(icons.get(flow), flow):
            if path != flow and path not in forms:
                yield Problem(FILE, f"{path}: there is no such section")
