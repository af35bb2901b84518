"""Runs a command with the test suite set to the PostgreSQL server that TEST_POSTGRESQL_URL names."""

import os
import subprocess
import sys

import psycopg

DEFAULT_URL = "postgresql://postgres@127.0.0.1:5432/postgres"


def main(command: list[str]) -> int:
    url = os.environ.setdefault("TEST_POSTGRESQL_URL", DEFAULT_URL)
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        sys.exit(f"No PostgreSQL answers at {url}: set TEST_POSTGRESQL_URL ({str(error).strip()})")
    os.environ["TEST_DATABASE"] = "postgresql"
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
