"""Databases of earlier and of made-up later versions, and what a migration may do while servers run."""

import io
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection

from ibutsu_server.db import upgrade

LARGE = "runs|results|artifacts|run_tallies|daily_tallies|audit_entries"
"""Tables whose rows take long to read or to write anew."""

TAKEN_AWAY = {
    "drops something that code of before may use": r"\bDROP (TABLE|COLUMN|DEFAULT|TYPE|VIEW)\b",
    "renames something that code of before may use": r"\bRENAME\b",
    "wants a value that code of before may not give": r"\bSET NOT NULL\b",
    "changes a type, and writes every row anew": r"\bALTER COLUMN \S+ TYPE\b",
    "adds a column that code of before does not fill": r"\bADD COLUMN (?!.*\bDEFAULT\b).*\bNOT NULL\b",
    "adds a rule that rows of code of before may break": r"\bADD CONSTRAINT (?!.*\bNOT VALID\b)",
    "adds a unique index, which is a rule as well": r"\bCREATE UNIQUE INDEX\b",
}
HELD_UP = {
    "lets writers of a large table wait: CONCURRENTLY": (
        rf"\bCREATE (UNIQUE )?INDEX (?!CONCURRENTLY\b).* ON ({LARGE})\b"
    ),
    "changes rows of a large table while it is locked: a task can": rf"\b(UPDATE|DELETE FROM) ({LARGE})\b",
}


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Commits at the end."""
    with upgrade._engine(url) as engine, engine.begin() as connection:
        yield connection


def upgrade_to(url: str, revision: str) -> None:
    with connected(url) as connection:
        command.upgrade(upgrade._config(connection), revision)


def version(folder: Path, number: str, before: str, body: str, marks: str) -> None:
    """A migration of a version that there is not."""
    lines = [line.rstrip() for line in body.splitlines() if line.strip()]
    text = (
        f'"""Made up."""\nimport sqlalchemy as sa\nfrom alembic import op\nrevision = "{number}"\n'
        f'down_revision = "{before}"\n{marks}\n\ndef upgrade():\n    '
        + "\n    ".join(lines or ["pass"])
        + "\n"
    )
    (folder / "versions" / f"{number}_made_up.py").write_text(text)


def copy_of_migrations(folder: Path) -> Path:
    """What a later version has is this and more."""
    return Path(
        shutil.copytree(
            upgrade.MIGRATIONS, folder / "migrations", ignore=shutil.ignore_patterns("__pycache__")
        )
    )


def statements(migration: ModuleType) -> list[str]:
    """What it says to PostgreSQL."""
    out = io.StringIO()
    options = {"as_sql": True, "output_buffer": out}
    context = MigrationContext.configure(dialect_name="postgresql", opts=options)
    with Operations.context(context):
        migration.upgrade()
    return [" ".join(statement.split()) for statement in out.getvalue().split(";")]


def faults(migration: ModuleType) -> list[str]:
    """Why it must not be done while servers of the version before are running."""
    rules = HELD_UP if migration.phase == "contract" else TAKEN_AWAY | HELD_UP
    told = statements(migration)
    made = {found[1] for one in told if (found := re.match(r"CREATE TABLE (\S+)", one))}
    about_old = [one for one in told if not _is_about(made, one)]
    return [
        why
        for why, pattern in rules.items()
        if any(re.search(pattern, one, re.IGNORECASE) for one in about_old)
    ]


def _is_about(tables: set[str], statement: str) -> bool:
    """Whoever has made a table just now is alone with it."""
    found = re.search(r"(?:ALTER TABLE(?: ONLY)?|INDEX .*? ON|INSERT INTO|CREATE TABLE) (\S+)", statement)
    return bool(found) and found[1] in tables
