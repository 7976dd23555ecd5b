"""The icons: each defect that the checks are there for is found."""

from operator import attrgetter
from pathlib import Path
from typing import Final

import pytest

from tests.metadata.icons import check_icons
from tests.metadata.planted import Defect, in_json
from tests.metadata.tree import Problem, Tree, made

ICONS: Final = "icons.json"

DEFECTS: Final[tuple[Defect, ...]] = (
    Defect(
        "an icon of another set",
        check_icons,
        in_json(ICONS, lambda it: it["entity"]["sensor"]["equity"].update(default="fa:coins")),
        Problem(ICONS, "entity.sensor.equity.default: 'fa:coins' does not start with mdi:"),
    ),
    Defect(
        "an icon for no entity",
        check_icons,
        in_json(ICONS, lambda it: it["entity"]["sensor"].update(nothing={"default": "mdi:cancel"})),
        Problem(ICONS, "entity.sensor.nothing: there is no such entity"),
    ),
    Defect(
        "an entity's icon without a default",
        check_icons,
        in_json(ICONS, lambda it: it["entity"]["sensor"]["equity"].pop("default")),
        Problem(ICONS, "entity.sensor.equity has no default"),
    ),
    Defect(
        "a state's icon that changes nothing",
        check_icons,
        in_json(ICONS, lambda it: it["entity"]["sensor"].update(equity={"default": "mdi:a", "state": {"1": "mdi:a"}})),
        Problem(ICONS, "entity.sensor.equity.state.1 is the default icon again"),
    ),
    Defect(
        "an icon for no state",
        check_icons,
        in_json(ICONS, lambda it: it["entity"]["sensor"]["trading_mode"]["state"].update(asleep="mdi:sleep")),
        Problem(ICONS, "entity.sensor.trading_mode.state.asleep: there is no such state"),
    ),
    Defect(
        "thresholds that descend",
        check_icons,
        in_json(ICONS, lambda it: it["entity"]["sensor"]["equity"].update(range={"2": "mdi:b", "1": "mdi:c"})),
        Problem(ICONS, "entity.sensor.equity.range: thresholds ascend"),
    ),
    Defect(
        "a threshold that is no number",
        check_icons,
        in_json(ICONS, lambda it: it["entity"]["sensor"]["equity"].update(range={"low": "mdi:b"})),
        Problem(ICONS, "entity.sensor.equity.range: thresholds are numbers"),
    ),
    Defect(
        "an action without an icon",
        check_icons,
        in_json(ICONS, lambda it: it["services"].pop("place_order")),
        Problem(ICONS, "services.place_order has no icon"),
    ),
    Defect(
        "an icon for no action",
        check_icons,
        in_json(ICONS, lambda it: it["services"].update(nothing={"service": "mdi:cancel"})),
        Problem(ICONS, "services.nothing: there is no such action"),
    ),
    Defect(
        "an icon for no section",
        check_icons,
        in_json(ICONS, lambda it: it["config"]["step"]["user"]["sections"].update(nothing="mdi:cancel")),
        Problem(ICONS, "config.step.user.sections.nothing: there is no such section"),
    ),
)


@pytest.mark.parametrize("defect", DEFECTS, ids=attrgetter("name"))
def test_a_planted_defect_is_found(copy: Path, defect: Defect) -> None:
    """Given the integration with one defect, then it is named."""
    defect.edit(copy)
    assert defect.problem in made(defect.check, Tree(copy.parent.parent))
