"""The forms of credential sources: what each asks for, and how the answers become a reference. Reads no secret."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import probatio as vol

from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType

from ..bridge.credentials.source import Source
from .address_form import checked_address
from .reading import BadField

_TEXT: Final = TextSelector()
_URL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))


class _Field(NamedTuple):
    """One field of a reference: how it is filled in at first, and what it must be."""

    name: str
    default: str = ""
    url: bool = False
    path: bool = False
    optional: bool = False


_NAMES: Final = (_Field("key_field", "api_key"), _Field("secret_field", "api_secret"))
_TOKEN: Final = _Field("token_file", path=True, optional=True)

FIELDS: Final[Mapping[Source, tuple[_Field, ...]]] = {
    Source.ENVIRONMENT: (_Field("key_variable", "MEXC_API_KEY"), _Field("secret_variable", "MEXC_API_SECRET")),
    Source.FILE: (
        _Field("key_file", "/run/secrets/mexc_api_key", path=True),
        _Field("secret_file", "/run/secrets/mexc_api_secret", path=True),
    ),
    Source.VAULT: (
        _Field("url", "https://", url=True),
        _Field("mount", "secret"),
        _Field("path", "mexc"),
        *_NAMES,
        _Field("namespace", optional=True),
        _TOKEN,
    ),
    Source.ONEPASSWORD: (
        _Field("url", "https://", url=True),
        _Field("vault"),
        _Field("item", "MEXC"),
        *_NAMES,
        _TOKEN,
    ),
    Source.AWS: (
        _Field("secret_id", "mexc"),
        _Field("region", "eu-central-1"),
        *_NAMES,
        _Field("endpoint_url", url=True, optional=True),
    ),
}
"""What is asked for each source that keeps the key outside of Home Assistant."""


def source_schema(source: Source, answers: Mapping[str, Any]) -> vol.Schema:
    """Build a source's form with what was answered, or what is usual, filled in."""
    fields: dict[vol.Marker, TextSelector] = {}
    for field in FIELDS[source]:
        shown = str(answers.get(field.name, field.default))
        marker = vol.Optional if field.optional else vol.Required
        fields[marker(field.name, description={"suggested_value": shown})] = _URL if field.url else _TEXT
    return vol.Schema(fields)


def read_reference(source: Source, answers: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Read a source's form: the reference as it is stored, and errors by field."""
    stored: dict[str, str] = {"source": source.value}
    errors: dict[str, str] = {}
    for field in FIELDS[source]:
        text = str(answers.get(field.name, "")).strip()
        if not text:
            if not field.optional:
                errors[field.name] = "reference_empty"
            continue
        try:
            stored[field.name] = checked_address(text, encrypted="https", plain="http") if field.url else text
        except BadField as bad:
            errors[field.name] = bad.key
        if field.path and not text.startswith("/"):
            errors[field.name] = "path_format"
    return stored, errors
