"""The database of an Ibutsu 3 server, after section 3 of its reference, and what is put into it."""

import json
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

SCHEMA = """
CREATE TABLE groups (id {id} PRIMARY KEY, name text, data jsonb);
CREATE TABLE users (
    id {id} PRIMARY KEY, email text NOT NULL UNIQUE, _password text, name text, activation_code text,
    is_superadmin boolean NOT NULL DEFAULT false, is_active boolean NOT NULL DEFAULT false,
    group_id {id} REFERENCES groups (id)
);
CREATE TABLE projects (
    id {id} PRIMARY KEY, name text, title text, owner_id {id} REFERENCES users (id),
    group_id {id} REFERENCES groups (id), default_dashboard_id {id}
);
CREATE TABLE users_projects (
    user_id {id} REFERENCES users (id), project_id {id} REFERENCES projects (id),
    PRIMARY KEY (user_id, project_id)
);
CREATE TABLE runs (
    id {id} PRIMARY KEY, component text, env text, source text,
    created timestamp NOT NULL DEFAULT now(), start_time timestamp NOT NULL DEFAULT now(),
    duration double precision, data jsonb, summary jsonb, project_id {id} REFERENCES projects (id)
);
CREATE TABLE results (
    id {id} PRIMARY KEY, component text, env text, source text, result text, test_id text, data jsonb,
    params jsonb, duration double precision, start_time timestamp NOT NULL DEFAULT now(),
    project_id {id} REFERENCES projects (id), run_id {id} {of_run}
);
CREATE TABLE artifacts (
    id {id} PRIMARY KEY, result_id {id}, run_id {id}, filename text, data jsonb, content bytea,
    upload_date timestamp NOT NULL DEFAULT now()
);
CREATE TABLE imports (
    id {id} PRIMARY KEY, filename text, format text, status text, data jsonb,
    created timestamp NOT NULL DEFAULT now()
);
CREATE TABLE import_files (
    id {id} PRIMARY KEY, import_id {id} NOT NULL REFERENCES imports (id) ON DELETE CASCADE, content bytea
);
CREATE TABLE dashboards (
    id {id} PRIMARY KEY, title text, description text DEFAULT '', filters text DEFAULT '',
    project_id {id} REFERENCES projects (id), user_id {id} REFERENCES users (id)
);
ALTER TABLE projects ADD FOREIGN KEY (default_dashboard_id) REFERENCES dashboards (id);
CREATE TABLE widget_configs (
    id {id} PRIMARY KEY, navigable boolean, title text, type text, widget text, weight integer, params jsonb,
    project_id {id} REFERENCES projects (id), dashboard_id {id} REFERENCES dashboards (id)
);
CREATE TABLE tokens (
    id {id} PRIMARY KEY, name text NOT NULL, token text NOT NULL, expires timestamp,
    user_id {id} REFERENCES users (id)
);
CREATE INDEX ON runs (project_id);
CREATE INDEX ON results (run_id);
CREATE INDEX ON results (project_id);
CREATE INDEX ON artifacts (run_id);
CREATE INDEX ON artifacts (result_id);
"""


class OldServer:
    """Rows go in as they are said; `ids` is the type of the ids, and only a `sound` one has foreign keys."""

    def __init__(self, url: str, *, ids: str = "uuid", sound: bool = True) -> None:
        self.url = url.replace("postgresql+psycopg", "postgresql")
        self._new_id = "gen_random_uuid()" if ids == "uuid" else "gen_random_uuid()::text"
        self._connection = psycopg.connect(self.url, autocommit=True)
        self._connection.execute(SCHEMA.format(id=ids, of_run="REFERENCES runs (id)" if sound else ""))

    def close(self) -> None:
        self._connection.close()

    def add(self, table: str, **values: Any) -> str:
        """Returns the id, a new one unless it is said."""
        row = values if table == "users_projects" else {"id": str(uuid4()), **values}
        document = {"data", "summary", "params"}
        said = [
            json.dumps(value) if name in document and not isinstance(value, str | None) else value
            for name, value in row.items()
        ]
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() * len(row)),
        )
        self._connection.execute(statement, said)
        return str(row.get("id", ""))

    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []

    def fill(self, project: str, *, runs: int, results: int, artifacts: int = 1, size: int = 100) -> None:
        """Runs with so many results each, of which so many have a file of `size` bytes."""
        self.run(
            """
            INSERT INTO runs (id, project_id, start_time, component, env, data, summary)
            SELECT NEW_ID, %s, timestamp '2026-01-01' + n * interval '1 minute',
                   'component', 'env', jsonb_build_object('build', n), jsonb_build_object('tests', %s::int)
            FROM generate_series(1, %s::int) AS n
            """.replace("NEW_ID", self._new_id),
            project, results, runs,
        )  # fmt: skip
        self.run(
            """
            INSERT INTO results (id, project_id, run_id, test_id, result, duration, start_time, env,
                                 component, data, params)
            SELECT NEW_ID, runs.project_id, runs.id, 'test_' || n,
                   CASE WHEN n %% 10 = 0 THEN 'failed' ELSE 'passed' END, 0.5,
                   runs.start_time + n * interval '1 second', 'env', 'component',
                   jsonb_build_object('run', runs.id, 'tags', jsonb_build_array('a', 'b'),
                                      'jenkins', jsonb_build_object('build_number', n %% 7)),
                   '{"browser": "chrome"}'
            FROM runs, generate_series(1, %s::int) AS n WHERE runs.project_id = %s
              AND NOT EXISTS (SELECT FROM results WHERE results.run_id = runs.id)
            """.replace("NEW_ID", self._new_id),
            results, project,
        )  # fmt: skip
        self.run(
            """
            INSERT INTO artifacts (id, result_id, filename, content, data)
            SELECT NEW_ID, results.id, 'traceback.log',
                   convert_to(rpad(results.id::text, %s::int, 'x'), 'UTF8'),
                   '{"contentType": "text/plain"}'
            FROM results WHERE results.project_id = %s
              AND results.test_id IN (SELECT 'test_' || n FROM generate_series(1, %s::int) AS n)
              AND NOT EXISTS (SELECT FROM artifacts WHERE artifacts.result_id = results.id)
            """.replace("NEW_ID", self._new_id),
            size, project, artifacts,
        )  # fmt: skip
