"""Dashboards and the widgets on them, also those that this server does not know."""

from ibutsu_server.db.models import Dashboard, User, WidgetConfig
from ibutsu_server.db.types import JSONObject
from ibutsu_server.domain.widget_configs import WEIGHT, WIDTH, faults
from ibutsu_server.moving import store
from ibutsu_server.moving.move import Move
from ibutsu_server.moving.source import Raw
from ibutsu_server.moving.store import Row
from ibutsu_server.moving.values import LeftOut, Notes, document, id_of, id_or_none
from ibutsu_server.widgets import WIDGETS, declared


def move_dashboards(move: Move) -> None:
    def dashboard(raw: Raw, notes: Notes) -> Row:
        user_id = id_or_none(raw["user_id"])
        if user_id is not None and not move.is_dry and not store.there(User, {user_id}):
            notes.add("its user is gone: it belongs to all of its project", raw["user_id"])
            user_id = None
        project_id = move.project_of(raw)
        if project_id is None and user_id is None and raw["user_id"] is not None:
            raise LeftOut("its user is gone")  # it would be everybody's
        return {
            "id": id_of(raw["id"]),
            "title": raw["title"],
            "description": raw["description"] or "",
            "filters": raw["filters"] or "",
            "project_id": project_id,
            "user_id": user_id,
            "days": None,
            "refresh_seconds": None,
        }

    move.copy("dashboard", Dashboard, move.placed("dashboards"), dashboard)


def move_widgets(move: Move) -> None:
    def widget(raw: Raw, notes: Notes) -> Row:
        if not raw["widget"]:
            raise LeftOut("it does not say which widget it is")
        type_ = raw["type"] or "widget"
        dashboard_id = id_or_none(raw["dashboard_id"])
        if dashboard_id is not None and not move.is_dry and not store.there(Dashboard, {dashboard_id}):
            raise LeftOut("its dashboard is gone")
        return {
            "id": id_of(raw["id"]),
            "type": type_,
            "widget": raw["widget"],
            "title": raw["title"],
            "weight": WEIGHT if raw["weight"] is None else raw["weight"],
            "width": WIDTH,
            "params": _params(raw, notes),
            "navigable": True if raw["navigable"] is None and type_ == "view" else raw["navigable"],
            "project_id": move.project_of(raw),
            "dashboard_id": dashboard_id,
        }

    move.copy("widget config", WidgetConfig, move.placed("widget_configs"), widget)


def _params(raw: Raw, notes: Notes) -> JSONObject | None:
    """Under the names of today; what cannot be shown is kept, so that somebody can put it right."""
    params = document(raw["params"], "params", notes)
    if raw["widget"] not in WIDGETS:
        notes.add("this server has no such widget: it is kept, and shows nothing", raw["widget"])
        return params
    kept = declared(raw["widget"], params)
    dropped = {
        name for name, value in (params or {}).items() if name not in kept and value not in kept.values()
    }
    if dropped:
        notes.add("the widget has no such parameters: they are gone", ", ".join(sorted(dropped)))
    for field, message in faults(raw["widget"], kept):
        notes.add("a parameter is not what the widget takes: it stays as it is", f"{field}: {message}")
    return kept
