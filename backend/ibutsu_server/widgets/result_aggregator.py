"""Results counted by a field."""

import json
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from ibutsu_server.access import Scope, as_uuid_or_none
from ibutsu_server.db.models import Result
from ibutsu_server.db.types import now
from ibutsu_server.filters import Clause
from ibutsu_server.filters.fields import is_array
from ibutsu_server.filters.grammar import shown
from ibutsu_server.filters.grouping import as_json, group_by
from ibutsu_server.widgets.conditions import rows
from ibutsu_server.widgets.parameters import ASKED, Filters, OptionalText, Project, Text
from ibutsu_server.widgets.value_counts import GROUPS, ROWS, count_values
from ibutsu_server.widgets.widget import Answer, Widget

CHOICES = 200
"""Values that are offered for a filter."""


def _is_id(text: str | None) -> str | None:
    if text is not None and as_uuid_or_none(text) is None:
        raise PydanticCustomError("id", "Input should be a valid UUID")
    return text


class ResultAggregator(Widget):
    """How many results there are for each value of a field."""

    id: ClassVar[str] = "result-aggregator"
    title: ClassVar[str] = "Result Aggregation"

    group_field: Text = Field(
        "result", description="Field of the results whose values are counted", json_schema_extra=ASKED
    )
    days: float = Field(
        90, ge=0, le=36500, allow_inf_nan=False, description="How many days to look back; 0 is no limit"
    )
    run_id: Annotated[OptionalText, AfterValidator(_is_id)] = Field(
        None, description="Only results of this run, by its id"
    )
    project: Project = None
    for_filter: bool = Field(default=False, description="Answer the values alone, without counting")
    additional_filters: Filters = None

    def data(self, scope: Scope) -> Answer:
        """The most frequent values first; those of one run are counted whenever it was."""
        of_run = [Clause("run_id", "=", self.run_id)] if self.run_id else []
        found = rows(scope, Result, texts=[self.additional_filters], clauses=of_run)
        counts = count_values(scope, self.project, found.clauses, self.group_field, self._since())
        limit = CHOICES if self.for_filter else GROUPS
        body = [self._entry(value, count) for value, count in counts.values[:limit]]
        warnings = [*found.warnings]
        if group_by(Result, self.group_field) is None:
            warnings.append(f"There is no field {shown(self.group_field)} to group by")
        if not counts.is_complete:
            warnings.append(f"Only the newest {ROWS} results are counted; fewer days or a filter help")
        if len(counts.values) > limit:
            warnings.append(f"Only the {limit} most frequent values are shown; a filter narrows them down")
        return Answer(body, warnings)

    def _since(self) -> datetime | None:
        has_window = self.days and ("days" in self.model_fields_set or not self.run_id)
        return now() - timedelta(days=self.days) if has_window else None

    def _entry(self, value: Any, count: int) -> dict[str, Any]:
        entry = {"_id": json.loads(value) if is_array(self.group_field) else as_json(value)}
        return entry if self.for_filter else {**entry, "count": count}
