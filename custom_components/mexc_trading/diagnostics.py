"""Diagnostics: counts, kinds and versions. No amounts, no symbols, no ids, nothing that is a key."""

from collections import Counter
from typing import Any

from homeassistant.core import HomeAssistant

from .bridge.read_model import ReadModel
from .coordinator import MexcConfigEntry
from .entry_terms import limits_of
from .model.decision import Decision
from .risk.limits import Limits


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: MexcConfigEntry) -> dict[str, Any]:
    """Describe an account so that trouble can be understood and nothing be learned about the money."""
    del hass
    model = entry.runtime_data.coordinator.data
    return {
        "entry": {
            "version": f"{entry.version}.{entry.minor_version}",
            "mode": model.book,
            "strategies": len(entry.subentries),
            "custom_addresses": not entry.data["rest_url"].startswith("https://api.mexc.com"),
        },
        "limits": _limits(limits_of(entry.options)),
        "book": _book(model),
    }


def _limits(limits: Limits) -> dict[str, Any]:
    """Tell which limits are set, and of those that are no amounts how they are."""
    return {
        "symbols": len(limits.symbols),
        "max_notional_per_order": limits.max_notional_per_order is not None,
        "max_open_positions": limits.max_open_positions is not None,
        "max_daily_loss": limits.max_daily_loss is not None,
        "cooldown_after_loss_s": limits.cooldown_after_loss_s,
        "max_price_age_s": limits.max_price_age_s,
    }


def _book(model: ReadModel) -> dict[str, Any]:
    """Tell how the account's own book is doing."""
    return {
        "connected": model.connected,
        "journal_healthy": model.journal_healthy,
        "journal_records": model.journal_head.seq,
        "clock_offset_ms": model.gauges.clock_offset_ms,
        "mode": model.mode.value,
        "kill_switch": model.kill_switch,
        "holds": dict(Counter(hold.kind.value for hold in model.holds)),
        "positions": len(model.positions),
        "orders": dict(Counter(order.state for order in model.orders)),
        "figures_known": {
            "equity": model.equity is not None,
            "daily_pnl": model.daily_pnl is not None,
            "daily_drawdown": model.daily_drawdown is not None,
        },
        "last_decision": None if model.last_decision is None else _decision(model.last_decision),
    }


def _decision(decision: Decision) -> dict[str, Any]:
    """Tell which rule found what, without the figures."""
    return {
        "verdict": decision.verdict.value,
        "rules": {result.rule.value: result.finding.value for result in decision.results},
    }
