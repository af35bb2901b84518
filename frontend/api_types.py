"""Makes src/api/schema.d.ts from the specification that is served; `--check` says whether it is current."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from build import Frontend, NotBuiltError, run_script

from ibutsu_server import openapi

SCHEMA = Path("src", "api", "schema.d.ts")


def generate(frontend: Frontend) -> int:
    with tempfile.TemporaryDirectory() as folder:
        served = Path(folder, "openapi.json")
        served.write_text(json.dumps(openapi.document()))
        return run_script(frontend, "api-types", [str(served)])


def check(frontend: Frontend) -> int:
    """Leave the file as it was: who is told that it is old decides when to change it."""
    path = frontend.folder / SCHEMA
    before = path.read_bytes() if path.exists() else None
    code = generate(frontend)
    after = path.read_bytes() if path.exists() else None
    if code or before == after:
        return code
    if before is None:
        path.unlink()
    else:
        path.write_bytes(before)
    sys.stderr.write(f"{path} is not what the specification says: hatch run api-types\n")
    return 1


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; end with 1 if it is old")
    wanted = parser.parse_args(arguments)
    try:
        return check(Frontend()) if wanted.check else generate(Frontend())
    except NotBuiltError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
