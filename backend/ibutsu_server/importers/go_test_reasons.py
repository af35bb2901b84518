"""Why a test of Go failed or was skipped, which only its output says."""

import math
import re
from typing import NamedTuple

from ibutsu_server.importers.failures import MESSAGE_CHARACTERS, described
from ibutsu_server.importers.report import JSON

FRAME = re.compile(r"\s*(=== (RUN|PAUSE|CONT|NAME) |--- (PASS|FAIL|SKIP|BENCH): )")
"""Lines that go itself writes around the output of a test."""

_PANIC = re.compile(r"^(panic|fatal error): (.*)", re.MULTILINE)
_RECOVERED = re.compile(r" \[recovered.*?\]\s*\Z")
_RACE = "WARNING: DATA RACE"
_LOCATED = re.compile(r"^[ \t]*([^\s:]+\.go):(\d+): ?(.*(?:\n(?: {8,}|\t).*)*)", re.MULTILINE)
_OF_GO = "testing.go"
_BENCHMARK = re.compile(r"^Benchmark\S*[ \t]+(\d+)[ \t]+([\d.]+ ns/op.*)$", re.MULTILINE)
_MEASURE = re.compile(r"([\d.e+]+) ([\w/%-]+)")


class Crash(NamedTuple):
    kind: str
    message: str


def crash(text: str) -> Crash | None:
    found = _PANIC.search(text)
    return Crash(found[1], _RECOVERED.sub("", found[2][:MESSAGE_CHARACTERS]).strip()) if found else None


def failure(text: str, errors: str) -> JSON:
    """`errors` are the lines that go marks as such, which older versions do not."""
    if (died := _PANIC.search(text)) and (why := crash(text)):
        return place(text) | described(why.kind, why.message, text[died.start() :][:MESSAGE_CHARACTERS])
    located = errors or "".join(f"{one[0].strip()}\n" for one in _LOCATED.finditer(text))
    message = _dedented(located or text)
    return place(errors or text) | described("data race" if _RACE in text else None, message, text)


def place(text: str) -> JSON:
    found = next((one for one in _LOCATED.finditer(text) if one[1] != _OF_GO), None)
    return {"file": found[1], "line": found[2]} if found else {}


def skip_reason(text: str) -> str:
    found = _LOCATED.search(text)
    return _dedented(found[3] if found else text)[:MESSAGE_CHARACTERS]


def measures(text: str) -> JSON:
    """Of a benchmark: `iterations`, `ns/op` and whatever else it measured, as numbers."""
    found = _BENCHMARK.search(text)
    if found is None:
        return {}
    numbers = _MEASURE.findall(found[2])
    return {"iterations": int(found[1][:18])} | {unit: _number(number) for number, unit in numbers[:20]}


def measured_seconds(measured: JSON) -> float | None:
    """Benchmarks do not say how long they ran."""
    once = measured.get("ns/op")
    return measured["iterations"] * once / 1e9 if isinstance(once, float) else None


def _number(text: str) -> float | str:
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def _dedented(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())
