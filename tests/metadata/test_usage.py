"""The translations against the code: each defect that the checks are there for is found."""

from operator import attrgetter
from pathlib import Path
from typing import Final

import pytest

from tests.metadata.planted import Defect, in_json, written
from tests.metadata.tree import Problem, Tree, made
from tests.metadata.usage import check_asked, check_enumerations, check_unasked

EN: Final = "translations/en.json"
RAISE: Final = "raise ServiceValidationError(translation_domain=DOMAIN, translation_key={!r}{})"
FLOW: Final = "class Another(ConfigFlow):\n    def show(self):\n        "

DEFECTS: Final[tuple[Defect, ...]] = (
    Defect(
        "an exception without a text",
        check_asked,
        written("planted.py", RAISE.format("nowhere", "")),
        Problem("planted.py", f"line 1 asks for exceptions.nowhere.message, which {EN} does not have"),
    ),
    Defect(
        "an exception that does not fill its text",
        check_asked,
        written("planted.py", RAISE.format("busy", ", translation_placeholders={'why': cause}")),
        Problem("planted.py", "line 1 does not fill in ['cause'] of exceptions.busy.message"),
    ),
    Defect(
        "an exception that fills nothing in",
        check_asked,
        written("planted.py", RAISE.format("busy", "")),
        Problem("planted.py", "line 1 does not fill in ['cause'] of exceptions.busy.message"),
    ),
    Defect(
        "an entity without a name",
        check_asked,
        written("number.py", "LIMIT = NumberEntityDescription(key='limit', translation_key='limit')"),
        Problem("number.py", f"line 1 asks for entity.number.limit.name, which {EN} does not have"),
    ),
    Defect(
        "an entity without a name, by attribute",
        check_asked,
        written("number.py", "class Limit:\n    _attr_translation_key = 'limit'"),
        Problem("number.py", f"line 2 asks for entity.number.limit.name, which {EN} does not have"),
    ),
    Defect(
        "a selector without texts",
        check_asked,
        written("planted.py", "SelectSelectorConfig(options=['a'], translation_key='nowhere')"),
        Problem("planted.py", f"line 1 asks for selector.nowhere.options, which {EN} does not have"),
    ),
    Defect(
        "an issue without a text",
        check_asked,
        written("planted.py", "ir.async_create_issue(hass, DOMAIN, 'one', translation_key='nowhere')"),
        Problem("planted.py", f"line 1 asks for issues.nowhere.title, which {EN} does not have"),
    ),
    Defect(
        "a step without a text",
        check_asked,
        written("planted.py", FLOW + "return self.async_show_form(step_id='nowhere')"),
        Problem("planted.py", f"line 3 asks for config.step.nowhere, which {EN} does not have"),
    ),
    Defect(
        "a reason without a text",
        check_asked,
        written("planted.py", FLOW + "return self.async_abort(reason='nowhere')"),
        Problem("planted.py", f"line 3 asks for config.abort.nowhere, which {EN} does not have"),
    ),
    Defect(
        "an error without a text",
        check_asked,
        written("planted.py", "errors['base'] = 'nowhere'"),
        Problem("planted.py", f"line 1 asks for config.error.nowhere, which {EN} does not have"),
    ),
    Defect(
        "an error value without a text",
        check_asked,
        written("planted.py", "raise BadField('nowhere')"),
        Problem("planted.py", f"line 1 asks for config.error.nowhere, which {EN} does not have"),
    ),
    Defect(
        "a rule without a text",
        check_enumerations,
        in_json(EN, lambda it: it["exceptions"].pop("symbol_allowed")),
        Problem(EN, "exceptions.symbol_allowed.message is missing"),
    ),
    Defect(
        "an enumeration that has gone",
        check_enumerations,
        written("bridge/news.py", ""),
        Problem("bridge/news.py", "NewsKind, whose members are translated, is not there"),
    ),
    Defect(
        "an exception that nobody raises",
        check_unasked,
        in_json(EN, lambda it: it["exceptions"].update(left_behind={"message": "Left behind."})),
        Problem(EN, "exceptions.left_behind is asked for nowhere"),
    ),
    Defect(
        "a field that no form has",
        check_unasked,
        in_json(EN, lambda it: it["options"]["step"]["init"]["data"].update(left_behind="Left")),
        Problem(EN, "options.step.init.data.left_behind is asked for nowhere"),
    ),
)


@pytest.mark.parametrize("defect", DEFECTS, ids=attrgetter("name"))
def test_a_planted_defect_is_found(copy: Path, defect: Defect) -> None:
    """Given the integration with one defect, then it is named."""
    defect.edit(copy)
    assert defect.problem in made(defect.check, Tree(copy.parent.parent))
