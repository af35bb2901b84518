"""`ibutsu-server upload`: reports arrive once, whatever the server and the network do meanwhile."""

import hashlib
import io
import os
import random
import re
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from click.testing import CliRunner
from filelock import FileLock
from helpers.import_server import CUT, ID, PROJECT, RUN, Answer, ImportServer
from helpers.processes import COMMAND, Server, environment, free_port
from helpers.processes import run as process
from helpers.reports import JUNIT, archive, result_json, run_json

from ibutsu_server.cli import main
from ibutsu_server.upload import retries

pytestmark = pytest.mark.integration
TOKEN = "eyJhbGciOiJIUzI1NiJ9.hush.hush"


@pytest.fixture
def server():
    with ImportServer() as server:
        yield server


@pytest.fixture
def spool(tmp_path):
    return tmp_path / "spool"


@pytest.fixture
def upload(server, spool, monkeypatch):
    """Run the command with the server of the test; pauses between tries are short."""
    monkeypatch.setattr(retries, "PAUSE_SECONDS", 0.01)

    def upload(*arguments, url=server.url, token=TOKEN, **more):
        env = {"IBUTSU_URL": url, "IBUTSU_TOKEN": token, "IBUTSU_SPOOL": str(spool)}
        return CliRunner().invoke(main, ["upload", *map(str, arguments)], env=env, **more)

    return upload


@pytest.fixture
def report(tmp_path):
    """A report file of a name and content."""

    def report(name="junit.xml", content=JUNIT):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return report


def _waiting(spool):
    return sorted(path.name for path in spool.glob("[0-9]*")) if spool.exists() else []


def test_file_is_sent_with_what_is_said_of_it(upload, server, report):
    path = report("später “1”.xml")
    done = upload(
        path, "--project", "shop", "--source", "nightly", "--metadata", "env=qa", "--metadata", "ci.x=a=b"
    )
    assert done.exit_code == 0, done.output
    [sent] = server.sent
    assert (sent.name, sent.content, sent.authorization) == (path.name, JUNIT, f"Bearer {TOKEN}")
    assert sent.fields == {
        "project": "shop",
        "source": "nightly",
        "metadata": '{"ci":{"x":"a=b"},"env":"qa"}',
    }
    assert done.stdout.splitlines() == [
        f"{path.name}: run {RUN}, no warnings",
        f"  https://pages.example.com/project/{PROJECT}/runs/{RUN}",
        "1 file: 1 imported",
    ]


@pytest.mark.parametrize("ending", ["/", "/api", "/api/"])
def test_address_may_end_as_people_write_it(upload, server, report, ending):
    assert upload(report(), url=server.url + ending).exit_code == 0
    assert len(server.sent) == 1


def test_import_that_leaves_things_out_tells_how_many_and_which(upload, server, report):
    warnings = [f"case {number} is strange" for number in range(7)]
    server.states.append({"metadata": {"project_id": PROJECT, "warnings": warnings}})
    shown = upload(report()).stdout
    assert "7 warnings" in shown
    assert "  case 4 is strange\n  and 2 more: " in shown


def test_words_of_others_do_not_write_over_the_screen(upload, server, report):
    server.answers.append(Answer(415, {"detail": "What\r\n\x1b[2J is this?"}))
    assert upload(report()).stderr == "junit.xml: What   [2J is this? (HTTP 415)\n"


def test_import_is_followed_until_it_is_done(upload, server, report):
    server.states.extend([{"status": "pending"}, {"status": "running", "progress": {"seen": 2, "done": 1}}])
    assert f"run {RUN}" in upload(report()).stdout
    assert not server.states


def test_server_may_be_away_while_an_import_is_followed(upload, server, report):
    server.states.extend([{"status": "running"}, Answer(503), Answer(502)])
    assert upload(report()).exit_code == 0
    assert len(server.sent) == 1


def test_import_that_cannot_be_followed_is_stored_and_not_sent_again(upload, server, report, spool):
    server.states.extend([{"status": "running"}, Answer(503)])
    done = upload(report(), "--retries", "0")
    assert done.exit_code == 1
    assert f"stored as import {ID}, which could not be followed" in done.stderr
    assert _waiting(spool) == []


def test_nobody_waits_who_does_not_want_to(upload, server, report):
    server.states.append({"status": "running"})
    done = upload(report(), "--no-wait")
    assert (done.exit_code, done.stdout) == (0, f"junit.xml: import {ID}\n1 file: 1 stored\n")


def test_import_that_takes_too_long_is_stored_and_not_imported(upload, server, report, spool):
    server.states.extend([{"status": "running"}] * 50)
    done = upload(report(), "--timeout", "1")
    assert done.exit_code == 1
    assert f"stored as import {ID}" in done.stderr
    assert _waiting(spool) == []


def test_import_that_fails_tells_its_reason(upload, server, report, spool):
    server.states.append({"status": "error", "error": "line 6: the XML is broken", "run_id": None})
    done = upload(report())
    assert done.exit_code == 1
    assert "line 6: the XML is broken" in done.stderr
    assert "1 file: 1 failed" in done.stdout
    assert _waiting(spool) == []


def test_file_that_the_server_knows_is_told_so(upload, server, report):
    server.answers.append(Answer(201, {"id": ID}, {"Idempotency-Replayed": "true"}))
    assert f"run {RUN}, which was there already" in upload(report()).stdout


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_passing_trouble_is_waited_for(upload, server, report, status):
    server.answers.extend([Answer(status)] * 2)
    done = upload(report())
    assert done.exit_code == 0
    assert [sent.content for sent in server.sent] == [JUNIT] * 3
    assert len({sent.key for sent in server.sent}) == 1
    assert done.stderr.count("trying again") == 2


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_busy_server_says_when_to_come_again(upload, server, report, form):
    when = (
        "1" if form == "seconds" else format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    )
    server.answers.append(Answer(503, headers={"Retry-After": when}))
    before = time.monotonic()
    assert upload(report()).exit_code == 0
    assert time.monotonic() - before > 0.9


def test_pause_that_is_longer_than_the_timeout_is_not_waited_for(upload, server, report, spool):
    server.answers.append(Answer(429, headers={"Retry-After": "3600"}))
    assert upload(report(), "--timeout", "5").exit_code == 3
    assert len(_waiting(spool)) == 1


def test_connection_that_is_cut_half_way_loses_and_doubles_nothing(upload, server, report):
    content = random.Random(1).randbytes(3_000_000)
    server.answers.extend([CUT, CUT])
    assert upload(report("big", content)).exit_code == 0
    assert [sent.content == content for sent in server.sent] == [True]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 415, 507])
def test_refusal_is_final_and_told_in_the_words_of_the_server(upload, server, report, spool, status):
    server.answers.append(Answer(status, {"status": status, "detail": "Larger than 5 bytes"}))
    done = upload(report())
    assert (done.exit_code, len(server.sent)) == (1, 1)
    assert done.stderr == f"junit.xml: Larger than 5 bytes (HTTP {status})\n"
    assert _waiting(spool) == []


def test_server_that_is_elsewhere_is_not_followed_with_the_token(upload, server, report):
    server.answers.append(Answer(302, headers={"Location": "https://elsewhere.example.com/"}))
    done = upload(report())
    assert done.exit_code == 1
    assert "https://elsewhere.example.com/: say so with --url" in done.stderr


@pytest.mark.parametrize("body", ["<html>sign in</html>", "[]", "{}"])
def test_what_is_no_server_of_ours_is_no_success(upload, server, report, body):
    server.answers.append(Answer(200, body))
    done = upload(report())
    assert done.exit_code == 1
    assert "is no Ibutsu server" in done.stderr


def test_other_files_go_on_after_one_that_fails(upload, server, report, tmp_path):
    server.answers.append(Answer(415, {"detail": "What is this?"}))
    done = upload(report("a.xml"), tmp_path / "missing.xml", report("b.xml"))
    assert done.exit_code == 1
    assert "missing.xml: No such file or directory" in done.stderr
    assert "3 files: 1 imported, 2 failed" in done.stdout


def test_pattern_stands_for_its_files_each_once(upload, server, report, tmp_path):
    named = report("r/a[1].xml")
    report("r/deep/b.xml")
    assert upload(named, tmp_path / "r/**/*.xml").exit_code == 0
    assert [sent.name for sent in server.sent] == ["a[1].xml", "b.xml"]


def test_pattern_without_files_is_a_failure(upload, server, tmp_path):
    assert upload(tmp_path / "*.xml").exit_code == 1
    assert server.sent == []


def test_folder_is_the_same_zip_every_time(upload, server, report, tmp_path):
    for when in (1_000_000_000, 1_700_000_000):
        for name in ("b/2.json", "a.txt", "b/1.json"):
            os.utime(report(f"allure-results/{name}", name.encode()), (when, when))
        assert upload(tmp_path / "allure-results").exit_code == 0
    first, second = server.sent
    assert first.content == second.content
    assert first.name == "allure-results.zip"
    with zipfile.ZipFile(io.BytesIO(first.content)) as packed:
        found = {name: packed.read(name).decode() for name in packed.namelist()}
    assert found == {"a.txt": "a.txt", "b/1.json": "b/1.json", "b/2.json": "b/2.json"}


def test_empty_folder_is_a_failure(upload, server, tmp_path):
    (tmp_path / "empty").mkdir()
    done = upload(tmp_path / "empty")
    assert done.exit_code == 1
    assert "There is no file in the folder" in done.stderr
    assert server.sent == []


def test_standard_input_is_sent(upload, server):
    server.answers.append(CUT)
    assert upload("-", input=JUNIT).exit_code == 0
    assert [(sent.name, sent.content) for sent in server.sent] == [("stdin", JUNIT)]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of POSIX")
def test_pipe_is_sent(upload, server, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["sh", "-c", f"echo report > {pipe}"]):
        assert upload(pipe).exit_code == 0
    assert [(sent.name, sent.content) for sent in server.sent] == [("pipe", b"report\n")]


@pytest.mark.validation
@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a.xml", "--spooled"],
        ["a.xml", "--url", "localhost:8080"],
        ["a.xml", "--url", "http://[::1"],
        ["a.xml", "--url", "http://localhost:port"],
        ["a.xml", "--url", "https://me:hush@example.com"],
        ["a.xml", "--token", "hush\nhush"],
        ["a.xml", "--token", " "],
        ["a.xml", "--metadata", "env"],
        ["a.xml", "--metadata", "a..b=1"],
        ["a.xml", "--metadata", "a=1", "--metadata", "a.b=1"],
        ["a.xml", "--metadata", "a.b=1", "--metadata", "a=1"],
        ["a.xml", "--retries", "-1"],
    ],
    ids=str,
)
def test_wrong_usage_is_told_before_anything_is_sent(upload, server, arguments):
    refused = upload(*arguments)
    assert refused.exit_code == 2
    assert "hush" not in refused.output
    assert server.sent == []


@pytest.mark.validation
@pytest.mark.parametrize("missing", ["url", "token"])
def test_server_and_token_must_be_named(upload, report, missing):
    refused = upload(report(), **{missing: ""})
    assert refused.exit_code == 2
    assert f"--{missing}" in refused.stderr
    assert f"IBUTSU_{missing.upper()}" in refused.stderr


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from click.testing import CliRunner; from ibutsu_server.cli import main;"
        "print(CliRunner().invoke(main, ['upload', '--help']).output);"
        "print([name for name in ('httpx', 'orjson', 'sqlalchemy', 'flask') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "IBUTSU_TOKEN" in shown.stdout
    assert shown.stdout.splitlines()[-1] == "[]"


def test_absent_server_makes_files_wait_until_the_next_upload(upload, server, report, spool):
    url = f"http://127.0.0.1:{free_port()}"
    first = upload(
        report("a.xml", b"first"), report("b.xml", b"second"), "--project", "shop", "--retries", "2", url=url
    )
    assert first.exit_code == 3
    assert first.stderr.count("trying again") == 2
    assert "2 files: 2 waiting" in first.stdout
    report("a.xml", b"the next report has the same name")
    with ImportServer(int(url.rpartition(":")[2])) as back:
        second = upload(report("c.xml", b"third"), url=url)
        assert second.exit_code == 0, second.output
        assert "3 files: 3 imported" in second.stdout
    assert [(sent.name, sent.content) for sent in back.sent] == [
        ("a.xml", b"first"),
        ("b.xml", b"second"),
        ("c.xml", b"third"),
    ]
    assert [sent.fields for sent in back.sent] == [{"project": "shop"}, {"project": "shop"}, {}]
    assert [path.name for path in spool.iterdir()] == [".lock"]


def _make_wait(upload, server, *paths):
    server.answers.extend([Answer(503)] * len(paths))
    assert upload(*paths, "--retries", "0").exit_code == 3
    server.answers.clear()
    server.sent.clear()


def test_token_is_not_shown_or_kept(upload, server, report, spool):
    server.answers.extend([Answer(401), Answer(503)])
    done = upload(report("a.xml"), report("b.xml"), "--retries", "0")
    assert done.exit_code == 1
    assert "hush" not in done.output
    kept = b"".join(path.read_bytes() for path in spool.rglob("*") if path.is_file())
    assert b"b.xml" in kept
    assert b"hush" not in kept


def test_what_waits_can_be_sent_alone(upload, server, report, spool):
    _make_wait(upload, server, report())
    assert upload("--spooled").exit_code == 0
    assert [sent.content for sent in server.sent] == [JUNIT]
    again = upload("--spooled")
    assert (again.exit_code, again.stdout) == (0, "Nothing to send\n")


def test_what_waits_for_another_server_is_not_sent_to_this_one(upload, server, report, spool):
    _make_wait(upload, server, report())
    with ImportServer() as other:
        assert upload("--spooled", url=other.url).exit_code == 0
        assert other.sent == []
    assert len(_waiting(spool)) == 1


def test_server_that_is_still_away_keeps_the_order(upload, server, report, spool):
    _make_wait(upload, server, report("a.xml"))
    server.answers.append(Answer(502))
    assert upload(report("b.xml"), "--retries", "0").exit_code == 3
    assert len(server.sent) == 1
    server.sent.clear()
    assert upload("--spooled").exit_code == 0
    assert [sent.name for sent in server.sent] == ["a.xml", "b.xml"]


def test_file_that_breaks_the_server_keeps_no_other_back(upload, server, report, spool):
    _make_wait(upload, server, report("a.xml"), report("b.xml"))
    server.answers.append(Answer(500))
    done = upload("--spooled", "--retries", "0")
    assert done.exit_code == 3
    assert "2 files: 1 imported, 1 waiting" in done.stdout
    assert [sent.name for sent in server.sent] == ["a.xml", "b.xml"]


@pytest.mark.parametrize("how", ["by the answer", "by the import"])
def test_refused_file_of_the_spool_is_set_aside_with_the_reason(upload, server, report, spool, how):
    _make_wait(upload, server, report("a.xml", b"old"))
    if how == "by the answer":
        server.answers.append(Answer(415, {"detail": "What is this?"}))
    else:
        server.states.append({"status": "error", "error": "What is this?", "run_id": None})
    done = upload(report("b.xml", b"new"))
    assert done.exit_code == 1
    assert "What is this?" in done.stderr
    assert [sent.content for sent in server.sent] == [b"old", b"new"]
    [refused] = (spool / "refused").iterdir()
    assert (refused / "content").read_bytes() == b"old"
    assert "What is this?" in (refused / "reason.txt").read_text()
    refused.rename(spool / refused.name)
    assert upload("--spooled").exit_code == 0


@pytest.mark.parametrize("status", [401, 403])
def test_wrong_token_loses_nothing_that_waits(upload, server, report, spool, status):
    _make_wait(upload, server, report())
    server.answers.append(Answer(status, {"detail": "Not with this token"}))
    done = upload("--spooled")
    assert done.exit_code == 3
    assert "Not with this token" in done.stderr
    assert upload("--spooled").exit_code == 0


def test_two_commands_do_not_send_the_same(upload, server, report, spool):
    _make_wait(upload, server, report("a.xml"))
    with FileLock(spool / ".lock"):
        done = upload(report("b.xml"))
    assert done.exit_code == 0
    assert "Another upload is sending" in done.stdout
    assert [sent.name for sent in server.sent] == ["b.xml"]


def test_damaged_entry_is_set_aside_and_the_others_go_on(upload, server, report, spool):
    _make_wait(upload, server, report("a.xml"), report("b.xml"))
    oldest = spool / _waiting(spool)[0]
    (oldest / "upload.json").write_bytes(b"{")
    assert upload("--spooled").exit_code == 1
    assert [sent.name for sent in server.sent] == ["b.xml"]
    assert (spool / "refused" / oldest.name / "content").exists()


def test_what_killed_commands_left_is_cleaned_up(upload, server, report, spool):
    _make_wait(upload, server, report())
    for name in (".part-1", ".sent-1", ".part-2"):
        (spool / name).mkdir()
    os.utime(spool / ".part-1", (0, 0))
    assert upload("--spooled").exit_code == 0
    assert sorted(path.name for path in spool.iterdir()) == [".lock", ".part-2"]


def test_spool_that_cannot_be_used_keeps_no_file_from_being_sent(upload, server, report, spool):
    (spool / ".lock").mkdir(parents=True)
    done = upload(report())
    assert done.exit_code == 1
    assert ".lock" in done.stderr
    assert [sent.content for sent in server.sent] == [JUNIT]


def test_spool_that_cannot_be_written_is_a_failure(upload, server, report, tmp_path):
    server.answers.append(Answer(503))
    done = upload(report(), "--retries", "0", "--spool", report("file") / "spool")
    assert done.exit_code == 1
    assert "HTTP 503" in done.stderr
    assert "could not be put into the spool" in done.stderr


def _begun(spool):
    return len(list(spool.glob("*-*"))) if spool.exists() else 0


@pytest.mark.slow
def test_kill_9_while_files_are_put_aside_loses_and_halves_nothing(tmp_path, spool):
    """Whatever was told to wait is there, and whatever is there is whole."""
    paths = [tmp_path / f"{number}.xml" for number in range(6)]
    for path in paths:
        path.write_bytes(random.Random(path.name).randbytes(8_000_000))
    port = free_port()
    env = environment(IBUTSU_URL=f"http://127.0.0.1:{port}", IBUTSU_TOKEN=TOKEN, IBUTSU_SPOOL=str(spool))
    arguments = [*COMMAND, "upload", "--retries", "0"]
    told = set()
    for delay in (0, 0.005, 0.01, 0.03, 0.06, 30):
        before = _begun(spool)
        command = subprocess.Popen([*arguments, *paths], env=env, stderr=subprocess.PIPE, text=True)
        while _begun(spool) == before and command.poll() is None:
            time.sleep(0.001)
        with suppress(subprocess.TimeoutExpired):
            command.wait(delay)
        command.kill()
        told |= set(re.findall(r"it waits in .*/(\S+)$", command.communicate()[1], re.MULTILINE))
    assert told <= set(_waiting(spool))
    whole = {path.name: hashlib.sha256(path.read_bytes()).digest() for path in paths}
    with ImportServer(port) as back:
        sent = subprocess.run([*arguments, "--spooled"], env=env, check=False)
    assert sent.returncode == 0
    assert len(back.sent) >= len(told) > 0
    assert all(hashlib.sha256(one.content).digest() == whole[one.name] for one in back.sent)
    assert _waiting(spool) == []


def test_kill_9_before_the_import_is_done_leaves_the_file_in_the_spool(upload, server, report, spool):
    _make_wait(upload, server, report())
    server.states.extend([{"status": "running"}] * 1000)
    env = environment(IBUTSU_URL=server.url, IBUTSU_TOKEN=TOKEN, IBUTSU_SPOOL=str(spool))
    with subprocess.Popen([*COMMAND, "upload", "--spooled"], env=env) as command:
        while not server.sent:
            time.sleep(0.01)
        command.kill()
    assert len(_waiting(spool)) == 1
    server.states.clear()
    assert upload("--spooled").exit_code == 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="/proc is of Linux")
def test_big_file_is_never_whole_in_memory(server, tmp_path):
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(300_000_000)
    server.answers.append(Answer(413, {"detail": "Too large"}))
    code = (
        "import sys; from pathlib import Path; from ibutsu_server.cli import main\n"
        "try: main(['upload', *sys.argv[1:]])\n"
        "finally: print(Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])"
    )
    env = environment(IBUTSU_URL=server.url, IBUTSU_TOKEN=TOKEN, IBUTSU_SPOOL=str(tmp_path / "spool"))
    shown = subprocess.run(
        [sys.executable, "-c", code, str(big)], env=env, capture_output=True, text=True, check=False
    )
    assert "Too large" in shown.stderr
    assert int(shown.stdout.splitlines()[-1]) < 120_000


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are of POSIX")
def test_terminal_shows_how_far_it_is(server, report, tmp_path):
    server.states.extend(
        [{"status": "pending"}, {"status": "running", "progress": {"seen": 30000, "done": 12000}}]
    )
    ours, theirs = os.openpty()
    env = environment(IBUTSU_URL=server.url, IBUTSU_TOKEN=TOKEN, IBUTSU_SPOOL=str(tmp_path / "spool"))
    with subprocess.Popen(
        [*COMMAND, "upload", report()], env=env, stdout=subprocess.DEVNULL, stderr=theirs
    ) as command:
        os.close(theirs)
        shown = _all_of(ours)
    assert command.returncode == 0
    assert "100%" in shown
    assert "waiting for the import" in shown
    assert "12,000 of 30,000 results imported" in shown
    assert TOKEN not in shown


def _all_of(terminal):
    pieces = []
    try:
        while piece := os.read(terminal, 4096):
            pieces.append(piece)
    except OSError:  # Linux says so when the other side is closed
        pass
    os.close(terminal)
    return b"".join(pieces).decode()


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """A server as people run it."""
    folder = tmp_path_factory.mktemp("data")
    with Server("--data-dir", str(folder), IBUTSU_IMPORT_MAX_BYTES="1000000") as server:
        yield server


@pytest.fixture
def send(real, spool):
    """Run the command as a process of its own, against the real server."""

    def send(*arguments, **variables):
        given = {"IBUTSU_URL": real.url, "IBUTSU_TOKEN": real.token, "IBUTSU_PROJECT": "my-project"}
        return process("upload", *map(str, arguments), **given | {"IBUTSU_SPOOL": str(spool)} | variables)

    return send


def _run_of(shown, client):
    address = shown.stdout.splitlines()[1].strip()
    return client.get(f"/run/{address.rpartition('/')[2]}").json()


@pytest.mark.slow
def test_junit_file_becomes_a_run_once(real, send, report):
    first = send(report(), "--source", "nightly", "--metadata", "ci.branch=main")
    assert first.returncode == 0, first.stderr
    second = send(report(), "--source", "nightly", "--metadata", "ci.branch=main")
    assert "which was there already" in second.stdout
    with real.client() as client:
        run = _run_of(first, client)
        assert f"{real.url}/project/{run['project_id']}/runs/{run['id']}" in first.stdout
    assert (run["source"], run["metadata"]["ci"], run["summary"]["tests"]) == (
        "nightly",
        {"branch": "main"},
        3,
    )


@pytest.mark.slow
def test_archive_becomes_its_run(real, send, report):
    run = run_json()
    sent = send(report(f"{run['id']}.tar.gz", archive(run, (result_json(), {}))))
    assert sent.returncode == 0, sent.stderr
    with real.client() as client:
        assert client.get(f"/run/{run['id']}").json()["summary"]["tests"] == 1


@pytest.mark.slow
def test_folder_of_reports_becomes_a_run(real, send, report, tmp_path):
    for name in ("a.xml", "b.xml"):
        report(f"surefire-reports/TEST-{name}")
    sent = send(tmp_path / "surefire-reports")
    assert sent.returncode == 0, sent.stderr
    with real.client() as client:
        assert _run_of(sent, client)["summary"]["tests"] == 6


@pytest.mark.slow
def test_broken_file_fails_with_the_line(send, report):
    sent = send(report("broken.xml", b"<testsuite>\n<testcase>\n</testsuite>"))
    assert sent.returncode == 1
    assert "line 3" in sent.stderr


@pytest.mark.slow
@pytest.mark.parametrize("size", [1_500_000, 30_000_000])
def test_file_above_the_limit_is_refused_at_once(send, report, size):
    sent = send(report("big.xml", JUNIT + b" " * size))
    assert sent.returncode == 1
    assert "HTTP 413" in sent.stderr
    assert "trying again" not in sent.stderr


@pytest.mark.slow
def test_wrong_token_and_project_are_refused(send, report):
    assert "HTTP 401" in send(report(), IBUTSU_TOKEN="hush").stderr
    assert "Project nothing doesn't exist" in send(report(), IBUTSU_PROJECT="nothing").stderr


@pytest.mark.slow
def test_file_arrives_once_when_the_server_comes_back(tmp_path, report, spool):
    folder, port = ("--data-dir", str(tmp_path / "data")), free_port()
    with Server(*folder, port=port) as server:
        given = {"IBUTSU_URL": server.url, "IBUTSU_TOKEN": server.token, "IBUTSU_SPOOL": str(spool)}
        server.stop(signal.SIGKILL)
    away = process("upload", str(report()), "--project", "my-project", "--retries", "1", **given)
    assert away.returncode == 3
    assert "it waits in" in away.stderr
    with Server(*folder, port=port) as server:
        back = process("upload", "--spooled", **given)
        assert back.returncode == 0, back.stderr
        with server.client(given["IBUTSU_TOKEN"]) as client:
            assert client.get("/import").json()["pagination"]["totalItems"] == 1
            assert _run_of(back, client)["summary"]["tests"] == 3
