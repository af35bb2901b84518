"""Labels and links of an Allure result as metadata."""

from typing import Any

from ibutsu_server.importers.report import JSON

MOST = 200
VALUE_CHARACTERS = 1000

KNOWN = {
    "parentSuite": "parent_suite",
    "subSuite": "sub_suite",
    "testClass": "test_class",
    "testMethod": "test_method",
    "AS_ID": "allure_id",
    "as_id": "allure_id",
    "ALLURE_ID": "allure_id",
    "tag": "tags",
}
"""Metadata of labels that are called otherwise; `tags` is always a list."""

_TEXTS = frozenset({"env", "component", "project", "framework", "test_class", "test_method"})
"""Never a list: the first one counts."""

_OWN = frozenset({"message", "exception_name", "short_tb", "attempts", "skip_reason", "xfail_reason", "line"})
"""Metadata that labels cannot set."""


def labels(said: Any) -> JSON:
    """A label that is there several times becomes a list."""
    found: dict[str, list[str]] = {}
    for one in said[:MOST] if isinstance(said, list) else ():
        name, value = (one.get("name"), one.get("value")) if isinstance(one, dict) else (None, None)
        if isinstance(name, str) and isinstance(value, str | int | float) and not name.startswith("_"):
            key = KNOWN.get(name, name)[:VALUE_CHARACTERS]
            found.setdefault(key, []).append(str(value)[:VALUE_CHARACTERS])
    return {
        key: values if key == "tags" or (len(values) > 1 and key not in _TEXTS) else values[0]
        for key, values in found.items()
        if key and key not in _OWN
    }


def links(said: Any) -> JSON:
    """`issues`, `test_cases` and `links`: each by its name, with its address."""
    found: dict[str, list[JSON]] = {}
    for one in said[:MOST] if isinstance(said, list) else ():
        if isinstance(one, dict) and isinstance(one.get("url"), str):
            key = {"issue": "issues", "tms": "test_cases"}.get(str(one.get("type")), "links")
            name = one.get("name") if isinstance(one.get("name"), str) else one["url"]
            url = one["url"][:VALUE_CHARACTERS]
            found.setdefault(key, []).append({"name": str(name)[:VALUE_CHARACTERS], "url": url})
    return dict(found)
