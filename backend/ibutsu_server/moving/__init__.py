"""Moving in from the database of an Ibutsu 3 server: what is there is copied, under the ids that it has.

There is no bookmark: a row whose id is here has been moved.  So a move can be killed at any moment and begun
again, and a later one copies what has come since.  Rows that are here are never changed.
"""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from flask import Flask
from sqlalchemy import select

from ibutsu_server.domain import audit, tallying
from ibutsu_server.domain.tallying import REST
from ibutsu_server.moving import dashboards, files, people, projects, results, runs, summary
from ibutsu_server.moving.comparison import compare
from ibutsu_server.moving.move import Move
from ibutsu_server.moving.progress import Progress
from ibutsu_server.moving.report import Report
from ibutsu_server.moving.source import Source

ACTOR = "migrate-from-ibutsu"


class Order(NamedTuple):
    """What is asked for; no projects are all of them."""

    source: str
    report: Path
    projects: Sequence[str] = ()
    is_dry: bool = False


def move_in(app: Flask, order: Order) -> bool:
    """In an application context.  Whether everything is here, or there is a reason why it is not."""
    audit.act(user_email=ACTOR)
    report = Report(order.report, move="dry run" if order.is_dry else "begun")
    with closing(report), closing(Source(order.source)) as source:
        move = Move(
            source,
            report,
            Progress(0),
            app.config["STORAGE"],
            is_dry=order.is_dry,
            is_partial=bool(order.projects),
        )
        _move_small(move, order.projects)
        _move_large(move)
        return _end(move)


def _move_small(move: Move, wanted: Sequence[str]) -> None:
    people.move_groups(move)
    people.move_users(move)
    people.move_tokens(move)
    projects.move_projects(move, wanted)
    projects.move_members(move)
    dashboards.move_dashboards(move)
    dashboards.move_widgets(move)
    projects.set_default_dashboards(move)
    for raw in move.source.read(select(*move.source.columns("imports"))):
        if raw["status"] not in {"done", "error"}:
            move.report.left_out("import", raw["id"], "it was not finished: upload the file again")


def _move_large(move: Move) -> None:
    """Project by project, each in the order of its runs: what belongs together is stored together."""
    chosen = list(move.places) if move.is_partial else None
    counted = [move.source.counted(part, chosen) for part in ("run", "result", "artifact")]
    move.progress = Progress(sum(move.source.count(statement) for statement in counted))
    for place in [*move.places, *([] if move.is_partial else [None])]:
        for page in move.source.run_pages(results.of_place(move, move.source.runs.c.project_id, place)):
            here, new = runs.move_runs(move, page)
            results.move_of_runs(move, page, here, new)
            files.move_of_runs(move, page, here)
        results.move_of_none(move, place)
        files.move_of_none(move, place)
    if not move.is_partial:
        files.move_left_over(move)


def _end(move: Move) -> bool:
    if move.is_dry:
        summary.say_plan(move)
        return True
    move.progress.say("Counting the values of fields, for widgets")
    tallying.tally(REST * 0)
    move.progress.say("Comparing")
    lines = list(compare(move))
    audit.tell("create", "move", name=move.source.name, changes=summary.numbers(lines))
    move.commit()
    return summary.say(move, lines)
