"""The venue's addresses as a form: encrypted, or on this very machine."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final

import probatio as vol
from yarl import URL

from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType

from ..const import CONF_REST_URL, CONF_STREAM_URL, REST_URL_DEFAULT, STREAM_URL_DEFAULT
from .reading import BadField

_SCHEMES: Final = {CONF_REST_URL: ("https", "http"), CONF_STREAM_URL: ("wss", "ws")}
"""For each address the encrypted scheme, and the plain one that is taken on the loopback only."""

_URL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))


def address_fields(current: Mapping[str, object]) -> dict[vol.Marker, TextSelector]:
    """Give the form's fields with the present addresses filled in."""
    return {
        vol.Required(CONF_REST_URL, default=current.get(CONF_REST_URL, REST_URL_DEFAULT)): _URL,
        vol.Required(CONF_STREAM_URL, default=current.get(CONF_STREAM_URL, STREAM_URL_DEFAULT)): _URL,
    }


def read_addresses(answers: Mapping[str, object]) -> dict[str, str]:
    """Read both addresses. Raises :class:`BadField`."""
    return {
        key: checked_address(str(answers[key]), encrypted=encrypted, plain=unencrypted)
        for key, (encrypted, unencrypted) in _SCHEMES.items()
    }


def checked_address(text: str, *, encrypted: str, plain: str) -> str:
    """Check one address: a plain scheme, host and path; credentials, queries and fragments have no place here.

    Raises :class:`BadField`; the ``plain`` scheme is taken on the loopback only.
    """
    try:
        url = URL(text.strip().rstrip("/"))
    except ValueError as error:
        raise BadField("address_format") from error
    if not url.host or url.user or url.password or url.query_string or url.fragment:
        raise BadField("address_format")
    if url.scheme == encrypted or (url.scheme == plain and _is_loopback(url.host)):
        return str(url)
    raise BadField("address_not_encrypted" if url.scheme == plain else "address_format")


def _is_loopback(host: str) -> bool:
    """Whether a host is this machine without asking anybody; a name that merely resolves to it is not."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
