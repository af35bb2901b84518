"""What heatmaps of runs have in common: rows of cells, each row with its trend."""

import json
from collections.abc import Sequence
from typing import Any

from ibutsu_server.filters.fields import is_array
from ibutsu_server.filters.grammar import shown
from ibutsu_server.filters.grouping import as_json
from ibutsu_server.widgets.rates import slope
from ibutsu_server.widgets.widget import Answer

GROUPS = 500
"""Rows that one heatmap can have."""

CELLS = 20_000
"""Cells that one heatmap of builds can have: with many builds it has fewer rows."""

Cell = list[Any]
"""Pass rate in percent, id of the run, annotations, build."""


def cut_groups(count: int) -> str:
    return f"Only the first {count} groups are shown; additional_filters narrow them down"


def cut_runs(count: int) -> str:
    return f"Only the newest {count} runs were looked at; additional_filters narrow them down"


def without_groups(field: str, warnings: Sequence[str]) -> Answer:
    """Of a field that does not exist (any more)."""
    return Answer({"heatmap": {}}, [*warnings, f"There is no field {shown(field)} to group by"])


def name(group: Any, field: str) -> str:
    """The value of a group as the key of a JSON object; of lists, the databases have different notations."""
    value = json.loads(group) if group is not None and is_array(field) else as_json(group)
    return value if isinstance(value, str) else json.dumps(value)


def missing(build: str) -> Cell:
    """Where a group has no run in a build."""
    return ["Build failed", "None", None, build]


def row(cells: Sequence[Cell], *, fewest: int = 2) -> list[Cell]:
    """The trend of the cells, which are in the order of time, before them."""
    rates = [rate for rate, *_ in cells if not isinstance(rate, str)]
    return [[slope(rates, fewest=fewest), 0], *cells]
