"""What a shop window needs: each defect that the checks are there for is found."""

from operator import attrgetter
from pathlib import Path
from typing import Final

import pytest

from tests.metadata.planted import Defect, image, in_json, scale, written
from tests.metadata.shop import check_brand, check_hacs, check_quality_scale
from tests.metadata.tree import DOMAIN, Problem, Tree, made

DEFECTS: Final[tuple[Defect, ...]] = (
    Defect(
        "an unknown key of HACS",
        check_hacs,
        in_json("../../hacs.json", lambda it: it.update(domains=["sensor"])),
        Problem("hacs.json", "domains is not a key of hacs.json"),
    ),
    Defect(
        "another archive's name",
        check_hacs,
        in_json("../../hacs.json", lambda it: it.update(filename="archive.zip")),
        Problem("hacs.json", f"filename is not {DOMAIN}.zip"),
    ),
    Defect(
        "no version of Home Assistant",
        check_hacs,
        in_json("../../hacs.json", lambda it: it.pop("homeassistant")),
        Problem("hacs.json", "homeassistant is not a version of Home Assistant"),
    ),
    Defect(
        "an icon that is not square",
        check_brand,
        written("brand/icon.png", image(256, 128)),
        Problem("brand/icon.png", "is 256 x 128, not 256 square"),
    ),
    Defect(
        "a logo that is too small",
        check_brand,
        written("brand/logo.png", image(600, 100)),
        Problem("brand/logo.png", "is 600 x 100, its shortest side not from 128 to 256"),
    ),
    Defect(
        "an image that is none",
        check_brand,
        written("brand/icon.png", "<svg/>"),
        Problem("brand/icon.png", "is not a PNG"),
    ),
    Defect(
        "an image that nobody looks for",
        check_brand,
        written("brand/banner.png", image(256, 256)),
        Problem("brand/banner.png", "is not a name that Home Assistant looks for"),
    ),
    Defect(
        "a rule of the scale that is not answered",
        check_quality_scale,
        written("quality_scale.yaml", scale(brands=None)),
        Problem("quality_scale.yaml", "brands is missing"),
    ),
    Defect(
        "a rule that the scale does not have",
        check_quality_scale,
        written("quality_scale.yaml", scale(action_setups="done")),
        Problem("quality_scale.yaml", "action-setups is not a rule"),
    ),
    Defect(
        "an answer that is none",
        check_quality_scale,
        written("quality_scale.yaml", scale(brands="maybe")),
        Problem("quality_scale.yaml", "brands: 'maybe' is not an answer"),
    ),
    Defect(
        "an exemption without a reason",
        check_quality_scale,
        written("quality_scale.yaml", scale(discovery={"status": "exempt"})),
        Problem("quality_scale.yaml", "discovery is exempt without a comment"),
    ),
)


@pytest.mark.parametrize("defect", DEFECTS, ids=attrgetter("name"))
def test_a_planted_defect_is_found(copy: Path, defect: Defect) -> None:
    """Given the integration with one defect, then it is named."""
    defect.edit(copy)
    assert defect.problem in made(defect.check, Tree(copy.parent.parent))


def test_images_of_the_right_size_and_a_whole_scale_pass(copy: Path) -> None:
    """Given images as Home Assistant wants them and a complete scale, then nothing is found."""
    sizes = {"icon": (256, 256), "icon@2x": (512, 512), "logo": (300, 128), "dark_logo@2x": (512, 700)}
    for name, size in sizes.items():
        written(f"brand/{name}.png", image(*size))(copy)
    written("quality_scale.yaml", scale(discovery={"status": "exempt", "comment": "A cloud service."}))(copy)
    tree = Tree(copy.parent.parent)
    assert made(check_brand, tree) + made(check_quality_scale, tree) == []
