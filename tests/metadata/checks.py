"""All checks, as a table."""

from typing import Final

from .actions import check_actions
from .icons import check_icons
from .manifest import check_dependencies, check_manifest, check_requirements
from .schemas import check_schemas
from .shop import check_brand, check_hacs, check_quality_scale
from .texts import check_form, check_languages
from .tree import Check, Problem, Tree, made
from .usage import check_asked, check_enumerations, check_unasked

CHECKS: Final[tuple[Check, ...]] = (
    check_manifest,
    check_requirements,
    check_dependencies,
    check_form,
    check_languages,
    check_asked,
    check_enumerations,
    check_unasked,
    check_icons,
    check_actions,
    check_hacs,
    check_brand,
    check_quality_scale,
    check_schemas,
)


def problems(tree: Tree) -> list[Problem]:
    """Run every check."""
    return list(dict.fromkeys(problem for check in CHECKS for problem in made(check, tree)))
