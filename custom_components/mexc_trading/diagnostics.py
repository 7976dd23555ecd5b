"""Diagnostics: counts, kinds and versions. No amounts, no symbols, no ids, nothing that is a key."""

from collections import Counter
from typing import Any

from homeassistant.core import HomeAssistant

from .coordinator import MexcConfigEntry
from .entry_terms import limits_of


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: MexcConfigEntry) -> dict[str, Any]:
    """Describe an account so that trouble can be understood and nothing be learned about the money."""
    del hass
    runtime = entry.runtime_data
    model = runtime.coordinator.data
    limits = limits_of(entry.options)
    decision = model.last_decision
    return {
        "entry": {
            "version": f"{entry.version}.{entry.minor_version}",
            "mode": model.book,
            "strategies": len(entry.subentries),
            "custom_addresses": not entry.data["rest_url"].startswith("https://api.mexc.com"),
        },
        "limits": {
            "symbols": len(limits.symbols),
            "max_notional_per_order": limits.max_notional_per_order is not None,
            "max_open_positions": limits.max_open_positions is not None,
            "max_daily_loss": limits.max_daily_loss is not None,
            "cooldown_after_loss_s": limits.cooldown_after_loss_s,
            "max_price_age_s": limits.max_price_age_s,
        },
        "book": {
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
            "last_decision": None
            if decision is None
            else {
                "verdict": decision.verdict.value,
                "rules": {result.rule.value: result.finding.value for result in decision.results},
            },
        },
    }
