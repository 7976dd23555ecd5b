"""The actions, whose selectors only Home Assistant can judge: each defect is found. And the whole as it is has none."""

from operator import attrgetter
from pathlib import Path
from typing import Final

import pytest

from tests.metadata.actions import check_actions
from tests.metadata.checks import problems
from tests.metadata.planted import Defect, copied, in_code, in_json, in_yaml
from tests.metadata.tree import Problem, Tree, made

EN: Final = "translations/en.json"
ACTIONS: Final = "services.yaml"

DEFECTS: Final[tuple[Defect, ...]] = (
    Defect(
        "an action that is registered only",
        check_actions,
        in_code("services.py", "hass.services.async_register(DOMAIN, 'nothing', handler)"),
        Problem(ACTIONS, "nothing is registered and not described"),
    ),
    Defect(
        "an action that is described only",
        check_actions,
        in_yaml(ACTIONS, lambda it: it.update(nothing={"fields": {}})),
        Problem(ACTIONS, "nothing is described and not registered"),
    ),
    Defect(
        "a text for no action",
        check_actions,
        in_json(EN, lambda it: it["services"].update(nothing={"name": "Nothing", "description": "Nothing."})),
        Problem(EN, "services.nothing: there is no such action"),
    ),
    Defect(
        "a field without a text",
        check_actions,
        in_json(EN, lambda it: it["services"]["cancel_order"]["fields"].pop("order_id")),
        Problem(EN, "services.cancel_order.fields.order_id is missing"),
    ),
    Defect(
        "a text for no field",
        check_actions,
        in_yaml(ACTIONS, lambda it: it["cancel_order"]["fields"].pop("order_id")),
        Problem(EN, "services.cancel_order.fields.order_id: there is no such field"),
    ),
    Defect(
        "a field without a selector",
        check_actions,
        in_yaml(ACTIONS, lambda it: it["cancel_order"]["fields"].update(order_id={"required": True})),
        Problem(ACTIONS, "cancel_order.fields.order_id has no selector"),
    ),
    Defect(
        "a field with an unknown key",
        check_actions,
        in_yaml(ACTIONS, lambda it: it["cancel_order"]["fields"]["order_id"].update(name="Order")),
        Problem(ACTIONS, "cancel_order.fields.order_id.name is not a key of a field"),
    ),
    Defect(
        "an option without a text",
        check_actions,
        in_json(EN, lambda it: it["selector"]["side"]["options"].pop("sell")),
        Problem(EN, "selector.side.options.sell is missing"),
    ),
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy what is checked."""
    return copied(tmp_path)


@pytest.mark.parametrize("defect", DEFECTS, ids=attrgetter("name"))
def test_a_planted_defect_is_found(copy: Path, defect: Defect) -> None:
    """Given the integration with one defect, then it is named."""
    defect.edit(copy)
    assert defect.problem in made(defect.check, Tree(copy.parent.parent))


def test_a_selector_that_is_none(copy: Path) -> None:
    """Given a field with a selector that Home Assistant does not have, then it is named."""
    in_yaml(ACTIONS, lambda it: it["cancel_order"]["fields"]["order_id"].update(selector={"dial": {}}))(copy)
    (found,) = made(check_actions, Tree(copy.parent.parent))
    assert found.what.startswith("cancel_order.fields.order_id.selector: ")


def test_the_integration_has_no_defect(copy: Path) -> None:
    """Given the integration as it is, then no check finds anything."""
    assert problems(Tree(copy.parent.parent)) == []
