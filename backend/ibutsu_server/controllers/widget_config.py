"""Widget configs over HTTP."""

from ibutsu_server import filters, pages, serialize
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope
from ibutsu_server.db.models import WidgetConfig
from ibutsu_server.domain import widget_configs


def get_widget_config_list(filter_: list[str] | None = None, page: int = 1, page_size: int = 25) -> JSON:
    statement = widget_configs.matching(scope().select(WidgetConfig), filters.parse(filter_))
    order = (WidgetConfig.weight, WidgetConfig.id)
    found = pages.take(statement, order=order, page=page, page_size=page_size)
    return serialize.page("widgets", found, serialize.widget_config)


def add_widget_config(body: JSON) -> tuple[JSON, int]:
    return serialize.widget_config(widget_configs.add(scope("maintainer"), body)), 201


def get_widget_config(id_: str) -> JSON:
    return serialize.widget_config(scope().get(WidgetConfig, id_))


def update_widget_config(id_: str, body: JSON) -> JSON:
    caller = scope("maintainer")
    config = caller.get(WidgetConfig, id_, lock=True)
    widget_configs.change(caller, config, body)
    return serialize.widget_config(config)


def delete_widget_config(id_: str) -> str:
    widget_configs.delete(scope("maintainer").get(WidgetConfig, id_, lock=True))
    return "OK"
