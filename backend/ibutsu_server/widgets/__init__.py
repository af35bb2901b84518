"""The widgets there are."""

from ibutsu_server.widgets.importance_component import ImportanceComponent
from ibutsu_server.widgets.widget import Widget

WIDGETS: dict[str, type[Widget]] = {widget.id: widget for widget in (ImportanceComponent,)}
