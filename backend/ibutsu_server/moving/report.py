"""What is not as it was: a line of JSON for each row that was left out, or is different in the copy."""

from collections import Counter
from pathlib import Path
from threading import Lock
from typing import Any

import orjson

from ibutsu_server.errors import Invalid


class Report:
    """Lines are written before the rows they are about: whatever happens, nothing is left out silently.

    A move that goes on where it was writes to the same file, where lines may repeat.
    `left` are the numbers by noun, place and reason, `different` those by noun and reason.
    """

    def __init__(self, path: Path, **about: Any) -> None:
        self.path = path
        self.left: Counter[tuple[str, str | None, str]] = Counter()
        self.different: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()
        try:
            path.touch(mode=0o600)
            self._file = path.open("ab")
        except OSError as error:
            raise Invalid(f"The report {path} cannot be written ({error.strerror}): see --report") from None
        self._write(about)

    def left_out(
        self, noun: str, id_: str, reason: str, *, place: str | None = None, called: str | None = None
    ) -> None:
        fate = {"what": noun, "id": id_, "fate": "left out", "reason": reason}
        with self._lock:
            self.left[noun, place, reason] += 1
            self._write({**fate, "called": called, "project": place})

    def changed(self, noun: str, id_: str, reason: str, was: str | None = None) -> None:
        with self._lock:
            self.different[noun, reason] += 1
            self._write({"what": noun, "id": id_, "fate": "changed", "reason": reason, "was": was})

    def flush(self) -> None:
        with self._lock:
            self._file.flush()

    def close(self) -> None:
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        told = {name: value for name, value in line.items() if value is not None}
        self._file.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE))
