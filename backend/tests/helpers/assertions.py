"""Assertions that say what was expected."""

from typing import Any


def assert_problem(response: Any, status: int, text: str = "", *, field: str | None = None) -> None:
    """The answer is an RFC 9457 problem with this status, this text in its detail, about this field."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("application/problem+json")
    body = response.json()
    assert body["status"] == status
    assert text.lower() in body["detail"].lower()
    if field is not None:
        assert field in [error["field"] for error in body["errors"]]


def assert_page(response: Any, plural: str, ids: list[Any]) -> None:
    """The answer is a page with exactly these entities, in this order."""
    assert response.status_code == 200, response.text
    assert [item["id"] for item in response.json()[plural]] == [str(id_) for id_ in ids]
    assert response.json()["pagination"]["totalItems"] == len(ids)
