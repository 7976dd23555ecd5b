"""The manifest: each defect that its checks are there for is found."""

import json
from operator import attrgetter
from pathlib import Path
from typing import Final

import pytest

from tests.metadata.manifest import check_dependencies, check_manifest, check_requirements
from tests.metadata.planted import Defect, in_code, in_json, written
from tests.metadata.tree import Problem, Tree, made

MANIFEST: Final = "manifest.json"

DEFECTS: Final[tuple[Defect, ...]] = (
    Defect(
        "no version",
        check_manifest,
        in_json(MANIFEST, lambda it: it.pop("version")),
        Problem(MANIFEST, "version is missing"),
    ),
    Defect(
        "an unknown key",
        check_manifest,
        in_json(MANIFEST, lambda it: it.update(zzz=1)),
        Problem(MANIFEST, "zzz is not a key of a manifest"),
    ),
    Defect(
        "another domain",
        check_manifest,
        in_json(MANIFEST, lambda it: it.update(domain="mexc")),
        Problem(MANIFEST, "domain must not be 'mexc'"),
    ),
    Defect(
        "a version that is none",
        check_manifest,
        in_json(MANIFEST, lambda it: it.update(version="first")),
        Problem(MANIFEST, "version must not be 'first'"),
    ),
    Defect(
        "unencrypted documentation",
        check_manifest,
        in_json(MANIFEST, lambda it: it.update(documentation="http://example.com")),
        Problem(MANIFEST, "documentation must not be 'http://example.com'"),
    ),
    Defect(
        "a pinned requirement",
        check_requirements,
        in_json(MANIFEST, lambda it: it.update(requirements=["tenacity==9.0.0"])),
        Problem(MANIFEST, "tenacity==9.0.0 is pinned, which breaks when Home Assistant's version moves"),
    ),
    Defect(
        "a requirement that is none",
        check_requirements,
        in_json(MANIFEST, lambda it: it.update(requirements=["not/a/package"])),
        Problem(MANIFEST, "'not/a/package' is not a requirement"),
    ),
    Defect(
        "a component that is not declared",
        check_dependencies,
        in_code("sensor.py", "from homeassistant.components import mqtt"),
        Problem("sensor.py", "imports the component mqtt, which the manifest does not declare"),
    ),
    Defect(
        "a part of a component that is not declared",
        check_dependencies,
        in_code("sensor.py", "from homeassistant.components.mqtt.client import publish"),
        Problem("sensor.py", "imports the component mqtt, which the manifest does not declare"),
    ),
    Defect(
        "no schema for YAML",
        check_dependencies,
        written("__init__.py", "async def async_setup(hass, config): ..."),
        Problem("__init__.py", "has async_setup and no CONFIG_SCHEMA"),
    ),
    Defect(
        "no config flow",
        check_manifest,
        lambda folder: (folder / "config_flow.py").unlink(),
        Problem("config_flow.py", "is missing"),
    ),
)


@pytest.mark.parametrize("defect", DEFECTS, ids=attrgetter("name"))
def test_a_planted_defect_is_found(copy: Path, defect: Defect) -> None:
    """Given the integration with one defect, then it is named."""
    defect.edit(copy)
    assert defect.problem in made(defect.check, Tree(copy.parent.parent))


def test_keys_of_the_manifest_have_an_order(copy: Path) -> None:
    """Given a manifest that begins with its version, then its order is named."""
    manifest = json.loads((copy / MANIFEST).read_text())
    (copy / MANIFEST).write_text(json.dumps({"version": manifest.pop("version"), **manifest}))
    order = ["domain", "name", *sorted(manifest.keys() - {"domain", "name"} | {"version"})]
    expected = Problem(MANIFEST, f"keys stand in the order {', '.join(order)}")
    assert made(check_manifest, Tree(copy.parent.parent)) == [expected]


def test_a_requirement_that_home_assistant_rules_out(copy: Path) -> None:
    """Given a requirement that excludes the version which Home Assistant installs, then it is named."""
    in_json(MANIFEST, lambda it: it.update(requirements=["protobuf<2"]))(copy)
    (found,) = made(check_requirements, Tree(copy.parent.parent))
    assert found.what.startswith("protobuf<2 excludes ")
