"""Keywords and control structures of Robot Framework: what failed in them, and what they logged."""

from collections import deque

TRACE_CHARACTERS = 512 * 1024
"""What is told of failed steps; of the log, which is cut at its beginning, twice as much is kept."""

TRACE_LINES = 5000
MESSAGE_CHARACTERS = 64 * 1024
ARGUMENTS = 20
ARGUMENT_CHARACTERS = 500

STEPS = frozenset(
    {
        "kw",
        "for",
        "iter",
        "if",
        "branch",
        "try",
        "while",
        "group",
        "var",
        "return",
        "break",
        "continue",
        "error",
    }
)
TRACED = frozenset({"FAIL", "ERROR", "WARN", "SKIP", "DEBUG"})
"""Levels of messages that help to understand a failure."""

FAILED = ("FAIL", "SKIP")

Attributes = dict[str, str]


class Step:
    """`mark` is how many lines the trace had before it; none where it is full."""

    __slots__ = ("arguments", "depth", "mark", "name", "said")

    def __init__(self, tag: str, attributes: Attributes, depth: int, mark: int | None) -> None:
        self.name = _name(tag, attributes)
        self.said = attributes.get("type", "").lower()
        self.depth = depth
        self.mark = mark
        self.arguments: list[str] = []

    def add_argument(self, text: str) -> None:
        if len(self.arguments) < ARGUMENTS:
            self.arguments.append(text[:ARGUMENT_CHARACTERS])

    @property
    def line(self) -> str:
        return "  " * self.depth + "    ".join([self.name, *self.arguments])


def _name(tag: str, attributes: Attributes) -> str:
    """`Library.Keyword`, after the word for a setup or teardown."""
    if tag != "kw":
        said = (attributes.get(name, "") for name in ("type", "condition", "flavor", "name"))
        return " ".join([tag.upper() if tag != "branch" else "", *filter(None, said)]).strip()[:500]
    owner = attributes.get("owner") or attributes.get("library") or ""
    name = attributes.get("name") or attributes.get("kwname") or ""
    kind = attributes.get("type", "").upper()
    word = "" if kind in ("", "KW", "KEYWORD") else f"{kind} "
    return f"{word}{owner}{'.' if owner else ''}{name}"[:500]


class Trace:
    """The failed steps of a test or a setup, outermost first, with their messages; what passed is forgotten.

    Steps that failed inside of one that passed, as in TRY, were expected to.
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._lines: list[str] = []
        self._size = 0
        self._log: deque[str] = deque()
        self._log_size = 0
        self._is_cut = False

    def begin(self, tag: str, attributes: Attributes) -> None:
        self.steps.append(
            Step(tag, attributes, len(self.steps), len(self._lines) if self._has_room else None)
        )
        if self._has_room:
            self._lines.append("")

    @property
    def _has_room(self) -> bool:
        return len(self._lines) < TRACE_LINES and self._size < TRACE_CHARACTERS

    def end(self, status: str) -> None:
        step = self.steps.pop()
        if step.mark is None:
            return
        if status in FAILED:
            self._lines[step.mark] = step.line
            self._size += len(step.line)
        else:
            self._size -= sum(map(len, self._lines[step.mark :]))
            del self._lines[step.mark :]

    def add(self, time: str, level: str, text: str) -> None:
        self._add_to_log(f"{time} {level:5} {self.steps[-1].name if self.steps else ''}: {text}\n")
        if level in TRACED and self._has_room:
            indent = "  " * len(self.steps)
            line = indent + f"{level}: {text}".replace("\n", f"\n{indent}")
            self._size += len(line)
            self._lines.append(line)

    def _add_to_log(self, line: str) -> None:
        self._log.append(line)
        self._log_size += len(line)
        while self._log_size > 2 * TRACE_CHARACTERS:
            self._log_size -= len(self._log.popleft())
            self._is_cut = True

    def told(self) -> str:
        return "\n".join(self._lines)

    def log(self) -> str:
        return ("[the beginning was left out]\n" if self._is_cut else "") + "".join(self._log)
