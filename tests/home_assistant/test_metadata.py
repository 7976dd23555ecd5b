"""The checks of manifest, texts, icons, actions, images and schemas: each finds the defect it is there for."""

from collections.abc import Callable
import json
from pathlib import Path
import shutil
import struct
from typing import Any, Final

import pytest
import yaml

from tests.metadata.checks import problems
from tests.metadata.shop import PNG, RULES
from tests.metadata.tree import DOMAIN, Problem, Tree

ROOT: Final = Path(__file__).resolve().parent.parent.parent
HEAD: Final = PNG + b"\0\0\0\rIHDR"

type Edit = Callable[[Path], None]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy what is checked to a place where it may be spoiled; give the integration's folder."""
    integration = tmp_path / "custom_components" / DOMAIN
    shutil.copytree(ROOT / "custom_components" / DOMAIN, integration, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "hacs.json", tmp_path)
    return integration


def in_json(file: str, change: Callable[[Any], object]) -> Edit:
    """Change the content of a JSON file."""

    def edit(folder: Path) -> None:
        content = json.loads((folder / file).read_text())
        change(content)
        (folder / file).write_text(json.dumps(content, ensure_ascii=False))

    return edit


def in_yaml(file: str, change: Callable[[Any], object]) -> Edit:
    """Change the content of a YAML file."""

    def edit(folder: Path) -> None:
        content = yaml.safe_load((folder / file).read_text())
        change(content)
        (folder / file).write_text(yaml.safe_dump(content, sort_keys=False))

    return edit


def in_code(file: str, lines: str) -> Edit:
    """Add lines to a module."""

    def edit(folder: Path) -> None:
        (folder / file).write_text(f"{(folder / file).read_text()}\n{lines}\n")

    return edit


def written(file: str, content: bytes | str) -> Edit:
    """Write a file."""

    def edit(folder: Path) -> None:
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())

    return edit


def image(width: int, height: int) -> bytes:
    """Give the beginning of a PNG of a size."""
    return HEAD + struct.pack(">II", width, height)


MANIFEST: Final = "manifest.json"
EN: Final = "translations/en.json"
FR: Final = "translations/fr.json"
ICONS: Final = "icons.json"
ACTIONS: Final = "services.yaml"
RAISE: Final = "raise ServiceValidationError(translation_domain=DOMAIN, translation_key={!r}{})"
FLOW: Final = "class Another(ConfigFlow):\n    def show(self):\n        "
SCALE: Final = dict.fromkeys(sorted(RULES), "done")


def scale(**changes: object) -> str:
    """Write a quality scale with some answers changed; None leaves a rule out."""
    rules = SCALE | {rule.replace("_", "-"): answer for rule, answer in changes.items()}
    return yaml.safe_dump({"rules": {rule: answer for rule, answer in rules.items() if answer is not None}})


DEFECTS: Final[tuple[tuple[str, Edit, Problem], ...]] = (
    # Manifest
    (
        "no version",
        in_json(MANIFEST, lambda it: it.pop("version")),
        Problem(MANIFEST, "version is missing"),
    ),
    (
        "an unknown key",
        in_json(MANIFEST, lambda it: it.update(zzz=1)),
        Problem(MANIFEST, "zzz is not a key of a manifest"),
    ),
    (
        "another domain",
        in_json(MANIFEST, lambda it: it.update(domain="mexc")),
        Problem(MANIFEST, "domain must not be 'mexc'"),
    ),
    (
        "a version that is none",
        in_json(MANIFEST, lambda it: it.update(version="first")),
        Problem(MANIFEST, "version must not be 'first'"),
    ),
    (
        "unencrypted documentation",
        in_json(MANIFEST, lambda it: it.update(documentation="http://example.com")),
        Problem(MANIFEST, "documentation must not be 'http://example.com'"),
    ),
    (
        "a pinned requirement",
        in_json(MANIFEST, lambda it: it.update(requirements=["tenacity==9.0.0"])),
        Problem(MANIFEST, "tenacity==9.0.0 is pinned, which breaks when Home Assistant's version moves"),
    ),
    (
        "a requirement that is none",
        in_json(MANIFEST, lambda it: it.update(requirements=["not/a/package"])),
        Problem(MANIFEST, "'not/a/package' is not a requirement"),
    ),
    (
        "a component that is not declared",
        in_code("sensor.py", "from homeassistant.components import mqtt"),
        Problem("sensor.py", "imports the component mqtt, which the manifest does not declare"),
    ),
    (
        "a part of a component that is not declared",
        in_code("sensor.py", "from homeassistant.components.mqtt.client import publish"),
        Problem("sensor.py", "imports the component mqtt, which the manifest does not declare"),
    ),
    (
        "no schema for YAML",
        written("__init__.py", "async def async_setup(hass, config): ..."),
        Problem("__init__.py", "has async_setup and no CONFIG_SCHEMA"),
    ),
    (
        "no config flow",
        lambda folder: (folder / "config_flow.py").unlink(),
        Problem("config_flow.py", "is missing"),
    ),
    # Texts
    (
        "a key with a capital",
        in_json(EN, lambda it: it["exceptions"].update(Big={"message": "Big."})),
        Problem(EN, "exceptions.Big.message: 'Big' is not a key of lower-case letters, digits, - and _"),
    ),
    (
        "an empty text",
        in_json(EN, lambda it: it.update(title="")),
        Problem(EN, "title: empty, or spaces around it"),
    ),
    (
        "HTML",
        in_json(EN, lambda it: it.update(title="<b>MEXC</b>")),
        Problem(EN, "title: HTML"),
    ),
    (
        "a quoted placeholder",
        in_json(EN, lambda it: it.update(title="MEXC '{name}'")),
        Problem(EN, "title: a placeholder inside single quotes is not filled in"),
    ),
    (
        "a reference",
        in_json(EN, lambda it: it.update(title="[%key:common::name%]")),
        Problem(EN, "title: a reference, which only Home Assistant's own build resolves"),
    ),
    (
        "an unknown place",
        in_json(EN, lambda it: it.update(texts={"title": "Title"})),
        Problem(EN, "texts is not a place for texts"),
    ),
    (
        "an unknown place in a form",
        in_json(EN, lambda it: it["config"]["step"]["user"].update(hint="Hint")),
        Problem(EN, "config.step.user.hint is not a place for texts"),
    ),
    (
        "a field without a description",
        in_json(EN, lambda it: it["config"]["step"]["user"]["data_description"].pop("name")),
        Problem(EN, "config.step.user.data.name has no data_description"),
    ),
    (
        "a description without a field",
        in_json(EN, lambda it: it["config"]["step"]["user"]["data"].pop("name")),
        Problem(EN, "config.step.user.data_description.name describes no field"),
    ),
    (
        "a key that stands twice",
        written(EN, '{"title": "One", "title": "Two"}'),
        Problem("", f"{EN}: keys stand twice: ['title']"),
    ),
    (
        "a text missing in French",
        in_json(FR, lambda it: it.pop("title")),
        Problem(FR, "title is missing"),
    ),
    (
        "a text in French only",
        in_json(FR, lambda it: it["exceptions"].update(seul={"message": "Seul."})),
        Problem(FR, f"exceptions.seul.message is not in {EN}"),
    ),
    (
        "another placeholder in French",
        in_json(FR, lambda it: it.update(title="{nom}")),
        Problem(FR, "title: placeholders ['nom'] instead of []"),
    ),
    # Texts and code
    (
        "an exception without a text",
        written("planted.py", RAISE.format("nowhere", "")),
        Problem("planted.py", f"line 1 asks for exceptions.nowhere.message, which {EN} does not have"),
    ),
    (
        "an exception that does not fill its text",
        written("planted.py", RAISE.format("busy", ", translation_placeholders={'why': cause}")),
        Problem("planted.py", "line 1 does not fill in ['cause'] of exceptions.busy.message"),
    ),
    (
        "an exception that fills nothing in",
        written("planted.py", RAISE.format("busy", "")),
        Problem("planted.py", "line 1 does not fill in ['cause'] of exceptions.busy.message"),
    ),
    (
        "an entity without a name",
        written("number.py", "LIMIT = NumberEntityDescription(key='limit', translation_key='limit')"),
        Problem("number.py", f"line 1 asks for entity.number.limit.name, which {EN} does not have"),
    ),
    (
        "an entity without a name, by attribute",
        written("number.py", "class Limit:\n    _attr_translation_key = 'limit'"),
        Problem("number.py", f"line 2 asks for entity.number.limit.name, which {EN} does not have"),
    ),
    (
        "a selector without texts",
        written("planted.py", "SelectSelectorConfig(options=['a'], translation_key='nowhere')"),
        Problem("planted.py", f"line 1 asks for selector.nowhere.options, which {EN} does not have"),
    ),
    (
        "an issue without a text",
        written("planted.py", "ir.async_create_issue(hass, DOMAIN, 'one', translation_key='nowhere')"),
        Problem("planted.py", f"line 1 asks for issues.nowhere.title, which {EN} does not have"),
    ),
    (
        "a step without a text",
        written("planted.py", FLOW + "return self.async_show_form(step_id='nowhere')"),
        Problem("planted.py", f"line 3 asks for config.step.nowhere, which {EN} does not have"),
    ),
    (
        "a reason without a text",
        written("planted.py", FLOW + "return self.async_abort(reason='nowhere')"),
        Problem("planted.py", f"line 3 asks for config.abort.nowhere, which {EN} does not have"),
    ),
    (
        "an error without a text",
        written("planted.py", "errors['base'] = 'nowhere'"),
        Problem("planted.py", f"line 1 asks for config.error.nowhere, which {EN} does not have"),
    ),
    (
        "an error value without a text",
        written("planted.py", "raise BadField('nowhere')"),
        Problem("planted.py", f"line 1 asks for config.error.nowhere, which {EN} does not have"),
    ),
    (
        "a rule without a text",
        in_json(EN, lambda it: it["exceptions"].pop("symbol_allowed")),
        Problem(EN, "exceptions.symbol_allowed.message is missing"),
    ),
    (
        "an enumeration that has gone",
        written("bridge/news.py", ""),
        Problem("bridge/news.py", "NewsKind, whose members are translated, is not there"),
    ),
    (
        "an exception that nobody raises",
        in_json(EN, lambda it: it["exceptions"].update(left_behind={"message": "Left behind."})),
        Problem(EN, "exceptions.left_behind is asked for nowhere"),
    ),
    (
        "a field that no form has",
        in_json(EN, lambda it: it["options"]["step"]["init"]["data"].update(left_behind="Left")),
        Problem(EN, "options.step.init.data.left_behind is asked for nowhere"),
    ),
    # Icons
    (
        "an icon of another set",
        in_json(ICONS, lambda it: it["entity"]["sensor"]["equity"].update(default="fa:coins")),
        Problem(ICONS, "entity.sensor.equity.default: 'fa:coins' does not start with mdi:"),
    ),
    (
        "an icon for no entity",
        in_json(ICONS, lambda it: it["entity"]["sensor"].update(nothing={"default": "mdi:cancel"})),
        Problem(ICONS, "entity.sensor.nothing: there is no such entity"),
    ),
    (
        "an entity's icon without a default",
        in_json(ICONS, lambda it: it["entity"]["sensor"]["equity"].pop("default")),
        Problem(ICONS, "entity.sensor.equity has no default"),
    ),
    (
        "a state's icon that changes nothing",
        in_json(ICONS, lambda it: it["entity"]["sensor"].update(equity={"default": "mdi:a", "state": {"1": "mdi:a"}})),
        Problem(ICONS, "entity.sensor.equity.state.1 is the default icon again"),
    ),
    (
        "an icon for no state",
        in_json(ICONS, lambda it: it["entity"]["sensor"]["trading_mode"]["state"].update(asleep="mdi:sleep")),
        Problem(ICONS, "entity.sensor.trading_mode.state.asleep: there is no such state"),
    ),
    (
        "thresholds that descend",
        in_json(ICONS, lambda it: it["entity"]["sensor"]["equity"].update(range={"2": "mdi:b", "1": "mdi:c"})),
        Problem(ICONS, "entity.sensor.equity.range: thresholds ascend"),
    ),
    (
        "a threshold that is no number",
        in_json(ICONS, lambda it: it["entity"]["sensor"]["equity"].update(range={"low": "mdi:b"})),
        Problem(ICONS, "entity.sensor.equity.range: thresholds are numbers"),
    ),
    (
        "an action without an icon",
        in_json(ICONS, lambda it: it["services"].pop("place_order")),
        Problem(ICONS, "services.place_order has no icon"),
    ),
    (
        "an icon for no action",
        in_json(ICONS, lambda it: it["services"].update(nothing={"service": "mdi:cancel"})),
        Problem(ICONS, "services.nothing: there is no such action"),
    ),
    (
        "an icon for no section",
        in_json(ICONS, lambda it: it["config"]["step"]["user"]["sections"].update(nothing="mdi:cancel")),
        Problem(ICONS, "config.step.user.sections.nothing: there is no such section"),
    ),
    # Actions
    (
        "an action that is registered only",
        in_code("services.py", "hass.services.async_register(DOMAIN, 'nothing', handler)"),
        Problem(ACTIONS, "nothing is registered and not described"),
    ),
    (
        "an action that is described only",
        in_yaml(ACTIONS, lambda it: it.update(nothing={"fields": {}})),
        Problem(ACTIONS, "nothing is described and not registered"),
    ),
    (
        "a text for no action",
        in_json(EN, lambda it: it["services"].update(nothing={"name": "Nothing", "description": "Nothing."})),
        Problem(EN, "services.nothing: there is no such action"),
    ),
    (
        "a field without a text",
        in_json(EN, lambda it: it["services"]["cancel_order"]["fields"].pop("order_id")),
        Problem(EN, "services.cancel_order.fields.order_id is missing"),
    ),
    (
        "a text for no field",
        in_yaml(ACTIONS, lambda it: it["cancel_order"]["fields"].pop("order_id")),
        Problem(EN, "services.cancel_order.fields.order_id: there is no such field"),
    ),
    (
        "a field without a selector",
        in_yaml(ACTIONS, lambda it: it["cancel_order"]["fields"].update(order_id={"required": True})),
        Problem(ACTIONS, "cancel_order.fields.order_id has no selector"),
    ),
    (
        "a field with an unknown key",
        in_yaml(ACTIONS, lambda it: it["cancel_order"]["fields"]["order_id"].update(name="Order")),
        Problem(ACTIONS, "cancel_order.fields.order_id.name is not a key of a field"),
    ),
    (
        "an option without a text",
        in_json(EN, lambda it: it["selector"]["side"]["options"].pop("sell")),
        Problem(EN, "selector.side.options.sell is missing"),
    ),
    # The shop window
    (
        "an unknown key of HACS",
        in_json("../../hacs.json", lambda it: it.update(domains=["sensor"])),
        Problem("hacs.json", "domains is not a key of hacs.json"),
    ),
    (
        "another archive's name",
        in_json("../../hacs.json", lambda it: it.update(filename="archive.zip")),
        Problem("hacs.json", f"filename is not {DOMAIN}.zip"),
    ),
    (
        "no version of Home Assistant",
        in_json("../../hacs.json", lambda it: it.pop("homeassistant")),
        Problem("hacs.json", "homeassistant is not a version of Home Assistant"),
    ),
    (
        "an icon that is not square",
        written("brand/icon.png", image(256, 128)),
        Problem("brand/icon.png", "is 256 x 128, not 256 square"),
    ),
    (
        "a logo that is too small",
        written("brand/logo.png", image(600, 100)),
        Problem("brand/logo.png", "is 600 x 100, its shortest side not from 128 to 256"),
    ),
    (
        "an image that is none",
        written("brand/icon.png", "<svg/>"),
        Problem("brand/icon.png", "is not a PNG"),
    ),
    (
        "an image that nobody looks for",
        written("brand/banner.png", image(256, 256)),
        Problem("brand/banner.png", "is not a name that Home Assistant looks for"),
    ),
    (
        "a rule of the scale that is not answered",
        written("quality_scale.yaml", scale(brands=None)),
        Problem("quality_scale.yaml", "brands is missing"),
    ),
    (
        "a rule that the scale does not have",
        written("quality_scale.yaml", scale(action_setups="done")),
        Problem("quality_scale.yaml", "action-setups is not a rule"),
    ),
    (
        "an answer that is none",
        written("quality_scale.yaml", scale(brands="maybe")),
        Problem("quality_scale.yaml", "brands: 'maybe' is not an answer"),
    ),
    (
        "an exemption without a reason",
        written("quality_scale.yaml", scale(discovery={"status": "exempt"})),
        Problem("quality_scale.yaml", "discovery is exempt without a comment"),
    ),
    # Schemas
    (
        "a schema that is none",
        in_json("schemas/signal.v1.json", lambda it: it.update(type="thing")),
        Problem("schemas/signal.v1.json", "$.type: 'thing' is not valid under any of the given schemas"),
    ),
    (
        "an open schema",
        in_json("schemas/signal.v1.json", lambda it: it.update(additionalProperties=True)),
        Problem("schemas/signal.v1.json", "takes properties that it does not name"),
    ),
    (
        "a schema of another kind",
        in_json("schemas/signal.v1.json", lambda it: it.pop("$schema")),
        Problem("schemas/signal.v1.json", "does not say that it is a JSON Schema of 2020-12"),
    ),
)


@pytest.mark.parametrize(
    ("edit", "problem"), [(edit, problem) for _, edit, problem in DEFECTS], ids=[name for name, *_ in DEFECTS]
)
def test_a_planted_defect_is_found(copy: Path, edit: Edit, problem: Problem) -> None:
    """Given the integration with one defect, then it is named."""
    edit(copy)
    assert problem in problems(Tree(copy.parent.parent))


def test_the_integration_has_none(copy: Path) -> None:
    """Given the integration as it is, then nothing is found."""
    assert problems(Tree(copy.parent.parent)) == []


def test_keys_of_the_manifest_have_an_order(copy: Path) -> None:
    """Given a manifest that begins with its version, then its order is named."""
    manifest = json.loads((copy / MANIFEST).read_text())
    (copy / MANIFEST).write_text(json.dumps({"version": manifest.pop("version"), **manifest}))
    order = ["domain", "name", *sorted(manifest.keys() - {"domain", "name"} | {"version"})]
    assert Problem(MANIFEST, f"keys stand in the order {', '.join(order)}") in problems(Tree(copy.parent.parent))


def test_a_requirement_that_home_assistant_rules_out(copy: Path) -> None:
    """Given a requirement that excludes the version which Home Assistant installs, then it is named."""
    in_json(MANIFEST, lambda it: it.update(requirements=["protobuf<2"]))(copy)
    found = [problem.what for problem in problems(Tree(copy.parent.parent)) if problem.file == MANIFEST]
    assert len(found) == 1
    assert found[0].startswith("protobuf<2 excludes ")


def test_a_selector_that_is_none(copy: Path) -> None:
    """Given a field with a selector that Home Assistant does not have, then it is named."""
    in_yaml(ACTIONS, lambda it: it["cancel_order"]["fields"]["order_id"].update(selector={"dial": {}}))(copy)
    found = [problem.what for problem in problems(Tree(copy.parent.parent)) if problem.file == ACTIONS]
    assert len(found) == 1
    assert found[0].startswith("cancel_order.fields.order_id.selector: ")


def test_images_of_the_right_size_pass(copy: Path) -> None:
    """Given images as Home Assistant wants them and a complete scale, then nothing is found."""
    for name, size in {
        "icon": (256, 256),
        "icon@2x": (512, 512),
        "logo": (300, 128),
        "dark_logo@2x": (512, 700),
    }.items():
        written(f"brand/{name}.png", image(*size))(copy)
    written("quality_scale.yaml", scale(discovery={"status": "exempt", "comment": "A cloud service."}))(copy)
    assert problems(Tree(copy.parent.parent)) == []
