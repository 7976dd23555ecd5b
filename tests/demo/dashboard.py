"""The demonstration's dashboard: built-in cards only, so it is also the example that the documentation shows."""

from collections.abc import Mapping
from typing import Any, Final

from .cockpit import Cockpit

URL_PATH: Final = "demo-trading"


def dashboard(entities: Mapping[str, str]) -> dict[str, Any]:
    """Lay out kill switch, mode, money, drawdown, last decision and order events."""
    return {
        "views": [
            {
                "title": "Trading",
                "type": "sections",
                "max_columns": 3,
                "sections": [
                    _section("Control", _control(entities)),
                    _section("Money", _money(entities)),
                    _section("What happened", _story(entities)),
                ],
            }
        ]
    }


def _section(title: str, cards: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "grid", "cards": [{"type": "heading", "heading": title}, *cards]}


def _control(entities: Mapping[str, str]) -> list[dict[str, Any]]:
    kill = entities["kill_switch"]
    return [
        {
            "type": "tile",
            "entity": kill,
            "color": "red",
            "features": [{"type": "toggle"}],
            "grid_options": {"columns": 12},
        },
        {"type": "tile", "entity": entities["trading_mode"], "grid_options": {"columns": 12}},
        {"type": "tile", "entity": entities["open_positions"]},
        {"type": "tile", "entity": entities["connected"]},
    ]


def _money(entities: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"type": "tile", "entity": entities["equity"], "grid_options": {"columns": 12}},
        {"type": "tile", "entity": entities["daily_pnl"], "grid_options": {"columns": 12}},
        {
            "type": "gauge",
            "entity": entities["daily_drawdown"],
            "min": 0,
            "max": 10,
            "needle": True,
            "severity": {"green": 0, "yellow": 3, "red": 6},
        },
    ]


def _story(entities: Mapping[str, str]) -> list[dict[str, Any]]:
    decision = entities["last_decision"]
    text = f"{{{{ state_attr('{entities['risk']}', 'told') or state_attr('{entities['orders']}', 'told') or '' }}}}"
    return [
        {"type": "tile", "entity": decision, "grid_options": {"columns": 12}},
        {"type": "markdown", "content": text},
        {"type": "logbook", "target": {"entity_id": [entities["orders"]]}, "hours_to_show": 24},
    ]


async def put_up(cockpit: Cockpit) -> None:
    """Make the dashboard, or fill it again."""
    known = await cockpit.ask({"type": "lovelace/dashboards/list"})
    if not any(board["url_path"] == URL_PATH for board in known):
        await cockpit.ask(
            {
                "type": "lovelace/dashboards/create",
                "url_path": URL_PATH,
                "title": "Trading",
                "icon": "mdi:shield-check",
                "mode": "storage",
                "show_in_sidebar": True,
                "require_admin": False,
            }
        )
    config = dashboard(await cockpit.entities())
    await cockpit.ask({"type": "lovelace/config/save", "url_path": URL_PATH, "config": config})
