"""People who look for failures and pipelines that report, for Locust: `load.measure` starts it with these.

A page is what the web pages ask for, in the same order and as much at the same time; its time is that from
the first request to the last answer.  Everything else that is counted is one request.
"""

import os
import random
import time
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from gevent.pool import Group
from locust import FastHttpUser, between, constant_pacing, task

PROJECT, PROJECT_OF_PIPELINES = os.environ["LOAD_PROJECT"], os.environ["LOAD_PROJECT_OF_PIPELINES"]
HEADERS = {"Authorization": f"Bearer {os.environ['LOAD_TOKEN']}", "Accept": "application/json"}
TRACEBACK = "\n".join(f'  File "/usr/src/shop/cart.py", line {line}, in total' for line in range(60))
OUTCOMES = ("passed",) * 17 + ("failed", "skipped", "xfailed")
TESTS = 60
MARKERS = [{"name": "tier1", "args": [], "kwargs": {}}]

Question = tuple[str, str]
"""A name that is the same for all that ask it, and the path with its query."""


class _Visitor(FastHttpUser):
    abstract = True

    def ask(self, question: Question) -> Any:
        name, path = question
        with self.client.get(path, name=name, headers=HEADERS, catch_response=True) as answer:
            if answer.status_code != 200:
                answer.failure(f"{answer.status_code} {answer.text[:200]}")
                return {}
            return answer.json()


class Person(_Visitor):
    """Opens the list of runs, a run that failed, one of its failures; now and then looks for something."""

    fixed_count = int(os.environ["LOAD_PEOPLE"])
    wait_time = between(5, 15)

    @task(4)
    def follow_a_failure(self) -> None:
        runs = self._runs().get("runs", [])
        self.wait()
        failed = [run for run in runs if run["summary"]["failures"]] or runs
        if not failed:
            return
        run = random.choice(failed)["id"]
        groups = self._run(run).get("groups", [])
        results = [one["id"] for group in groups for one in group["results"]]
        self.wait()
        if results:
            self._result(run, random.choice(results))

    @task(1)
    def look_at_failed_results(self) -> None:
        about = f"filter=project_id={PROJECT}&filter=result=failed&page=1&pageSize=20"
        shown = [*_HEAD, *_FILTERS, ("results", f"/api/result?{about}")]
        self._page("failed results", shown)

    @task(1)
    def look_at_a_tree(self) -> None:
        runs = self._runs().get("runs", [])
        self.wait()
        if runs:
            run = random.choice(runs)["id"]
            self._page("tree", [*_HEAD, *_of_run(run), ("tests", f"/api/run/{run}/tests")])

    def _runs(self) -> Any:
        about = f"filter=project_id={PROJECT}&page={random.randint(1, 5)}&pageSize=20"

        def compare(answers: dict[str, Any]) -> list[Question]:
            ids = "&".join(f"id={run['id']}" for run in answers["runs"].get("runs", []))
            return [("comparisons", f"/api/runs/comparisons?{ids}")] if ids else []

        return self._page("runs", [*_HEAD, *_FILTERS, ("runs", f"/api/run?{about}")], compare)["runs"]

    def _run(self, run: str) -> Any:
        return self._page("run", [*_HEAD, *_of_run(run)])["failures"]

    def _result(self, run: str, result: str) -> None:
        self._page(
            "result",
            [
                *_HEAD,
                *_of_run(run),
                ("result", f"/api/result/{result}"),
                ("history", f"/api/result/{result}/history?same=environment&limit=50"),
                ("artifacts", f"/api/artifact?resultId={result}&pageSize=500"),
            ],
        )

    def _page(self, name: str, shown: Iterable[Question], then: Any = None) -> dict[str, Any]:
        begun = time.perf_counter()
        answers = self._ask_together(shown)
        if then:
            answers |= self._ask_together(then(answers))
        is_whole = all(answers.values())
        self.environment.events.request.fire(
            request_type="page",
            name=name,
            response_time=(time.perf_counter() - begun) * 1000,
            response_length=0,
            exception=None if is_whole else RuntimeError("a part of the page is missing"),
            context={},
        )
        return answers

    def _ask_together(self, questions: Iterable[Question]) -> dict[str, Any]:
        group, answers = Group(), {}

        def ask(question: Question) -> None:
            answers[question[0]] = self.ask(question)

        for question in questions:
            group.spawn(ask, question)
        group.join()
        return answers


_HEAD: list[Question] = [("user", "/api/user"), ("project", f"/api/project/{PROJECT}")]
_FILTERS: list[Question] = [
    ("fields", f"/api/project/filter-params/{PROJECT}"),
    ("saved filters", f"/api/saved-filter?project_id={PROJECT}&pageSize=500"),
]


def _of_run(run: str) -> list[Question]:
    return [
        ("run", f"/api/run/{run}"),
        ("failures", f"/api/run/{run}/failures"),
        ("comparison", f"/api/runs/comparisons?id={run}"),
    ]


class Pipeline(_Visitor):
    """Reports a test each second, as a runner does whose tests take so long; a failure with its log."""

    fixed_count = int(os.environ["LOAD_PIPELINES"])
    wait_time = constant_pacing(1)

    def on_start(self) -> None:
        time.sleep(random.random())
        self._begin()

    @task
    def report(self) -> None:
        if self._left == 0:
            self._end()
            self._begin()
            return
        self._left -= 1
        outcome = random.choice(OUTCOMES)
        result = {
            "id": str(uuid.uuid4()),
            "run_id": self._run["id"],
            "project_id": PROJECT_OF_PIPELINES,
            "test_id": f"tests/test_cart.py::test_total_{self._left}",
            "start_time": datetime.now(UTC).isoformat(),
            "duration": random.random(),
            "result": outcome,
            "component": "cart",
            "env": "stage",
            "source": "load",
            "params": {"browser": "firefox", "number": self._left},
            "metadata": {
                "markers": [{"name": "tier1", "args": [], "kwargs": {}}],
                "fspath": "tests/test_cart.py",
            },
        }
        if outcome == "failed":
            result["metadata"] |= {"exception_name": "AssertionError", "short_tb": TRACEBACK}
        self._send("POST", "/api/result", json=result)
        if outcome == "failed":
            self._attach(result["id"])

    def _begin(self) -> None:
        self._left = TESTS
        self._run = {
            "id": str(uuid.uuid4()),
            "project_id": PROJECT_OF_PIPELINES,
            "component": "cart",
            "env": "stage",
            "source": "load",
            "start_time": datetime.now(UTC).isoformat(),
            "metadata": {"build": str(random.randint(1, 1000)), "branch": "main"},
        }
        self._send("POST", "/api/run", json=self._run)

    def _end(self) -> None:
        self._send("PUT", "/api/run/{id}", f"/api/run/{self._run['id']}", json=self._run)

    def _attach(self, result: str) -> None:
        boundary = uuid.uuid4().hex
        fields = {"resultId": result, "filename": "traceback.log"}
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        file = 'Content-Disposition: form-data; name="file"; filename="file"\r\nContent-Type: text/plain'
        body = f"{''.join(parts)}--{boundary}\r\n{file}\r\n\r\n{TRACEBACK}\r\n--{boundary}--\r\n"
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        self._send("POST", "/api/artifact", data=body.encode(), headers=headers)

    def _send(self, method: str, name: str, path: str | None = None, **request: Any) -> None:
        headers = {**HEADERS, **request.pop("headers", {})}
        asked = self.client.request(
            method, path or name, name=name, headers=headers, catch_response=True, **request
        )
        with asked as answer:
            if answer.status_code not in (200, 201):
                answer.failure(f"{answer.status_code} {(answer.text or '')[:200]}")
