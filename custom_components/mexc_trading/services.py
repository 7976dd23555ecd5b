"""The actions, registered once, without regard to accounts; what they do stands in ``actions``.

An action that can move money is for administrators when a person calls it; automations pass, and the risk engine is
the gate for both.
"""

import probatio as vol

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import service

from .actions.backtests import backtest_actions
from .actions.calling import ACCOUNT, BOOK
from .actions.holds import hold_actions
from .actions.journal import journal_actions
from .actions.kill_webhook import kill_webhook_actions
from .actions.orders import order_actions
from .actions.paper import paper_actions
from .actions.signals import signal_actions
from .actions.stages import stage_actions
from .bridge.intake import Intake
from .const import DOMAIN


@callback
def async_register_actions(hass: HomeAssistant, intake: Intake) -> None:
    """Register every action."""
    rows = (
        *signal_actions(intake),
        *order_actions(),
        *hold_actions(),
        *kill_webhook_actions(),
        *journal_actions(),
        *stage_actions(),
        *paper_actions(),
        *backtest_actions(),
    )
    for action in rows:
        schema = vol.Schema(ACCOUNT | ({} if action.whole_account else BOOK) | action.fields)
        if action.admin:
            service.async_register_admin_service(hass, DOMAIN, action.name, action.handler, schema, action.response)
        else:
            hass.services.async_register(DOMAIN, action.name, action.handler, schema, action.response)
