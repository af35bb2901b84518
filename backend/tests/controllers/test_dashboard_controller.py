"""Dashboards over HTTP: those of projects, those of one person alone, and their way between projects."""

from uuid import UUID, uuid4

import pytest
from fixtures.constants import MISSING_ID
from helpers import db_builders
from helpers.assertions import assert_page, assert_problem

from ibutsu_server.db.models import Dashboard, WidgetConfig

URL = "/api/dashboard"


@pytest.fixture
def default_of(db_session):
    """`default_of(project, dashboard)` is a project that shows this dashboard first."""

    def set_default(project, dashboard):
        project.default_dashboard_id = dashboard.id
        db_session.commit()
        return project

    return set_default


@pytest.mark.integration
def test_new_dashboard_of_a_project_is_answered_as_it_was_sent(send, shop):
    sent = {
        "id": str(uuid4()),
        "title": "Nightly",
        "description": "All of it",
        "filters": "env=qa",
        "project_id": str(shop.id),
        "user_id": None,
        "days": 30,
        "refresh_seconds": 60,
    }
    response = send("POST", URL, json=sent)
    assert (response.status_code, response.json()) == (201, sent)
    assert send("GET", f"{URL}/{sent['id']}").json() == sent


@pytest.mark.integration
@pytest.mark.parametrize("body", [{}, {"description": None, "filters": None, "project_id": None}])
def test_dashboard_without_a_project_is_the_callers_own(send, jo, api_of, make_user, body):
    dashboard = send("POST", URL, json=body).json()
    assert dashboard == {
        "id": dashboard["id"],
        "title": None,
        "description": "",
        "filters": "",
        "project_id": None,
        "user_id": str(jo.id),
        "days": None,
        "refresh_seconds": None,
    }
    assert_problem(api_of(make_user())("GET", f"{URL}/{dashboard['id']}"), 403)


@pytest.mark.integration
def test_superadmin_makes_a_dashboard_for_somebody_else(api, send, jo):
    dashboard = api.post(URL, json={"user_id": str(jo.id)}).json()
    assert dashboard["user_id"] == str(jo.id)
    assert send("PUT", f"{URL}/{dashboard['id']}", json={"title": "Mine"}).json()["title"] == "Mine"


@pytest.mark.validation
def test_nobody_else_makes_or_gives_away_a_dashboard(send, jo, shop, make_user):
    theirs = {"user_id": str(make_user().id)}
    assert_problem(send("POST", URL, json=theirs), 403)
    assert_problem(send("POST", URL, json={**theirs, "project_id": str(shop.id)}), 403)
    own = send("POST", URL, json={"user_id": str(jo.id)}).json()
    assert_problem(send("PUT", f"{URL}/{own['id']}", json=theirs), 403)
    assert [one.id for one in Dashboard.query.all()] == [UUID(own["id"])]


@pytest.mark.validation
def test_limited_token_makes_no_dashboard_of_its_owner(flask_app, jo, shop):
    headers = {"Authorization": f"Bearer {db_builders.token(jo, project_id=shop.id)}"}
    assert_problem(flask_app[0].post(URL, headers=headers, json={}), 403, "limited")
    body = {"project_id": str(shop.id)}
    assert flask_app[0].post(URL, headers=headers, json=body).status_code == 201


@pytest.mark.integration
def test_taken_id_is_409(send, api, make_dashboard, other):
    taken = make_dashboard(project_id=other.id)
    for request in (send("POST", URL, json={"id": str(taken.id)}), api.post(URL, json={"id": str(taken.id)})):
        assert_problem(request, 409, "already exist", field="id")


@pytest.mark.validation
@pytest.mark.parametrize(
    ("body", "status", "text", "field"),
    [
        ({"user_id": MISSING_ID}, 400, f"User with ID {MISSING_ID} doesn't exist", "user_id"),
        ({"user_id": "x"}, 400, "", "user_id"),
        ({"project_id": MISSING_ID}, 400, "Invalid project", "project"),
        ({"project_id": "shop"}, 400, "", "project_id"),
        ({"title": 5}, 400, "", "title"),
        ({"title": "x" * 256}, 400, "", "title"),
        ({"title": "a\0b"}, 400, "NUL", "title"),
        ({"description": []}, 400, "", "description"),
        ({"filters": {}}, 400, "", "filters"),
        ({"days": 0}, 400, "", "days"),
        ({"days": 36501}, 400, "", "days"),
        ({"days": 10**18}, 400, "", "days"),
        ({"days": "30"}, 400, "", "days"),
        ({"refresh_seconds": 4}, 400, "", "refresh_seconds"),
        ({"refresh_seconds": 86401}, 400, "", "refresh_seconds"),
        ({"project": "shop"}, 400, "unexpected", "project"),
    ],
)
def test_bad_dashboard_is_refused_and_changes_nothing(send, shop, make_dashboard, body, status, text, field):
    dashboard = make_dashboard(project_id=shop.id)
    assert_problem(send("POST", URL, json=body), status, text, field=field)
    assert_problem(send("PUT", f"{URL}/{dashboard.id}", json={"filters": "x", **body}), status, field=field)
    assert Dashboard.query.count() == 1
    assert send("GET", f"{URL}/{dashboard.id}").json()["filters"] == ""


@pytest.mark.validation
def test_unknown_relations_are_refused(send, shop, make_dashboard):
    url = f"{URL}/{make_dashboard(project_id=shop.id).id}"
    for name in ("widgets", "user", "metadata"):
        assert_problem(send("PUT", url, json={name: []}), 400, field=name)


@pytest.mark.integration
def test_longest_title_can_be_stored(send, shop):
    title = "\N{TEST TUBE}" * 255
    body = {"title": title, "project_id": str(shop.id)}
    assert send("POST", URL, json=body).json()["title"] == title


@pytest.mark.validation
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    ("id_", "status", "text"), [("x", 400, "is not a valid UUID"), (MISSING_ID, 404, "Dashboard not found")]
)
def test_dashboard_is_found_by_id_only(send, method, id_, status, text):
    body = {} if method == "PUT" else None
    assert_problem(send(method, f"{URL}/{id_}", json=body), status, text)


@pytest.mark.integration
def test_each_caller_sees_their_own(api, send, jo, shop, other, make_user, make_dashboard):
    mine = make_dashboard(title="a", user_id=jo.id)
    ours = make_dashboard(title="b", project_id=shop.id, user_id=make_user().id)
    public = make_dashboard(title="c")
    theirs = make_dashboard(title="d", project_id=other.id, user_id=jo.id)
    hidden = make_dashboard(title="e", user_id=make_user().id)
    assert_page(send("GET", URL), "dashboards", [mine.id, ours.id, public.id])
    assert_page(api.get(URL), "dashboards", [mine.id, ours.id, public.id, theirs.id, hidden.id])


@pytest.mark.integration
def test_dashboards_are_listed_by_title_and_id_those_without_last(api, make_dashboard):
    first, second = sorted((uuid4(), uuid4()))
    for id_, title in ((second, "b"), (first, "b"), (uuid4(), None), (uuid4(), "a")):
        make_dashboard(id=id_, title=title)
    found = api.get(URL).json()["dashboards"]
    assert [one["title"] for one in found] == ["a", "b", "b", None]
    assert [one["id"] for one in found[1:3]] == [str(first), str(second)]


@pytest.mark.integration
def test_list_is_narrowed_by_project_user_and_filter(send, jo, shop, make_dashboard):
    mine = make_dashboard(title="a", user_id=jo.id)
    ours = make_dashboard(title="b", project_id=shop.id, description="nightly")
    for query, found in [
        ({"project_id": str(shop.id)}, [ours.id]),
        ({"project_id": shop.id.hex.upper()}, [ours.id]),
        ({"project_id": "", "user_id": ""}, [mine.id, ours.id]),
        ({"user_id": str(jo.id)}, [mine.id]),
        ({"user_id": MISSING_ID}, []),
        ({"filter": "description=nightly"}, [ours.id]),
        ({"filter": ["title*a;b", f"user_id={jo.id}"]}, [mine.id]),
        ({"filter": "project_id@n"}, [mine.id]),
    ]:
        assert_page(send("GET", URL, params=query), "dashboards", found)


@pytest.mark.validation
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"project_id": "garbage"}, "project_id"),
        ({"project_id": "shop"}, "project_id"),
        ({"project_id": MISSING_ID}, "project"),
        ({"user_id": "garbage"}, "user_id"),
        ({"filter": "bogus=1"}, "bogus"),
        ({"filter": "nothing"}, "filter"),
        ({"page": 2**31, "pageSize": 10_001}, None),
    ],
)
def test_bad_list_parameter_is_400_and_named(send, shop, query, field):
    assert_problem(send("GET", URL, params=query), 400, field=field)


@pytest.mark.integration
def test_another_project_cannot_be_listed(send, other, make_dashboard):
    make_dashboard(project_id=other.id)
    assert_problem(send("GET", URL, params={"project_id": str(other.id)}), 403)
    query = {"filter": f"project_id={other.id}"}
    assert_page(send("GET", URL, params=query), "dashboards", [])


@pytest.mark.integration
def test_list_takes_the_same_number_of_statements_whatever_its_length(
    send, shop, make_dashboard, count_statements
):
    for i in range(20):
        make_dashboard(title=f"{i:02}", project_id=shop.id)
    counted = []
    for size in (2, 20):
        with count_statements() as statements:
            found = send("GET", URL, params={"pageSize": size}).json()["dashboards"]
        assert len(found) == size
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 3


@pytest.mark.integration
def test_update_changes_what_is_named_and_nothing_else(send, shop):
    before = send("POST", URL, json={"title": "Old", "filters": "a=1", "project_id": str(shop.id)}).json()
    url = f"{URL}/{before['id']}"
    change = {"description": "new"}
    assert send("PUT", url, json={**change, "id": MISSING_ID}).json() == before | change
    assert send("PUT", url, json={"title": None, "filters": None}).json()["filters"] == ""
    whole = send("GET", url).json()
    assert send("PUT", url, json=whole).json() == whole == before | change | {"title": None, "filters": ""}


@pytest.mark.integration
def test_time_range_and_refresh_are_set_kept_and_taken_back(send, shop):
    url = f"{URL}/{send('POST', URL, json={'project_id': str(shop.id), 'days': 7}).json()['id']}"
    numbers = []
    for change in ({"refresh_seconds": 5}, {"title": "x"}, {"days": None, "refresh_seconds": 86400}):
        answer = send("PUT", url, json=change).json()
        numbers.append((answer["days"], answer["refresh_seconds"]))
    assert numbers == [(7, 5), (7, 5), (None, 86400)]


@pytest.mark.integration
def test_dashboard_that_a_client_has_already_is_not_sent_again(api, make_dashboard):
    url = f"{URL}/{make_dashboard().id}"
    first = api.get(url)
    headers = {"If-None-Match": first.headers["ETag"]}
    again = api.get(url, headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == "private, no-cache"
    api.put(url, json={"title": "Changed"})
    assert api.get(url, headers=headers).json()["title"] == "Changed"


@pytest.mark.integration
def test_dashboard_takes_its_widgets_along(api, make_project, make_dashboard, make_widget_config, db_session):
    old, new = make_project(), make_project()
    dashboard = make_dashboard(project_id=old.id)
    moved = make_widget_config(project_id=old.id, dashboard_id=dashboard.id)
    kept = make_widget_config(project_id=old.id)
    answer = api.put(f"{URL}/{dashboard.id}", json={"project_id": str(new.id)}).json()
    assert answer["project_id"] == str(new.id)
    db_session.refresh(moved)
    db_session.refresh(kept)
    assert (moved.project_id, kept.project_id) == (new.id, old.id)


@pytest.mark.integration
def test_dashboard_that_went_elsewhere_is_no_default_any_more(
    api, make_project, make_dashboard, default_of, db_session
):
    old, new = make_project(), make_project()
    dashboard = make_dashboard(project_id=old.id)
    default_of(old, dashboard)
    api.put(f"{URL}/{dashboard.id}", json={"title": "Still here"})
    db_session.refresh(old)
    assert old.default_dashboard_id == dashboard.id
    api.put(f"{URL}/{dashboard.id}", json={"project_id": str(new.id)})
    assert api.get(f"/api/project/{old.id}").json()["default_dashboard_id"] is None


@pytest.mark.integration
def test_public_default_that_becomes_somebodys_is_no_default_any_more(
    api, jo, shop, make_dashboard, default_of
):
    dashboard = make_dashboard()
    default_of(shop, dashboard)
    api.put(f"{URL}/{dashboard.id}", json={"user_id": str(jo.id)})
    assert "defaultDashboard" not in api.get(f"/api/project/{shop.id}").json()


@pytest.mark.integration
def test_dashboard_moves_only_where_the_caller_is_a_maintainer(
    send, jo, shop, other, make_project, make_dashboard
):
    viewed = make_project(users=[jo], role="viewer")
    url = f"{URL}/{make_dashboard(project_id=shop.id).id}"
    for target in (other, viewed):
        assert_problem(send("PUT", url, json={"project_id": str(target.id)}), 403)
    assert send("GET", url).json()["project_id"] == str(shop.id)
    mine = make_dashboard(user_id=jo.id)
    answer = send("PUT", f"{URL}/{mine.id}", json={"project_id": str(shop.id)}).json()
    assert (answer["project_id"], answer["user_id"]) == (str(shop.id), str(jo.id))


@pytest.mark.integration
def test_public_dashboard_is_shown_to_everybody_and_changed_by_superadmins(api, send, make_dashboard):
    url = f"{URL}/{make_dashboard().id}"
    assert send("GET", url).status_code == 200
    assert_problem(send("PUT", url, json={"title": "mine"}), 403)
    assert_problem(send("DELETE", url), 403)
    assert api.put(url, json={"title": "ours"}).json()["title"] == "ours"


@pytest.mark.integration
def test_deleting_a_dashboard_deletes_its_widgets_and_clears_defaults(
    send, shop, make_dashboard, make_widget_config, default_of
):
    dashboard = make_dashboard(project_id=shop.id)
    default_of(shop, dashboard)
    gone = make_widget_config(project_id=shop.id, dashboard_id=dashboard.id)
    kept = make_widget_config(project_id=shop.id, type="view")
    response = send("DELETE", f"{URL}/{dashboard.id}")
    assert (response.status_code, response.json()) == (200, "OK")
    assert_problem(send("GET", f"{URL}/{dashboard.id}"), 404)
    assert_problem(send("GET", f"/api/widget-config/{gone.id}"), 404)
    assert WidgetConfig.query.filter_by(id=kept.id).count() == 1
    assert send("GET", f"/api/project/{shop.id}").json()["default_dashboard_id"] is None


@pytest.mark.integration
def test_own_dashboard_is_deleted_by_its_user_alone(send, api_of, jo, make_user, make_dashboard):
    url = f"{URL}/{make_dashboard(user_id=jo.id).id}"
    assert_problem(api_of(make_user())("DELETE", url), 403)
    assert send("DELETE", url).json() == "OK"


@pytest.mark.validation
def test_personal_dashboard_cannot_be_the_default_of_a_project(api, jo, shop, make_dashboard):
    url, body = f"/api/project/{shop.id}", {"default_dashboard_id": str(make_dashboard(user_id=jo.id).id)}
    assert_problem(api.put(url, json=body), 400, field="default_dashboard_id")
    body = {"default_dashboard_id": str(make_dashboard().id)}
    assert api.put(url, json=body).json()["default_dashboard_id"] == body["default_dashboard_id"]
