"""The translations as files: each defect that the checks are there for is found."""

from operator import attrgetter
from pathlib import Path
from typing import Final

import pytest

from tests.metadata.planted import Defect, in_json, written
from tests.metadata.texts import check_form, check_languages
from tests.metadata.tree import Problem, Tree, made

EN: Final = "translations/en.json"
FR: Final = "translations/fr.json"

DEFECTS: Final[tuple[Defect, ...]] = (
    Defect(
        "a key with a capital",
        check_form,
        in_json(EN, lambda it: it["exceptions"].update(Big={"message": "Big."})),
        Problem(EN, "exceptions.Big.message: 'Big' is not a key of lower-case letters, digits, - and _"),
    ),
    Defect(
        "an empty text",
        check_form,
        in_json(EN, lambda it: it.update(title="")),
        Problem(EN, "title: empty, or spaces around it"),
    ),
    Defect(
        "HTML",
        check_form,
        in_json(EN, lambda it: it.update(title="<b>MEXC</b>")),
        Problem(EN, "title: HTML"),
    ),
    Defect(
        "a quoted placeholder",
        check_form,
        in_json(EN, lambda it: it.update(title="MEXC '{name}'")),
        Problem(EN, "title: a placeholder inside single quotes is not filled in"),
    ),
    Defect(
        "a reference",
        check_form,
        in_json(EN, lambda it: it.update(title="[%key:common::name%]")),
        Problem(EN, "title: a reference, which only Home Assistant's own build resolves"),
    ),
    Defect(
        "an unknown place",
        check_form,
        in_json(EN, lambda it: it.update(texts={"title": "Title"})),
        Problem(EN, "texts is not a place for texts"),
    ),
    Defect(
        "an unknown place in a form",
        check_form,
        in_json(EN, lambda it: it["config"]["step"]["user"].update(hint="Hint")),
        Problem(EN, "config.step.user.hint is not a place for texts"),
    ),
    Defect(
        "a field without a description",
        check_form,
        in_json(EN, lambda it: it["config"]["step"]["user"]["data_description"].pop("name")),
        Problem(EN, "config.step.user.data.name has no data_description"),
    ),
    Defect(
        "a description without a field",
        check_form,
        in_json(EN, lambda it: it["config"]["step"]["user"]["data"].pop("name")),
        Problem(EN, "config.step.user.data_description.name describes no field"),
    ),
    Defect(
        "a key that stands twice",
        check_form,
        written(EN, '{"title": "One", "title": "Two"}'),
        Problem("", f"{EN}: keys stand twice: ['title']"),
    ),
    Defect(
        "a text missing in French",
        check_languages,
        in_json(FR, lambda it: it.pop("title")),
        Problem(FR, "title is missing"),
    ),
    Defect(
        "a text in French only",
        check_languages,
        in_json(FR, lambda it: it["exceptions"].update(seul={"message": "Seul."})),
        Problem(FR, f"exceptions.seul.message is not in {EN}"),
    ),
    Defect(
        "another placeholder in French",
        check_languages,
        in_json(FR, lambda it: it.update(title="{nom}")),
        Problem(FR, "title: placeholders ['nom'] instead of []"),
    ),
)


@pytest.mark.parametrize("defect", DEFECTS, ids=attrgetter("name"))
def test_a_planted_defect_is_found(copy: Path, defect: Defect) -> None:
    """Given the integration with one defect, then it is named."""
    defect.edit(copy)
    assert defect.problem in made(defect.check, Tree(copy.parent.parent))
