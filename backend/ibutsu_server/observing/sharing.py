"""A folder in which several processes keep their numbers, so that one of them can show those of all."""

import atexit
import os
import shutil
import tempfile

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus_client looks when it is loaded, in this process and in those that it starts."""


def share() -> None:
    """Before prometheus_client is loaded.  The folder goes with this process, and not with one of its own."""
    folder = tempfile.mkdtemp(prefix="ibutsu-metrics-")
    os.environ[VARIABLE] = folder
    owner = os.getpid()

    def tidy() -> None:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(tidy)
