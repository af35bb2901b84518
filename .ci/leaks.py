"""Secrets in the tracked files: keys, tokens and passwords that nobody has looked at and found harmless."""

import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.core.scan import scan_file
from detect_secrets.settings import transient_settings

GUESSES = {"KeywordDetector", "Base64HighEntropyString", "HexHighEntropyString"}
"""Of what looks like a password or is only random: examples are full of both, so there they are not asked."""

EXAMPLES = ("backend/tests/", "deploy/", "docs/", "frontend/src/api/schema.d.ts", ".ci/audit-allowed.toml")
EXAMPLE_ENDINGS = (".test.ts", ".test.tsx", "package-lock.json")


@dataclass(frozen=True)
class Leak:
    """`hash` is the SHA-1 of the secret, which so is not written down once more."""

    file: str
    kind: str
    hash: str
    line: int


def unknown(root: Path, allowed: str) -> list[str]:
    """Sentences on the secrets that the list does not allow, and on lines of the list that have no secret."""
    harmless = {entry["hash"] for entry in tomllib.loads(allowed).get("harmless", [])}
    found = list(_leaks(root))
    new = [
        f"{one.file}:{one.line}: {one.kind}; if it is none, list the hash {one.hash} as harmless"
        for one in found
        if one.hash not in harmless
    ]
    gone = sorted(harmless - {one.hash for one in found})
    return new + [f"{hash_} is listed as harmless, but is not there any more" for hash_ in gone]


def _leaks(root: Path) -> Iterator[Leak]:
    kinds: Iterable[type] = get_mapping_from_secret_type_to_class().values()
    every = {kind.__name__ for kind in kinds}
    names = _tracked(root)
    examples = [name for name in names if name.startswith(EXAMPLES) or name.endswith(EXAMPLE_ENDINGS)]
    yield from _scanned(root, sorted(set(names) - set(examples)), every)
    yield from _scanned(root, examples, every - GUESSES)


def _scanned(root: Path, names: list[str], plugins: set[str]) -> Iterator[Leak]:
    with transient_settings({"plugins_used": [{"name": name} for name in sorted(plugins)]}):
        for name in names:
            for found in scan_file(str(root / name)):
                yield Leak(name, found.type, found.secret_hash, found.line_number)


def _tracked(root: Path) -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True)  # noqa: S607
    return [name for name in listed.stdout.split("\0") if name and (root / name).is_file()]
