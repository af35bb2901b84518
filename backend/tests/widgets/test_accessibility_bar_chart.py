"""Accessibility bar chart: passes and violations, summed over the files of some runs."""

import pytest
from helpers.assertions import assert_problem

from ibutsu_server.access import Scope
from ibutsu_server.widgets import accessibility_bar_chart
from ibutsu_server.widgets.accessibility_bar_chart import AccessibilityBarChart

URL = "/api/widget/accessibility-bar-chart"
FILENAME = "axe_run_data.yaml"
WORKED_EXAMPLE = [
    {"x": "passes", "y": 7, "ratio": 77.78},
    {"x": "violations", "y": 2, "ratio": 22.22},
    {"total": 9},
]


@pytest.fixture
def check(shop, make_run, make_artifact):
    """`check("passes: 7", ...)` makes a run with these files and returns its id."""

    def make(*contents, **values):
        run = make_run(project_id=shop.id)
        for content in contents:
            data = content if isinstance(content, bytes) else content.encode()
            make_artifact(run_id=run.id, content=data, **{"filename": FILENAME, **values})
        return str(run.id)

    return make


@pytest.fixture
def answer(make_user, http_client, app_context):
    """What the widget itself says, with its warnings."""

    def ask(*runs):
        widget = AccessibilityBarChart.from_query({"run_list": list(runs)})
        return widget.data(Scope(make_user(is_superadmin=True)))

    return ask


@pytest.mark.integration
def test_passes_and_violations_are_charted(api, check):
    run = check("passes: 7\nviolations: 2\n")
    response = api.get(URL, params={"run_list": run})
    assert response.status_code == 200, response.text
    assert response.json() == WORKED_EXAMPLE


@pytest.mark.integration
def test_runs_and_files_are_summed(api, check):
    """Where the reference shows one file of them all."""
    first, second = (
        check("passes: 1\nviolations: 0", "passes: 2\nviolations: 1"),
        check("{passes: 4, violations: 1}"),
    )
    for query in ({"run_list": [first, second]}, {"run_list": f"{first},{second}"}):
        assert api.get(URL, params=query).json() == WORKED_EXAMPLE


@pytest.mark.integration
def test_what_stands_around_the_numbers_does_not_matter(api, check):
    run = check(
        "a: {passes: 1}\n[b]: [1, {c: d}]\ne: &x y\nf: *x\npasses: 7\n'violations': '2'\n? {x: y}\n: z\n"
    )
    assert api.get(URL, params={"run_list": run}).json() == WORKED_EXAMPLE


@pytest.mark.integration
def test_without_any_check_nothing_is_divided(api, check):
    run = check("passes: 0\nviolations: 0")
    assert api.get(URL, params={"run_list": run}).json() == [
        {"x": "passes", "y": 0, "ratio": 0.0},
        {"x": "violations", "y": 0, "ratio": 0.0},
        {"total": 0},
    ]


@pytest.mark.integration
def test_without_files_there_is_nothing(api, check, make_run, make_artifact, make_result, shop):
    other_file = check("passes: 7\nviolations: 2", filename="other.yaml")
    result = make_result(project_id=shop.id, run_id=make_run(project_id=shop.id).id)
    make_artifact(result_id=result.id, filename=FILENAME, content=b"passes: 7\nviolations: 2")
    for query in ({"run_list": [other_file, str(result.run_id)]}, {"run_list": ""}):
        response = api.get(URL, params=query)
        assert (response.status_code, response.content) == (204, b"")


@pytest.mark.integration
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "it has no number of passes and violations"),
        ("passes: 7", "it has no number of violations"),
        ("passes: many\nviolations: 2", "it has no number of passes"),
        ("passes: -7\nviolations: 2.5", "it has no number of passes and violations"),
        (f"passes: {'9' * 5000}\nviolations: 2", "it has no number of passes"),
        ("- passes\n- 7\n- violations\n- 2", "it is no mapping"),
        ("text", "it is no mapping"),
        ("passes: [7\nviolations: 2", "it is no YAML"),
        (b"\xff\xfe\xfd", "it is no YAML"),
        ("[" * 100_000, "it is no mapping"),
        ("a: " + "[" * 100_000, "it is no YAML"),
    ],
)
def test_unusable_file_is_told_and_left_out(answer, check, content, reason):
    bad, good = check(content), check("passes: 7\nviolations: 2")
    assert answer(bad, good) == (WORKED_EXAMPLE, [f"{FILENAME} of the run {bad} was left out: {reason}"])
    assert answer(bad).body is None


@pytest.mark.integration
def test_file_that_is_no_longer_stored_is_told(answer, check):
    gone, good = check("passes: 1", storage_key="gone"), check("passes: 7\nviolations: 2")
    reason = "The content is no longer stored"
    assert answer(gone, good) == (WORKED_EXAMPLE, [f"{FILENAME} of the run {gone} was left out: {reason}"])


@pytest.mark.integration
def test_big_file_is_not_read(answer, check, monkeypatch):
    monkeypatch.setattr(accessibility_bar_chart, "LARGEST", 30)
    big, good = check("passes: 1\nviolations: 1\n" + "#" * 20), check("passes: 7\nviolations: 2")
    reason = "it has more than 30 bytes"
    assert answer(big, good) == (WORKED_EXAMPLE, [f"{FILENAME} of the run {big} was left out: {reason}"])


@pytest.mark.integration
def test_only_so_many_runs_are_counted(answer, check, monkeypatch):
    monkeypatch.setattr(accessibility_bar_chart, "RUNS", 1)
    first, second = check("passes: 7\nviolations: 2"), check("passes: 1\nviolations: 1")
    assert answer(first, second) == (WORKED_EXAMPLE, ["Only the first 1 of 2 runs are counted"])


@pytest.mark.integration
def test_only_so_many_files_are_counted(answer, check, monkeypatch):
    monkeypatch.setattr(accessibility_bar_chart, "FILES", 1)
    run = check("passes: 7\nviolations: 2", "passes: 1\nviolations: 1")
    assert answer(run) == (WORKED_EXAMPLE, ["Only the first 1 files are counted; name fewer runs"])


@pytest.mark.integration
def test_file_within_a_shared_object_is_read(api, check, shop, make_run, make_artifact):
    content = b"passes: 7\nviolations: 2\n"
    stored = make_artifact(content=b"before\n" + content + b"passes: 100\n", filename="pack")
    run = make_run(project_id=shop.id)
    place = {"storage_key": stored.storage_key, "storage_offset": len(b"before\n"), "size": len(content)}
    make_artifact(run_id=run.id, filename=FILENAME, **place)
    assert api.get(URL, params={"run_list": str(run.id)}).json() == WORKED_EXAMPLE


@pytest.mark.integration
def test_runs_of_other_projects_are_invisible(api_of, make_user, make_project, check):
    run = check("passes: 7\nviolations: 2")
    member = make_user()
    make_project(users=[member])
    assert api_of(member)("GET", URL, params={"run_list": run}).status_code == 204


@pytest.mark.validation
@pytest.mark.parametrize("query", [{}, {"run_list": "undefined"}, {"run_list": ["1", "2"]}])
def test_runs_are_named_by_their_ids(api, query):
    assert_problem(api.get(URL, params=query), 400, "run_list", field="run_list")


@pytest.mark.validation
def test_project_is_no_parameter(api, check):
    assert_problem(api.get(URL, params={"run_list": check(), "project": "shop"}), 400, "project")
