"""Rows grouped by a field: columns, metadata, and what is neither."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql

from ibutsu_server.db import db
from ibutsu_server.db.models import Result, Run, User
from ibutsu_server.filters.grouping import as_json, by_code_points, group_by


def _counts(entity, field):
    value = group_by(entity, field)
    rows = db.session.execute(select(value, func.count()).select_from(entity).group_by(value))
    return dict(rows.all())


@pytest.mark.integration
def test_column_is_grouped_by_its_values(make_result):
    for component in ("web", "web", None):
        make_result(component=component)
    assert _counts(Result, "component") == {"web": 2, None: 1}


@pytest.mark.integration
def test_metadata_is_grouped_by_its_text(make_run):
    for build in (9, "9", 10, True, None):
        make_run(metadata={"jenkins": {"build_number": build}})
    make_run(metadata={})
    expected = {"9": 2, "10": 1, "true": 1, None: 2}
    assert _counts(Run, "metadata.jenkins.build_number") == expected
    assert _counts(Run, "data.jenkins.build_number") == expected


@pytest.mark.integration
def test_list_is_grouped_as_a_whole_and_a_null_is_a_value(make_result):
    for tags in (["x"], ["x"], None, "x"):
        make_result(metadata={"tags": tags})
    make_result(metadata={})
    assert _counts(Result, "metadata.tags") == {'["x"]': 2, "null": 1, '"x"': 1, None: 1}


@pytest.mark.integration
def test_counts_that_are_calculated_can_be_grouped(make_run):
    make_run(summary={"tests": 4, "failures": 1})
    assert _counts(Run, "summary.pass_percent") == {75: 1}


@pytest.mark.unit
@pytest.mark.parametrize("field", ["", "colour", "metadata", "metadata.", "data..x", "run", "is_visible()"])
def test_unknown_field_is_none(field):
    assert group_by(Result, field) is None


@pytest.mark.unit
@pytest.mark.parametrize(
    "field", ['metadata.a"b', "metadata.a b", "metadata.a\0", "metadata.\ud800", "metadata.ä"]
)
def test_what_no_filter_can_name_is_no_field(field):
    assert group_by(Result, field) is None


@pytest.mark.unit
@pytest.mark.parametrize(
    ("entity", "field"), [(User, "password_hash"), (Result, "fingerprint"), (Run, "fingerprint")]
)
def test_hidden_column_is_no_field(entity, field):
    assert group_by(entity, field) is None


@pytest.mark.unit
def test_depth_is_bounded():
    assert group_by(Result, "metadata" + ".x" * 20) is not None
    assert group_by(Result, "metadata" + ".x" * 21) is None


@pytest.mark.unit
def test_ids_and_times_are_text_for_clients():
    assert as_json(UUID(int=1)) == "00000000-0000-0000-0000-000000000001"
    assert as_json(datetime(2026, 11, 1, tzinfo=UTC)) == "2026-11-01T00:00:00Z"
    assert [as_json(value) for value in ("text", 1.5, None)] == ["text", 1.5, None]


@pytest.mark.unit
@pytest.mark.parametrize("value", [Result.env, func.coalesce(func.nullif(Result.env, ""), "unknown")])
def test_text_of_every_kind_is_ordered_by_code_points(value):
    """Whatever the locale of PostgreSQL: SQLite knows no other order."""
    assert 'COLLATE "C"' in str(by_code_points(value).compile(dialect=postgresql.dialect()))
