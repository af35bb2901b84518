"""Data as clients send it."""

from typing import Any
from uuid import uuid4


def run_body(project: str, **values: Any) -> dict[str, Any]:
    """A run as the pytest plugin posts it."""
    return {
        "id": str(uuid4()),
        "source": "local",
        "start_time": "2026-11-01T10:00:00",
        "duration": 1.5,
        "component": None,
        "env": None,
        "summary": {"tests": 2, "failures": 1, "errors": 0, "skips": 0, "xfailures": 0, "xpasses": 0},
        "metadata": {"project": project},
        **values,
    }


def result_body(project: str, run_id: Any = None, **values: Any) -> dict[str, Any]:
    """A result as the pytest plugin posts it."""
    metadata = {"project": project, "statuses": {"call": ["passed", False]}, "fspath": "test_shop.py"}
    if run_id is not None:
        metadata["run"] = str(run_id)
    return {
        "id": str(uuid4()),
        "test_id": "test_shop",
        "start_time": "2026-11-01T10:00:01",
        "duration": 0.25,
        "result": "passed",
        "run_id": str(run_id) if run_id else None,
        "component": None,
        "env": None,
        "source": "local",
        "params": {},
        **values,
        "metadata": {**metadata, **values.get("metadata", {})},
    }


def jenkins_metadata(job_name: str, build_number: str) -> dict[str, Any]:
    url = f"https://jenkins.example.com/job/{job_name}/{build_number}/"
    return {"jenkins": {"job_name": job_name, "build_number": build_number, "build_url": url}}
