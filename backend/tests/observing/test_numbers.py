"""Numbers for Prometheus: what is counted when, and that a scrape never hangs."""

import re
import socket
import threading
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import yaml
from helpers.processes import free_port
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine, text

from ibutsu_server import observing
from ibutsu_server.db import db, pool, slow_statements
from ibutsu_server.db.engine import engine_options
from ibutsu_server.domain import ingestion
from ibutsu_server.errors import NotFound, SettingsError, Unavailable
from ibutsu_server.observing import exposition
from ibutsu_server.observing.counting import counting
from ibutsu_server.observing.readings import Reading
from ibutsu_server.storage import Storage
from ibutsu_server.tasks.gauges import Gauges

pytestmark = pytest.mark.integration


@pytest.fixture
def scrape(number):
    """Opens the port, with what shall be read with each scrape; what it returns asks for the numbers."""

    def listen(read=lambda: ()):
        port = free_port()
        exposition.listen(exposition.Address("127.0.0.1", port), counting.book.registry, read)

        def ask():
            answer = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=20).text
            families = text_string_to_metric_families(answer)
            samples = [sample for family in families for sample in family.samples]
            return {(one.name, *one.labels.values()): one.value for one in samples}

        return ask

    return listen


def test_new_things_are_counted_and_repeated_ones_are_not(api, make_project, number):
    project = make_project()
    run = {"id": str(uuid4()), "metadata": {"project": project.name}}
    result = {"id": str(uuid4()), "run_id": run["id"], "metadata": {"project": project.name}}
    for _ in range(2):
        assert api.post("/api/run", json=run).status_code in (200, 201)
        assert api.post("/api/result", json=result).status_code in (200, 201)
    files = {"file": ("a.txt", b"12345")}
    api.post("/api/artifact", data={"resultId": result["id"], "filename": "a.txt"}, files=files)
    names = ("runs_stored", "results_stored", "artifacts_stored", "artifact_stored_bytes")
    assert [number(f"ibutsu_{name}_total") for name in names] == [1, 1, 1, 5]
    assert number("ibutsu_storage_operations_total", operation="put", outcome="done") == 1


def test_batches_and_reports_are_counted(api, make_project, number):
    project = make_project()
    lines = [{"id": str(uuid4()), "metadata": {"project": project.name}} for _ in range(3)]
    assert api.post("/api/results", json=[*lines, lines[0]]).status_code == 201
    file = {"importFile": ("r.xml", b"<testsuite/>")}
    assert api.post("/api/import", data={"project": project.name}, files=file).status_code == 201
    assert number("ibutsu_results_stored_total") == 3
    assert number("ibutsu_imports_accepted_total") == 1
    kind = "copy" if db.engine.dialect.name == "postgresql" else "insert"
    assert number("ibutsu_db_statement_duration_seconds_count", kind=kind) > 0


def test_what_is_not_committed_is_not_counted(app_context, db_session, number):
    db_session.execute(text("SELECT 1"))
    ingestion.note(results=1)
    db_session.rollback()
    with db_session.begin_nested() as savepoint:
        ingestion.note(results=2)
        savepoint.rollback()
    with db_session.begin_nested():
        ingestion.note(results=4)
    assert number("ibutsu_results_stored_total") == 0
    db_session.execute(text("SELECT 1"))
    db_session.commit()
    assert number("ibutsu_results_stored_total") == 4


def test_without_a_book_nothing_is_noted(app_context, db_session):
    ingestion.note(results=1)
    assert not [key for key in db_session().info if "ingestion" in str(key)]


def test_failures_of_the_storage_are_counted(number, tmp_path):
    storage = Storage.open(tmp_path.as_uri())
    with pytest.raises(NotFound):
        storage.size("nothing")
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable):
        storage.put("file/below", [b"x"])
    operations = "ibutsu_storage_operations_total"
    assert number(operations, operation="size", outcome="missing") == 1
    assert number(operations, operation="put", outcome="failed") == 1


def test_statements_and_connections_are_counted(number, tmp_path):
    url = f"sqlite:///{tmp_path}/file.db"
    engine = create_engine(url, **engine_options(url, statement_timeout_seconds=5, is_counted=True))
    slow_statements.watch(engine, slow_seconds=0)
    pool.watch(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (a)"))
        connection.execute(text("INSERT INTO t VALUES (1)"))
        connection.execute(text("WITH x AS (SELECT 1) SELECT * FROM x"))
        assert number("ibutsu_db_pool_connections_in_use") == 1
    engine.dispose()
    count = "ibutsu_db_statement_duration_seconds_count"
    assert [number(count, kind=kind) for kind in ("select", "insert", "other")] == [1, 1, 1]
    in_use, most, waiting = "connections_in_use", "connections_max", "waiting"
    assert [number(f"ibutsu_db_pool_{name}") for name in (in_use, most, waiting)] == [0, 30, 0]


def test_whoever_waits_for_a_connection_is_counted(number, tmp_path):
    url = f"sqlite:///{tmp_path}/file.db"
    options = engine_options(url, statement_timeout_seconds=5, is_counted=True)
    engine = create_engine(url, **options | {"pool_size": 1, "max_overflow": 0})
    seen = threading.Event()
    engine.pool._do_get, get = lambda: (seen.set(), get())[1], engine.pool._do_get
    held = engine.connect()
    seen.clear()
    waiter = threading.Thread(target=lambda: engine.connect().close())
    waiter.start()
    assert seen.wait(20)
    assert number("ibutsu_db_pool_waiting") == 1
    held.close()
    waiter.join()
    assert number("ibutsu_db_pool_waiting") == 0
    engine.dispose()


def test_numbers_are_shown_with_those_of_the_process(scrape):
    ask = scrape(lambda: [Reading("ibutsu_queue_tasks", "Waiting.", {"imports": 3.0}, "queue")])
    counting.book.ingested({"results": 2})
    numbers = ask()
    assert numbers["ibutsu_results_stored_total",] == 2
    assert numbers["ibutsu_queue_tasks", "imports"] == 3
    assert numbers["process_resident_memory_bytes",] > 10_000_000
    assert not [name for name, *_ in numbers if name.endswith("_created")]


def test_looked_up_numbers_are_those_of_the_database(celery_of_tests, patience, scrape):
    numbers = scrape(Gauges(celery_of_tests).read)()
    assert numbers["ibutsu_part_up", "database"] == 1
    assert numbers["ibutsu_imports", "pending"] == 0
    assert numbers["ibutsu_workers_alive",] == 0
    assert ("ibutsu_stored_bytes",) in numbers


def test_scrape_does_not_hang_when_nobody_answers(celery_of_tests, scrape, monkeypatch):
    released = threading.Event()
    asked = [("domain.health.work", ()), ("domain.usage.stored_in_all", ()), ("tasks.queues.lengths", (1,))]
    for name, _ in asked:
        monkeypatch.setattr(f"ibutsu_server.{name}", lambda *_: released.wait(30))
    ask = scrape(Gauges(celery_of_tests).read)
    numbers = ask()
    assert [numbers["ibutsu_part_up", name] for name in ("database", "broker")] == [0, 0]
    assert ("ibutsu_http_requests_in_progress",) in numbers
    assert ("ibutsu_workers_alive",) not in numbers
    released.set()


@pytest.fixture
def patience(monkeypatch):
    """On a busy machine a second is short."""
    monkeypatch.setattr("ibutsu_server.tasks.vital_signs.WAIT_SECONDS", 60)


@pytest.fixture
def celery_of_tests(application, db_session):
    return application.app.extensions["celery"]


def test_used_port_stops_the_start(number):
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = exposition.Address(*other.getsockname())
        with pytest.raises(SettingsError, match="IBUTSU_METRICS_PORT: cannot listen on"):
            exposition.listen(address, counting.book.registry, list)


def test_without_a_port_nothing_is_opened(settings, monkeypatch):
    monkeypatch.setattr(observing, "import_module", lambda _: 1 / 0)
    observing.listen(settings, list)
    observing.listen(settings.model_copy(update={"metrics_port": 1, "prometheus_multiproc_dir": "/"}), list)


def test_dead_processes_have_no_moment(tmp_path, monkeypatch):
    (tmp_path / "gauge_livesum_1.db").touch()
    dead = 2**22 + 1
    (tmp_path / f"gauge_livesum_{dead}.db").touch()
    shared = exposition._Shared(tmp_path)
    monkeypatch.setattr(shared._merged, "collect", list)
    shared.collect()
    assert [path.name for path in tmp_path.iterdir()] == ["gauge_livesum_1.db"]


def test_names_in_the_rules_of_the_guide_are_there(number, celery_of_tests, patience):
    guide = (Path(__file__).parents[3] / "docs/user-guide/observing.md").read_text()
    scrapes, rules = (yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL))
    assert scrapes["scrape_configs"][0]["static_configs"][0]["targets"]
    told = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    known = {metric.name for metric in counting.book.registry.collect()}
    known |= {reading.name for reading in Gauges(celery_of_tests).read()}
    named = {name for expression in told for name in re.findall(r"ibutsu_\w+", expression)}
    assert (len(told), {re.sub("_(count|bucket)$", "", name) for name in named} - known) == (5, set())
    listed = {name.removesuffix("_total") for name in re.findall(r"`(ibutsu_\w+)`", guide)}
    assert listed - known == set()
    assert known - listed == {"ibutsu_db_pool_connections_max"}
