"""What a shop window needs: ``hacs.json``, brand images, and an honest quality scale."""

import re
import struct
from typing import Final

from .tree import DOMAIN, Problem, Problems, Tree, as_table

HACS: Final = "../../hacs.json"
SCALE: Final = "quality_scale.yaml"

HACS_KEYS: Final = {
    "content_in_root", "country", "filename", "hacs", "hide_default_branch", "homeassistant", "name",
    "persistent_directory", "render_readme", "zip_release",
}  # fmt: skip

ICON_PX: Final = {"": 256, "@2x": 512}
LOGO_PX: Final = {"": (128, 256), "@2x": (256, 512)}
"""The shortest side of a logo, from and to."""
IMAGES: Final = re.compile(r"(?:dark_)?(?P<kind>icon|logo)(?P<scale>|@2x)\.png")
PNG: Final = b"\x89PNG\r\n\x1a\n"

RULES: Final = {
    "action-setup", "appropriate-polling", "brands", "common-modules", "config-flow", "config-flow-test-coverage",
    "dependency-transparency", "docs-actions", "docs-conditions", "docs-high-level-description",
    "docs-installation-instructions", "docs-removal-instructions", "docs-triggers", "entity-event-setup",
    "entity-unique-id", "has-entity-name", "runtime-data", "test-before-configure", "test-before-setup",
    "unique-config-entry", "action-exceptions", "config-entry-unloading", "docs-configuration-parameters",
    "docs-installation-parameters", "entity-unavailable", "integration-owner", "log-when-unavailable",
    "parallel-updates", "reauthentication-flow", "test-coverage", "devices", "diagnostics", "discovery",
    "discovery-update-info", "docs-data-update", "docs-examples", "docs-known-limitations", "docs-supported-devices",
    "docs-supported-functions", "docs-troubleshooting", "docs-use-cases", "dynamic-devices", "entity-category",
    "entity-device-class", "entity-disabled-by-default", "entity-translations", "exception-translations",
    "icon-translations", "reconfiguration-flow", "repair-issues", "stale-devices", "async-dependency",
    "inject-websession", "strict-typing",
}  # fmt: skip
"""Home Assistant's quality scale: the rules of bronze, silver, gold and platinum."""


def check_hacs(tree: Tree) -> Problems:
    """Check the keys that HACS and Home Assistant's marketplace read."""
    if not tree.has(HACS):
        yield Problem("hacs.json", "is missing")
        return
    hacs = tree.json(HACS)
    for key in hacs.keys() - HACS_KEYS:
        yield Problem("hacs.json", f"{key} is not a key of hacs.json")
    if not hacs.get("name"):
        yield Problem("hacs.json", "name is missing")
    if not re.fullmatch(r"20\d\d\.(?:[1-9]|1[0-2])\.\d+", str(hacs.get("homeassistant"))):
        yield Problem("hacs.json", "homeassistant is not a version of Home Assistant")
    if hacs.get("zip_release") and hacs.get("filename") != f"{DOMAIN}.zip":
        yield Problem("hacs.json", f"filename is not {DOMAIN}.zip")


def check_brand(tree: Tree) -> Problems:
    """Check names and sizes of the images, if there are any."""
    folder = tree.integration / "brand"
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    if files and not (folder / "icon.png").is_file():
        yield Problem("brand/icon.png", "is missing")
    for file in files:
        name = f"brand/{file.name}"
        image = file.read_bytes()
        if not (match := IMAGES.fullmatch(file.name)):
            yield Problem(name, "is not a name that Home Assistant looks for")
        elif not image.startswith(PNG):
            yield Problem(name, "is not a PNG")
        else:
            width, height = struct.unpack(">II", image[16:24])
            if match["kind"] == "icon" and (width, height) != (ICON_PX[match["scale"]],) * 2:
                yield Problem(name, f"is {width} x {height}, not {ICON_PX[match['scale']]} square")
            least, most = LOGO_PX[match["scale"]]
            if match["kind"] == "logo" and not least <= min(width, height) <= most:
                yield Problem(name, f"is {width} x {height}, its shortest side not from {least} to {most}")


def check_quality_scale(tree: Tree) -> Problems:
    """Check that every rule is answered, and each exemption explained, if the file is there."""
    if not tree.has(SCALE):
        return
    rules = as_table(tree.yaml(SCALE).get("rules"))
    for rule in sorted(RULES - rules.keys()):
        yield Problem(SCALE, f"{rule} is missing")
    for rule in sorted(rules.keys() - RULES):
        yield Problem(SCALE, f"{rule} is not a rule")
    for rule, value in rules.items():
        answer = as_table(value)
        status = answer.get("status", value)
        if status not in {"done", "exempt", "todo"}:
            yield Problem(SCALE, f"{rule}: {status!r} is not an answer")
        elif status == "exempt" and not answer.get("comment"):
            yield Problem(SCALE, f"{rule} is exempt without a comment")
