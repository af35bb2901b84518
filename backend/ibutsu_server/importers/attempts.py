"""A test that was tried several times in one run is one result, which keeps what each attempt was like."""

from collections.abc import Sequence

from ibutsu_server.importers.report import JSON

MOST = 100
"""Attempts that are kept of one result: the first ones, and the last."""

FAILED = ("failed", "error")
_OWN = ("result", "duration", "start_time")
_REASONS = ("exception_name", "message", "short_tb", "skip_reason", "xfail_reason")


def joined(bodies: Sequence[JSON]) -> JSON:
    """One body of those of all attempts, the oldest first: the last one says how the test ended.

    `metadata.attempts` is their number, and `metadata.flaky` tells of a test that failed before it passed.
    """
    last = bodies[-1]
    if len(bodies) == 1:
        return last
    metadata = {**last["metadata"], "attempts": len(bodies)}
    if last["result"] == "passed" and any(body["result"] in FAILED for body in bodies):
        metadata["flaky"] = True
    kept = [*bodies[: MOST - 1], last] if len(bodies) > MOST else bodies
    return {**last, "metadata": metadata, "attempts": [_attempt(body) for body in kept]}


def _attempt(body: JSON) -> JSON:
    own = {name: body[name] for name in _OWN if body.get(name) is not None}
    metadata = body.get("metadata") or {}
    return own | {name: metadata[name] for name in _REASONS if metadata.get(name)}
