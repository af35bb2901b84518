"""One page of a list: its order and its total, whichever way they are found."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from ibutsu_server import filters, pages, totals
from ibutsu_server.access import Scope
from ibutsu_server.db.models import Result, Run
from ibutsu_server.domain import listing, tallying
from ibutsu_server.errors import Invalid, TookTooLong

pytestmark = pytest.mark.integration

START = datetime(2026, 11, 1, tzinfo=UTC)
OUTCOMES = ("passed", "failed", "error", "passed", None, "skipped")
VALUES = ("x", "10", 10, 10.5, True, None, ["x"], {"deep": "x"}, "true", "ü", "10.50")
FILTERS = [
    [],
    ["result=failed"],
    ["result!passed"],
    ["result*failed;error"],
    ["result*failed;error", "result!error"],
    ["result=unknown"],
    ["result@n"],
    ["run_id={run}"],
    ["run_id={run}", "result=failed"],
    ["run_id!{run}"],
    ["run_id*{run};{other_run}"],
    ["run_id@n"],
    ["metadata.value=x"],
    ["metadata.value=10"],
    ["metadata.value=10.0"],
    ["metadata.value=10.5"],
    ["metadata.value=true"],
    ["metadata.value=ü"],
    ["metadata.value.deep=x"],
    ["metadata.value*x;true;10"],
    ["metadata.value=x", "metadata.place=here"],
    ["metadata.value=x", "result=failed"],
    ["metadata.value@y"],
    ["metadata.value=["],
    ["metadata.none=x"],
    ["metadata.tags=x"],
    ["metadata.place=here"],
    ["data.place=here", "result!failed"],
    ["metadata.number=10"],
    ["metadata.number=10.0"],
    ["metadata.number*7;10;true"],
    ["component*web;api;none"],
    ["test_id%CASE_1"],
    ["test_id~_[13]$"],
    ["component=web", "env=qa", "result=failed"],
]


@pytest.fixture
def results(make_project, make_run, make_result):
    """Twenty-four results in two runs and in none; a third run tells of results that never came."""
    project = make_project()
    runs = [make_run(project_id=project.id) for _ in range(2)]
    make_run(project_id=project.id, summary={"tests": 100, "failures": 50})
    made = [
        make_result(
            project_id=project.id,
            run_id=[runs[0].id, runs[1].id, None][i % 3],
            test_id=f"test_case_{i % 5}",
            result=OUTCOMES[i % len(OUTCOMES)],
            start_time=START + timedelta(seconds=i // 2),
            component=("web", "api")[i % 2],
            env="qa",
            data={
                "value": VALUES[i % len(VALUES)],
                "place": "here",
                "number": [10, "10", "7"][i % 3],
                "tags": ["x", "y"][: i % 3],
            },
        )
        for i in range(24)
    ]
    make_result()
    return made


@pytest.fixture
def admin(make_user):
    return Scope(make_user(is_superadmin=True))


def _newest(scope, results, texts=(), *, page=1, page_size=5, estimate=False):
    about = f"project_id={results[0].project_id}"
    return listing.newest(scope, Result, listing.Query([about, *texts], page, page_size, estimate))


@pytest.mark.parametrize("texts", FILTERS, ids=" ".join)
@pytest.mark.parametrize("estimate", [False, True])
@pytest.mark.parametrize(("many", "is_tallied"), [(2, False), (pages.MANY, False), (2, True)])
def test_pages_hold_every_match_once_newest_first_and_the_total_is_their_number(
    admin, results, db_session, monkeypatch, texts, estimate, many, is_tallied
):
    if is_tallied:
        tallying.tally(timedelta(0))
    monkeypatch.setattr(pages, "MANY", many)
    monkeypatch.setattr(totals, "RECENT", 7)
    texts = [text.format(run=results[0].run_id, other_run=results[1].run_id) for text in texts]
    clauses = filters.parse([f"project_id={results[0].project_id}", *texts])
    matches = db_session.scalars(filters.apply(admin.select(Result), Result, clauses)).all()
    expected = sorted(matches, key=lambda result: (result.start_time, result.id), reverse=True)

    found = [_newest(admin, results, texts, page=page, estimate=estimate) for page in range(1, 6)]

    assert [result.id for page in found for result in page.items] == [result.id for result in expected]
    assert {page.total for page in found} == {len(expected)}


def test_member_is_told_totals_of_own_projects_only(make_user, make_project, results):
    stranger = make_user()
    make_project(users=[stranger])
    for template in FILTERS:
        texts = [text.format(run=results[0].run_id, other_run=results[1].run_id) for text in template]
        assert _newest(Scope(stranger), results, texts).total == 0


def test_total_of_a_tallied_field_is_not_counted_again(admin, results, count_statements):
    tallying.tally(timedelta(0))
    assert admin.user.is_superadmin
    with count_statements() as statements:
        assert _newest(admin, results, ["component=web", "result*passed;error"]).total == 8
    assert not [text for text in statements if "count(*)" in text and "daily_tallies" not in text]


def test_page_past_the_end_is_empty_and_knows_the_total(admin, results):
    page = _newest(admin, results, ["test_id%case"], page=7)
    assert (page.items, page.total) == ([], 24)


@pytest.mark.parametrize("page", [0, -1])
def test_page_below_one_is_the_first(admin, results, page):
    assert _newest(admin, results, page=page).items == _newest(admin, results).items
    assert _newest(admin, results, page=page).page == page


def test_page_that_no_database_can_count_to_is_refused(admin, results):
    with pytest.raises(Invalid, match="too big"):
        _newest(admin, results, page=2**62)


def test_page_takes_at_most_two_statements(admin, results, count_statements):
    query = listing.Query([f"project_id={results[0].project_id}"])
    assert admin.user.is_superadmin
    with count_statements() as statements:
        listing.newest(admin, Result, query)
    assert len(statements) == 2


def test_estimate_of_more_than_a_thousand_is_the_planners(admin, results, monkeypatch):
    monkeypatch.setattr(pages, "FEW", 3)
    exact = _newest(admin, results, ["component=web"])
    guessed = _newest(admin, results, ["component=web"], estimate=True)
    assert exact.total == 12
    assert guessed.total >= (4 if guessed.estimated else 12)


@contextmanager
def _too_long(_seconds):
    raise TookTooLong("as in a large database")
    yield


@pytest.mark.parametrize("texts", [["component=web"], ["test_id%case"], ["metadata.place=here"], ["env@t"]])
def test_what_takes_too_long_to_count_is_guessed(admin, results, monkeypatch, texts):
    exact = _newest(admin, results, texts)
    monkeypatch.setattr(pages, "at_most", _too_long)
    monkeypatch.setattr(pages, "MANY", 10)
    guessed = _newest(admin, results, texts)
    assert guessed.items == exact.items
    assert (guessed.total, guessed.estimated, exact.estimated) == (exact.total, True, False)


def test_few_tests_are_looked_for_however_long_it_takes(admin, results, monkeypatch):
    exact = _newest(admin, results, ["test_id%case"])
    monkeypatch.setattr(pages, "at_most", _too_long)
    assert _newest(admin, results, ["test_id%case"]) == exact


def test_a_known_total_is_not_guessed(admin, results, monkeypatch):
    exact = _newest(admin, results, ["metadata.place=here", "result!failed"])
    tallying.tally(timedelta(0))
    monkeypatch.setattr(pages, "at_most", _too_long)
    monkeypatch.setattr(pages, "MANY", 10)
    assert _newest(admin, results, ["metadata.place=here", "result!failed"]) == exact


@pytest.mark.parametrize("number", [0, 7, 1000])
def test_a_guess_does_not_contradict_the_page(admin, results, monkeypatch, number):
    monkeypatch.setattr(pages, "at_most", _too_long)
    monkeypatch.setattr(pages, "_guess", lambda _statement: number)
    totals_of = {}
    for page in (1, 3, 4):
        found = _newest(admin, results, ["component=web"], page=page, page_size=4)
        totals_of[page] = found.total, found.estimated, len(found.items)
    assert totals_of == {1: (max(number, 5), True, 4), 3: (12, False, 4), 4: (min(number, 12), True, 0)}


def test_runs_are_guessed_too(admin, results, monkeypatch):
    query = listing.Query([f"project_id={results[0].project_id}", "metadata.none@f"], page_size=1)
    exact = listing.newest(admin, Run, query)
    monkeypatch.setattr(pages, "at_most", _too_long)
    guessed = listing.newest(admin, Run, query)
    assert (guessed.total, guessed.estimated) == (exact.total, True)


@pytest.mark.parametrize(
    "texts", [["project_id=x"], ["project_id=x", "metadata.a=b"], ["run_id=x"]], ids=" ".join
)
def test_id_that_is_none_is_refused(admin, texts):
    with pytest.raises(Invalid):
        listing.newest(admin, Result, listing.Query([f"project_id*{admin.user.id}", *texts]))


def test_counts_are_not_asked_about_other_fields(admin):
    assert totals.counted(admin, Result, filters.parse(["component=web"])) is None
