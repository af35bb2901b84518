"""The API specification: `openapi.yaml` and one file per noun beside it, merged into one document."""

import copy
import functools
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import yaml

NOUNS = (
    "run",
    "run_details",
    "result",
    "result_details",
    "batch",
    "artifact",
    "import",
    "project",
    "search",
    "saved_filter",
    "member",
    "retention",
    "usage",
    "group",
    "dashboard",
    "widget",
    "widgets_of_runs",
    "widgets_of_results",
    "widgets_of_tests",
    "widget_config",
    "user",
    "session",
    "login",
    "sign_in",
    "account",
    "health",
    "task",
    "audit",
    "admin_user",
    "admin_project",
    "admin_worker",
)


def document() -> dict[str, Any]:
    """The whole specification, every `$ref` local to it.  The caller owns the copy."""
    return copy.deepcopy(_merged())


@functools.cache
def schema(name: str) -> dict[str, Any]:
    """One schema of the specification by name, every `$ref` in it replaced by what it leads to; not to be
    changed.
    """
    found: dict[str, Any] = _inlined(_merged()["components"]["schemas"][name])
    return found


def _inlined(node: Any) -> Any:
    if isinstance(node, list):
        return [_inlined(part) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return schema(node["$ref"].rpartition("/")[2])
    return {key: _inlined(part) for key, part in node.items()}


@functools.cache
def _merged() -> dict[str, Any]:
    whole = _load("openapi")
    for fragment in map(_load, NOUNS):
        _add(whole["paths"], fragment["paths"])
        for kind, named in fragment["components"].items():
            _add(whole["components"][kind], named)
    return whole


def _add(known: dict[str, Any], more: dict[str, Any]) -> None:
    _refuse_repeated([*known, *more])
    known.update(more)


def _load(name: str) -> dict[str, Any]:
    text = files(__name__).joinpath(f"{name}.yaml").read_text("utf-8")
    part: dict[str, Any] = yaml.load(text, _UniqueKeyLoader)  # noqa: S506 - it is a safe loader
    return part


class _UniqueKeyLoader(yaml.SafeLoader):
    """YAML forbids a key twice in one mapping, but PyYAML silently keeps the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        _refuse_repeated(str(key.value) for key, _ in node.value)
        return super().construct_mapping(node, deep)


def _refuse_repeated(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"The specification has {name} twice")
        seen.add(name)
