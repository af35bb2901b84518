"""Metadata: how new is laid over old, what is lifted out of it, and when two reports are the same."""

import pytest

from ibutsu_server.domain.metadata import fingerprint, merge, promote_user_properties, text_of
from ibutsu_server.errors import Invalid


@pytest.mark.unit
@pytest.mark.parametrize(
    ("old", "new", "merged"),
    [
        (None, {"a": 1}, {"a": 1}),
        ({"a": 1}, {}, {"a": 1}),
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}}, {"a": {"b": 1, "c": 3}}),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"d": 2}}}, {"a": {"b": {"c": 1, "d": 2}}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"b": 1}}, {"a": "text"}, {"a": "text"}),
        ({"a": {"b": 1}}, {"a": [1]}, {"a": [1]}),
        ({"a": "text"}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": [1]}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": 1}, {"a": None}, {"a": 1}),
        ({}, {"a": None}, {"a": None}),
        ({"a": 1}, {"a": False}, {"a": False}),
        ({"a": 1}, {"a": {}}, {"a": {}}),
    ],
)
def test_new_metadata_is_laid_over_old(old, new, merged):
    assert merge(old, new) == merged


@pytest.mark.unit
def test_merge_leaves_what_it_was_given_alone():
    old, new = {"a": {"b": 1}}, {"a": {"c": 2}}
    merge(old, new)["a"]["d"] = 3
    assert (old, new) == ({"a": {"b": 1}}, {"a": {"c": 2}})


@pytest.mark.unit
@pytest.mark.parametrize(
    ("metadata", "promoted"),
    [
        ({"a": 1}, {"a": 1}),
        ({"user_properties": {"a": 1}}, {"a": 1}),
        ({"a": "own", "user_properties": {"a": 1, "b": {"c": 2}}}, {"a": "own", "b": {"c": 2}}),
        ({"a": None, "user_properties": {"a": 1}}, {"a": None}),
        ({"a": 1, "user_properties": {}}, {"a": 1}),
        ({"a": 1, "user_properties": None}, {"a": 1}),
    ],
)
def test_user_properties_move_up_and_replace_nothing(metadata, promoted):
    assert promote_user_properties(metadata) == promoted


@pytest.mark.unit
@pytest.mark.parametrize("properties", ["text", 5, [["a", 1]]])
def test_user_properties_that_are_no_object_are_refused(properties):
    with pytest.raises(Invalid) as refused:
        promote_user_properties({"user_properties": properties})
    assert refused.value.field == "metadata.user_properties"


@pytest.mark.unit
@pytest.mark.parametrize("value", [5, True, ["web"], {"a": 1}])
def test_only_text_goes_into_a_column_of_text(value):
    with pytest.raises(Invalid) as refused:
        text_of({"component": value}, "component")
    assert refused.value.field == "metadata.component"


@pytest.mark.unit
def test_fingerprint_does_not_depend_on_the_order_of_keys():
    assert fingerprint({"a": 1, "b": {"c": 2, "d": 3}}) == fingerprint({"b": {"d": 3, "c": 2}, "a": 1})


@pytest.mark.unit
@pytest.mark.parametrize("other", [{"a": 2}, {"a": "1"}, {"a": [1]}, {"a": 1, "b": None}, {}])
def test_fingerprint_depends_on_everything_else(other):
    assert fingerprint(other) != fingerprint({"a": 1})
