"""How subtests of TAP lie in each other: their names, their plans, and which point is the sum of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ibutsu_server.errors import Invalid
from ibutsu_server.importers.tap_point import Inner, Point

MOST = 50


@dataclass(frozen=True)
class Plan:
    first: int
    last: int
    reason: str

    @property
    def size(self) -> int:
        return max(self.last - self.first + 1, 0)

    @property
    def skips(self) -> str | None:
        """Why nothing is run."""
        word, _, reason = self.reason.partition(" ")
        return reason.strip() if not self.size and word.lower().startswith("skip") else None


@dataclass
class Level:
    """`name` is that of the next subtest, `inner` what the subtests since the last point were."""

    indent: int
    name: str = ""
    plan: Plan | None = None
    points: int = 0
    expected: int = 1
    has_failed: bool = False
    has_bailed_out: bool = False
    inner: Inner = field(default_factory=Inner)
    opened: Point | None = None

    def begin(self) -> Inner:
        inner, self.inner, self.name = self.inner, Inner(), ""
        return inner

    def count(self, number: int | None) -> int | None:
        """Returns which test was expected, where it was another."""
        expected = self.expected
        self.points += 1
        self.expected = (expected if number is None else number) + 1
        return expected if number not in (None, expected) else None

    @property
    def missing(self) -> str:
        """What is wrong with the number of tests."""
        if self.has_bailed_out:
            return ""
        if self.plan is None:
            return "There is no plan: the stream may be cut off" if self.indent == 0 and self.points else ""
        if self.points == self.plan.size:
            return ""
        return f"{self.plan.size} tests were planned, {self.points} came"


class Levels:
    """Those around what is being read, the outermost first."""

    def __init__(self) -> None:
        self._levels: list[Level] = []

    @property
    def has_begun(self) -> bool:
        return any(level.points or level.plan for level in self._levels)

    @property
    def expects_points(self) -> bool:
        """Before the plan, where that comes last."""
        return not self._levels or self._levels[0].plan is None

    def at(self, indent: int, line: int) -> Level:
        """The innermost one, which begins where there is none so deep."""
        if not self._levels or self._levels[-1].indent < indent:
            self._levels.append(Level(indent))
        if len(self._levels) > MOST:
            raise Invalid(f"line {line}: subtests are nested more than {MOST} levels deep")
        return self._levels[-1]

    def names(self) -> list[str]:
        return [level.name for level in self._levels[:-1]]

    def leave(self, indent: int) -> Iterator[tuple[list[str], Level]]:
        """The levels that end because a line is less deep than they are, the innermost first."""
        while self._levels and self._levels[-1].indent > indent:
            names, level = self.names(), self._levels.pop()
            if self._levels:
                self._levels[-1].inner.add(level.points, has_failed=level.has_failed)
            yield names, level

    def settle(self, point: Point) -> bool:
        """Whether the point only sums up subtests that are results themselves."""
        level = next(one for one in reversed(self._levels) if one.indent <= point.indent)
        level.has_failed |= point.has_failed
        return point.is_sum

    def open(self, point: Point) -> None:
        level = self._levels[-1]
        level.opened, level.name = point, point.name

    def close(self, indent: int) -> Point | None:
        """The point whose subtest ends."""
        level = self._levels[-1] if self._levels else None
        if level is None or level.indent != indent or level.opened is None:
            return None
        point, level.opened = level.opened, None
        point.inner = level.begin()
        return point

    def bail_out(self) -> None:
        for level in self._levels:
            level.has_bailed_out = True
