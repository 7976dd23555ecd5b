"""The published schemas: each defect that the checks are there for is found."""

from operator import attrgetter
from pathlib import Path
from typing import Final

import pytest

from tests.metadata.planted import Defect, in_json
from tests.metadata.schemas import check_schemas
from tests.metadata.tree import Problem, Tree, made

DEFECTS: Final[tuple[Defect, ...]] = (
    Defect(
        "a schema that is none",
        check_schemas,
        in_json("schemas/signal.v1.json", lambda it: it.update(type="thing")),
        Problem("schemas/signal.v1.json", "$.type: 'thing' is not valid under any of the given schemas"),
    ),
    Defect(
        "an open schema",
        check_schemas,
        in_json("schemas/signal.v1.json", lambda it: it.update(additionalProperties=True)),
        Problem("schemas/signal.v1.json", "takes properties that it does not name"),
    ),
    Defect(
        "a schema of another kind",
        check_schemas,
        in_json("schemas/signal.v1.json", lambda it: it.pop("$schema")),
        Problem("schemas/signal.v1.json", "does not say that it is a JSON Schema of 2020-12"),
    ),
)


@pytest.mark.parametrize("defect", DEFECTS, ids=attrgetter("name"))
def test_a_planted_defect_is_found(copy: Path, defect: Defect) -> None:
    """Given the integration with one defect, then it is named."""
    defect.edit(copy)
    assert defect.problem in made(defect.check, Tree(copy.parent.parent))
