"""`go test -json`: one result of each test, subtest and benchmark, and of packages that break without one."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from ibutsu_server.errors import Invalid
from ibutsu_server.importers import lines
from ibutsu_server.importers.go_test_held import Held
from ibutsu_server.importers.go_test_output import Outputs
from ibutsu_server.importers.go_test_package import ENDS, Ended, Package, between
from ibutsu_server.importers.report import JSON, File, Format, Part, Run, Warned
from ibutsu_server.importers.tries import test_id
from ibutsu_server.importers.values import instant

ACTIONS = frozenset(
    {
        *("start", "run", "pause", "cont", "output", "attr", "artifacts", "build-output", "build-fail"),
        *ENDS,
    }
)
LOOKED_AT = 200
"""Lines of the beginning among which an event must be."""

RUNNING = 50_000
"""Tests and packages that run at the same time, which are held in memory."""

BUILDS = 1000
"""Failed builds whose output is kept, up to so much of each."""

BUILD_CHARACTERS = 16 * 1024
NAME_CHARACTERS = 2000
"""Of tests, packages and builds; longer names are cut and still told apart."""

_BUILD = re.compile(rb"# (\S+(?: \[\S+\])?)$")
_ENVIRONMENT = re.compile(r"(goos|goarch|cpu): (.{1,200})\n")
_COVERAGE = re.compile(r"coverage: (\d{1,3}(?:\.\d{1,9})?)% of statements")


def recognises(head: bytes, _filename: str) -> bool:
    if b'"Action"' not in head and b'"\0A\0c\0t\0i\0o\0n\0"' not in head:
        return False
    return any(_event(line) is not None for line in lines.head(head)[:LOOKED_AT])


def parse(file: BinaryIO, _filename: str) -> Iterator[Part]:
    reader = _Reader()
    try:
        for number, line in enumerate(lines.lines(file), 1):
            yield from reader.read(number, line)
        yield from reader.end()
    finally:
        reader.close()


def _event(line: bytes) -> JSON | None:
    if not line.startswith(b"{"):
        return None
    try:
        event: Any = orjson.loads(line.replace(*lines.WITHOUT_NUL))
    except orjson.JSONDecodeError:
        return None
    action = event.get("Action")
    is_event = isinstance(action, str) and action in ACTIONS
    return event if is_event and ("Package" in event or "Test" in event or action in _ALONE) else None


_ALONE = frozenset({"start", "output", "build-output", "build-fail", "pass", "fail", "skip"})
"""What `go tool test2json` says of a package that it was not told the name of."""


def _text(event: JSON, name: str) -> str:
    value = event.get(name)
    return value if isinstance(value, str) else ""


def _name(event: JSON, name: str) -> str:
    return _shortened(_text(event, name))


def _shortened(name: str) -> str:
    return name if len(name) <= NAME_CHARACTERS else test_id(name) or ""


class _Reader:
    """`_builds` are the outputs of builds; `_log` is what belongs to no test."""

    def __init__(self) -> None:
        self._outputs = Outputs()
        self._log = self._outputs.begin()
        self._held = Held()
        self._packages: dict[str, Package] = {}
        self._builds: dict[str, str] = {}
        self._building: str | None = None
        self._metadata: JSON = {"tool": "go test"}
        self._counts = {"events": 0, "packages": 0, "coverages": 0, "running": 0}
        self._times: tuple[str, str] | None = None

    def close(self) -> None:
        self._outputs.close()

    def read(self, number: int, line: bytes) -> Iterator[Part]:
        event = _event(line)
        if event is not None:
            self._counts["events"] += 1
            yield from self._take(event, number)
        elif line.strip():
            self._take_stray(line)
            if line.startswith(b"{"):
                yield Warned(f"line {number}: is no event of go test; it is in output.log only")

    def _take_stray(self, line: bytes) -> None:
        """Older versions write what fails to build between the events."""
        if header := _BUILD.match(line):
            self._building = _shortened(header[1].decode("utf-8", "replace"))
        text = f"{line.decode('utf-8', 'replace')}\n"
        self._log.write(text)
        if self._building is not None:
            self._note_build(self._building, text)

    def _note_build(self, name: str, text: str) -> None:
        if name in self._builds or len(self._builds) < BUILDS:
            said = self._builds.get(name, "")
            if len(said) < BUILD_CHARACTERS:
                self._builds[name] = said + text[:BUILD_CHARACTERS]

    def _take(self, event: JSON, number: int) -> Iterator[Part]:
        self._building = None
        time = self._clock(_text(event, "Time"))
        action, test = event["Action"], _name(event, "Test")
        if action.startswith("build-"):
            self._note_build(_name(event, "ImportPath"), _text(event, "Output"))
            self._log.write(_text(event, "Output"))
            return
        if self._counts["running"] + len(self._packages) > RUNNING:
            raise Invalid(f"line {number}: more than {RUNNING} tests run at the same time")
        package = self._package(_name(event, "Package"), time)
        if test:
            yield from self._take_of_test(package, test, event, number)
        elif action == "output":
            self._take_output(package, _text(event, "Output"))
        elif action in ENDS:
            yield from self._end_package(package, event)

    def _clock(self, text: str) -> str | None:
        """The instant of an event, where it says one."""
        time = instant(text) if text else None
        if time is not None:
            first, last = self._times or (time, time)
            self._times = min(first, time), max(last, time)
        return time

    def _package(self, name: str, time: str | None) -> Package:
        found = self._packages.get(name)
        if found is None:
            found = self._packages[name] = Package(name, time, self._outputs)
            self._counts["packages"] += 1
        found.now = time or found.now
        return found

    def _take_of_test(self, package: Package, test: str, event: JSON, number: int) -> Iterator[Part]:
        before = len(package.running)
        ended = package.take(test, event, number)
        self._counts["running"] += len(package.running) - before
        if ended is not None:
            yield from self._held.add(ended)

    def _take_output(self, package: Package, text: str) -> None:
        package.output.write(text)
        self._log.write(text)
        if found := _ENVIRONMENT.fullmatch(text):
            self._metadata[found[1]] = found[2].strip()
        elif found := _COVERAGE.match(text):
            self._counts["coverages"] += 1
            self._metadata["coverage"] = float(found[1])

    def _end_package(self, package: Package, event: JSON) -> Iterator[Part]:
        del self._packages[package.name]
        self._counts["running"] -= len(package.running)
        name = _name(event, "FailedBuild")
        builds = (name, package.name, f"{package.name} [{package.name}.test]")
        build = next((self._builds[one] for one in builds if one in self._builds), "")
        yield from self._all(package.end(event, build))

    def _all(self, ended: Iterator[Ended]) -> Iterator[Part]:
        for one in ended:
            yield from self._held.add(one)

    def end(self) -> Iterator[Part]:
        """What is still open was cut off."""
        if not self._counts["events"]:
            raise Invalid("There is no event of go test in the file")
        for package in self._packages.values():
            yield from self._all(package.cut_off())
        yield from self._held.all()
        if self._log:
            yield File(None, "output.log", "output.log", self._log.content())
        yield self._run()

    def _run(self) -> Run:
        metadata = self._metadata | {"packages": self._counts["packages"]}
        if self._counts["coverages"] != 1:
            metadata.pop("coverage", None)
        first, last = self._times or (None, None)
        return Run({"start_time": first, "duration": between(first, last), "metadata": metadata}, "the run")


GO_TEST = Format("go-test", recognises, parse)
