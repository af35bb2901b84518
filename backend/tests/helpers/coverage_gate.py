"""Fails when less than 80 % of the lines of a module are covered: the end of `hatch run test-cov`."""

import sys
from pathlib import Path

from coverage import Coverage

LEAST = 80.0


def main() -> int:
    coverage = Coverage()
    coverage.load()
    low = [(name, percent) for name, percent in _modules(coverage) if percent < LEAST]
    for name, percent in low:
        print(f"{name}: {percent:.0f} % of the lines are covered, {LEAST:.0f} % are wanted")  # noqa: T201
    return 1 if low else 0


def _modules(coverage: Coverage) -> list[tuple[str, float]]:
    modules = []
    for name in coverage.get_data().measured_files():
        _, statements, _, missing, _ = coverage.analysis2(name)
        covered = 100 * (1 - len(missing) / len(statements)) if statements else 100
        modules.append((str(Path(name)), covered))
    return sorted(modules)


if __name__ == "__main__":
    sys.exit(main())
