"""What counts as a failure, and how often there is one."""

FAILED = ("failed", "error")


def failure_percentage(failures: int, executions: int) -> float | None:
    """From 0 to 100, with two decimals; None when nothing was executed.  Skipped tests were not."""
    return round(100 * failures / executions, 2) if executions else None
