"""Where a signed request engages the kill switch, and what it is signed with."""

from datetime import UTC, datetime
import time

from homeassistant.components import webhook
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers.network import NoURLAvailableError

from ..bridge.kill_webhook import kill_webhook_id
from ..const import CONF_KILL_FORMER_UNTIL, CONF_KILL_SECRETS, SECRET_OVERLAP_S
from ..entry_terms import kill_secrets
from .calling import Action, entry_of, person_of


def kill_webhook_actions() -> tuple[Action, ...]:
    """List the actions on the kill switch's webhook. They are a person's, and their answers are what they are for."""
    return (
        Action(
            name="get_kill_webhook",
            handler=_async_get,
            fields={},
            admin=True,
            whole_account=True,
            response=SupportsResponse.ONLY,
        ),
        Action(
            name="make_kill_secret",
            handler=_async_make,
            fields={},
            admin=True,
            whole_account=True,
            response=SupportsResponse.ONLY,
        ),
    )


async def _async_get(call: ServiceCall) -> ServiceResponse:
    """Tell where requests go, and whether there is a secret that they can be signed with."""
    await person_of(call)
    return {"url": _url(call), "secret_made": bool(kill_secrets(entry_of(call), int(time.time())))}


async def _async_make(call: ServiceCall) -> ServiceResponse:
    """Make a secret and show it, once; the former one stays valid for a day, the one before that no longer."""
    await person_of(call)
    entry = entry_of(call)
    now_s = int(time.time())
    replaces = bool(kill_secrets(entry, now_s))
    until_s = now_s + SECRET_OVERLAP_S if replaces else 0
    made = entry.data.get(CONF_KILL_SECRETS, 0) + 1
    call.hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_KILL_SECRETS: made, CONF_KILL_FORMER_UNTIL: until_s}
    )
    return {
        "url": _url(call),
        "secret": kill_secrets(entry, now_s)[0],
        "former_valid_until": datetime.fromtimestamp(until_s, UTC).isoformat() if replaces else None,
    }


def _url(call: ServiceCall) -> str:
    webhook_id = kill_webhook_id(entry_of(call).runtime_data.account.terms.install_secret)
    try:
        return webhook.async_generate_url(call.hass, webhook_id)
    except NoURLAvailableError:
        return webhook.async_generate_path(webhook_id)
