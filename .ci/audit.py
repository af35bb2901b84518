"""Known weaknesses of what this product is made of, and secrets in its files.

    python .ci/audit.py [python | pages | secrets] ... [--must-answer]

Ends with 1 for what `.ci/audit-allowed.toml` does not allow.  Who knows of weaknesses (PyPI, npm's registry)
may be away: that is a warning, or with --must-answer a failure.
"""

import argparse
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import leaks

ROOT = Path(__file__).resolve().parents[1]
ALLOWED = ROOT / ".ci" / "audit-allowed.toml"
SEVERE = {"high", "critical"}
"""Weaknesses of npm packages that only build and test the pages count from here on; of the others all do."""


class UnansweredError(Exception):
    """Who knows of weaknesses did not say anything, or not of everything."""


@dataclass(frozen=True)
class Weakness:
    """`names` are all ids under which it is known."""

    package: str
    version: str
    names: frozenset[str]
    text: str

    def __str__(self) -> str:
        return f"{self.package} {self.version}: {', '.join(sorted(self.names))} {self.text}".rstrip()


@dataclass(frozen=True)
class Accepted:
    """A weakness that has to be lived with, until a day on which somebody looks again."""

    id: str
    package: str
    reason: str
    until: date

    def covers(self, weakness: Weakness) -> bool:
        return self.package == weakness.package and self.id in weakness.names


def exceptions(text: str) -> list[Accepted]:
    """Raises TypeError for one without a reason or an end."""
    return [Accepted(**entry) for entry in tomllib.loads(text).get("weakness", [])]


def told(found: Iterable[Weakness], allowed: Sequence[Accepted], today: date) -> Iterator[str]:
    """What nothing allows, and what is allowed for nothing: a long list would hide the next finding."""
    covered: set[Accepted] = set()
    for weakness in found:
        fitting = [one for one in allowed if one.covers(weakness)]
        covered.update(fitting)
        if not fitting:
            yield str(weakness)
        elif all(one.until < today for one in fitting):
            yield f"{weakness} (was allowed until {fitting[0].until}: {fitting[0].reason})"
    yield from (
        f"{one.package}: {one.id} is allowed, but not found any more: take it out of {ALLOWED.name}"
        for one in allowed
        if one not in covered
    )


def of_python(*options: str) -> list[Weakness]:
    """Of every package of this environment: what the product needs, and what it is tested with."""
    command = [sys.executable, "-m", "pip_audit", "--local", "--skip-editable", "--format=json"]
    done = _run([*command, "--progress-spinner=off", "--timeout=10", *options])
    return python_weaknesses(done.stdout, done.stderr)


def python_weaknesses(answer: str, said: str) -> list[Weakness]:
    """Raises UnansweredError, too, where pip-audit has found nothing because it has found out nothing."""
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        raise UnansweredError(f"pip-audit: {_last_line(said)}") from None
    unknown = [one["name"] for one in packages if "not found on" in one.get("skip_reason", "").lower()]
    if unknown:
        raise UnansweredError(f"{len(unknown)} of {len(packages)} packages are not known, as {unknown[0]}")
    return [
        Weakness(one["name"], one["version"], frozenset({each["id"], *each["aliases"]}), _fix(each))
        for one in packages
        for each in one.get("vulns", [])
    ]


def _fix(weakness: dict[str, Any]) -> str:
    return (
        f"(mended in {', '.join(weakness['fix_versions'])})" if weakness["fix_versions"] else "(not mended)"
    )


def of_pages() -> list[Weakness]:
    """Of the npm packages in the lock file: all of those in the pages, the severe ones of the others."""
    npm = [sys.executable, str(ROOT / "frontend" / "build.py"), "npm", "audit", "--json"]
    done = _run([*npm, "--package-lock-only", "--fetch-retries=1"], ROOT / "frontend")
    return npm_weaknesses(done.stdout, (ROOT / "frontend" / "package-lock.json").read_text())


def npm_weaknesses(answer: str, lock: str) -> list[Weakness]:
    """What is weak only because of what it needs is told once, at its source."""
    try:
        packages = json.loads(answer)["vulnerabilities"]
    except (ValueError, KeyError):
        raise UnansweredError(f"npm audit: {_message(answer)}") from None
    shipped = {
        folder.rpartition("node_modules/")[2]
        for folder, package in json.loads(lock)["packages"].items()
        if not package.get("dev")
    }
    return [
        Weakness(name, via["range"], frozenset({via["url"].rpartition("/")[2]}), via["title"])
        for name, package in packages.items()
        for via in package["via"]
        if isinstance(via, dict) and via["name"] == name and (name in shipped or via["severity"] in SEVERE)
    ]


def _message(answer: str) -> str:
    try:
        return str(json.loads(answer)["message"])
    except (ValueError, KeyError):
        return _last_line(answer)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no answer"])[-1]


def _run(command: Sequence[str], folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - ours


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", nargs="*", choices=["python", "pages", "secrets", []], default=[])
    parser.add_argument("--must-answer", action="store_true", help="fail when nobody tells of weaknesses")
    wanted = parser.parse_args(arguments)
    what = wanted.what or ["python", "pages", "secrets"]
    faults = list(_weaknesses(what, must_answer=wanted.must_answer))
    if "secrets" in what:
        faults += leaks.unknown(ROOT, ALLOWED.read_text())
    for fault in faults:
        _say(fault, "error")
    return 1 if faults else 0


def _weaknesses(what: Sequence[str], *, must_answer: bool) -> Iterator[str]:
    found: list[Weakness] = []
    answered = True
    for source, ask in (("python", of_python), ("pages", of_pages)):
        try:
            found += ask() if source in what else []
        except UnansweredError as error:
            answered = False
            if must_answer:
                yield f"{source}: {error}"
            else:
                _say(f"Known weaknesses could not be asked for, {source}: {error}", "warning")
    allowed = exceptions(ALLOWED.read_text())
    if not (answered and {"python", "pages"} <= set(what)):
        allowed = [one for one in allowed if any(one.covers(weakness) for weakness in found)]
    yield from told(found, allowed, datetime.now(UTC).date())


def _say(text: str, kind: str) -> None:
    """GitHub shows such lines beside the change."""
    sys.stderr.write(f"::{kind}::{text}\n" if os.environ.get("GITHUB_ACTIONS") else f"{kind}: {text}\n")


if __name__ == "__main__":
    sys.exit(main())
