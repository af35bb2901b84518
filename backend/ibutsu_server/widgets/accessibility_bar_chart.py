"""Accessibility checks of some runs, counted."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, ClassVar

import yaml
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import Select

from ibutsu_server.access import Scope, as_uuid, as_uuid_or_none
from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact
from ibutsu_server.errors import Invalid, NotFound
from ibutsu_server.widgets.parameters import Ids
from ibutsu_server.widgets.widget import Answer, Widget

RUNS = 50
"""Runs in one answer."""

FILES = 200
"""Files that are read for one answer."""

LARGEST = 1024 * 1024
"""Bytes of a file that is read."""

FILENAME = "axe_run_data.yaml"
COUNTS = ("passes", "violations")

_NUMBER = re.compile(r"[0-9]{1,15}")


def _are_ids(texts: list[str]) -> list[str]:
    if any(as_uuid_or_none(text) is None for text in texts):
        raise PydanticCustomError("ids", "Input should be valid UUIDs")
    return texts


class AccessibilityBarChart(Widget):
    """How many accessibility checks of some runs passed, and how many found a violation."""

    id: ClassVar[str] = "accessibility-bar-chart"
    title: ClassVar[str] = "Accessibility Bar Chart"

    read: ClassVar[Callable[[str, int, int], Iterable[bytes]]]
    """The bytes of an object of the storage; whoever has a storage sets it."""

    run_list: Annotated[Ids, AfterValidator(_are_ids)] = Field(description="Ids of the runs")

    def data(self, scope: Scope) -> Answer:
        """Passes and violations, each the sum over the files of the runs, and the total of both."""
        found = list(db.session.scalars(self._files(scope)))
        sums, warnings = dict.fromkeys(COUNTS, 0), list(self._cut(len(found)))
        told = False
        for artifact in found[:FILES]:
            try:
                counts = _counts(_content(artifact))
            except (Invalid, NotFound) as error:
                warnings.append(f"{FILENAME} of the run {artifact.run_id} was left out: {error.message}")
                continue
            told = True
            sums = {name: sums[name] + counts[name] for name in COUNTS}
        return Answer(_chart(sums) if told else None, warnings)

    def _files(self, scope: Scope) -> Select[Any]:
        runs = [as_uuid(id_) for id_ in self.run_list[:RUNS]]
        return (
            scope.select(Artifact)
            .where(Artifact.run_id.in_(runs), Artifact.result_id.is_(None), Artifact.filename == FILENAME)
            .order_by(Artifact.upload_date, Artifact.id)
            .limit(FILES + 1)
        )

    def _cut(self, files: int) -> Iterator[str]:
        if len(self.run_list) > RUNS:
            yield f"Only the first {RUNS} of {len(self.run_list)} runs are counted"
        if files > FILES:
            yield f"Only the first {FILES} files are counted; name fewer runs"


def _content(artifact: Artifact) -> bytes:
    if artifact.size > LARGEST:
        raise Invalid(f"it has more than {LARGEST} bytes")
    start = artifact.storage_offset or 0
    return b"".join(AccessibilityBarChart.read(artifact.storage_key, start, start + artifact.size))


def _counts(content: bytes) -> dict[str, int]:
    """The numbers at the top of a YAML document; what stands around them is never built."""
    counts: dict[str, int] = {}
    try:
        for key, value in _entries(content):
            if key in COUNTS and _NUMBER.fullmatch(value):
                counts[key] = int(value)
            if len(counts) == len(COUNTS):
                return counts
    except yaml.YAMLError:
        raise Invalid("it is no YAML") from None
    missing = " and ".join(name for name in COUNTS if name not in counts)
    raise Invalid(f"it has no number of {missing}")


def _entries(content: bytes) -> Iterator[tuple[str, str]]:
    """Each key of the outermost mapping with its value; what is no scalar is empty."""
    depth, key = 0, None
    for event in yaml.parse(content, Loader=yaml.CBaseLoader):
        if depth == 0 and isinstance(event, yaml.ScalarEvent | yaml.SequenceStartEvent):
            raise Invalid("it is no mapping")
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth == 1 and isinstance(event, yaml.ScalarEvent | yaml.AliasEvent | yaml.CollectionEndEvent):
            text = event.value if isinstance(event, yaml.ScalarEvent) else ""
            if key is not None:
                yield key, text
            key = text if key is None else None
        depth += isinstance(event, yaml.CollectionStartEvent)


def _chart(sums: dict[str, int]) -> list[dict[str, Any]]:
    """`ratio` is in percent."""
    total = sum(sums.values())
    bars: list[dict[str, Any]] = [
        {"x": name, "y": number, "ratio": round(100 * number / total, 2) if total else 0.0}
        for name, number in sums.items()
    ]
    return [*bars, {"total": total}]
