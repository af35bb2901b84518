"""Widget configs over HTTP: what is stored of them, where they belong, and who sees them."""

from uuid import uuid4

import pytest
from fixtures.constants import MISSING_ID
from helpers.assertions import assert_page, assert_problem

from ibutsu_server.db.models import WidgetConfig

URL = "/api/widget-config"


@pytest.fixture
def add(send, shop):
    """`add(…)` makes a widget config in the project and returns the answer."""

    def post(**body):
        response = send("POST", URL, json={"widget": "run-aggregator", "project": "shop", **body})
        assert response.status_code == 201, response.text
        return response.json()

    return post


@pytest.mark.integration
def test_new_widget_config_is_answered_as_it_was_sent(send, shop, make_dashboard):
    sent = {
        "navigable": False,
        "params": {"weeks": 2, "group_field": "env"},
        "project_id": str(shop.id),
        "dashboard_id": str(make_dashboard(project_id=shop.id).id),
        "title": "Recent",
        "type": "widget",
        "weight": 3,
        "widget": "run-aggregator",
        "id": str(uuid4()),
        "width": 12,
    }
    response = send("POST", URL, json=sent)
    assert (response.status_code, response.json()) == (201, sent)
    assert list(response.json()) == list(sent)
    assert send("GET", f"{URL}/{sent['id']}").json() == sent


@pytest.mark.integration
def test_widget_config_needs_little(add, shop):
    answer = add(title=None, params=None, weight=None, navigable=None)
    assert (answer["type"], answer["weight"], answer["params"]) == ("widget", 10, {})
    assert (answer["navigable"], answer["title"], answer["dashboard_id"]) == (None, None, None)
    assert answer["project_id"] == str(shop.id)


@pytest.mark.integration
@pytest.mark.parametrize(("sent", "stored"), [(0, 10), (None, 10), (5, 5), (-1, -1)])
def test_weight_that_is_nothing_becomes_ten(add, sent, stored):
    assert add(weight=sent)["weight"] == stored


@pytest.mark.integration
def test_width_that_nobody_said_is_half_of_the_dashboard(send, add):
    config = add(width=None)
    url = f"{URL}/{config['id']}"
    widths = [send("PUT", url, json=change).json()["width"] for change in ({"width": 3}, {"width": None}, {})]
    assert (config["width"], widths) == (6, [3, 3, 3])


@pytest.mark.integration
def test_zero_weight_lasts_until_an_update_that_says_nothing_about_it(send, add):
    url = f"{URL}/{add()['id']}"
    assert send("PUT", url, json={"weight": 0}).json()["weight"] == 0
    assert send("GET", url).json()["weight"] == 0
    assert send("PUT", url, json={"title": "x"}).json()["weight"] == 10
    assert send("PUT", url, json={"weight": 7}).json()["weight"] == 7
    assert send("PUT", url, json={"weight": None}).json()["weight"] == 7


@pytest.mark.integration
@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (True, True),
        (False, False),
        *((text, True) for text in ("true", "t", "yes", "y", "1")),
        *((text, False) for text in ("True", "Yes", "T", "false", "no", "0", "")),
    ],
)
def test_text_is_navigable_by_its_first_letter(send, add, sent, stored):
    config = add(navigable=sent, type="view")
    assert config["navigable"] is stored
    answer = send("PUT", f"{URL}/{config['id']}", json={"navigable": sent}).json()
    assert answer["navigable"] is stored


@pytest.mark.integration
@pytest.mark.parametrize("said", [{}, {"navigable": None}])
def test_views_are_navigable_unless_told_otherwise(send, add, said):
    assert add(type="view", **said)["navigable"] is True
    assert add(type="widget", **said)["navigable"] is None
    url = f"{URL}/{add(type='widget', navigable=False)['id']}"
    assert send("PUT", url, json={"title": "x", **said}).json()["navigable"] is False
    assert send("PUT", url, json={"type": "view", **said}).json()["navigable"] is True


@pytest.mark.integration
def test_type_is_that_of_the_widget_where_none_is_said(add):
    config = add(widget="jenkins-job-view")
    assert (config["type"], config["navigable"]) == ("view", True)
    assert add(widget="jenkins-job-view", type="anything")["type"] == "anything"


RENAMES = [
    ("jenkins-heatmap", "jenkins_job_name", "job_name"),
    ("compare-runs-view", "filters", "additional_filters"),
    ("filter-heatmap", "filters", "additional_filters"),
    ("jenkins-job-view", "filter", "additional_filters"),
]


@pytest.mark.integration
@pytest.mark.parametrize(("widget", "old", "new"), RENAMES)
def test_parameters_get_their_names_of_today(send, add, make_widget_config, shop, widget, old, new):
    config = add(widget=widget, params={old: "a"})
    assert config["params"] == {new: "a"}
    url = f"{URL}/{config['id']}"
    assert send("PUT", url, json={"params": {old: "b", new: "c"}}).json()["params"] == {new: "c"}
    stored = make_widget_config(widget=widget, project_id=shop.id, params={old: "a"})
    assert send("GET", f"{URL}/{stored.id}").json()["params"] == {new: "a"}


@pytest.mark.integration
def test_undeclared_parameters_are_dropped_and_values_kept_as_they_are(send, add):
    odd = {"weeks": "many", "group_field": {"a": [1, None]}, "additional_filters": "bogus=1"}
    config = add(params={**odd, "chart_type": "bar", "filter": "x"})
    assert config["params"] == odd
    answer = send("PUT", f"{URL}/{config['id']}", json={"params": {"weeks": None, "x": 1}}).json()
    assert answer["params"] == {"weeks": None}
    assert send("PUT", f"{URL}/{config['id']}", json={"params": {}}).json()["params"] == {}


@pytest.mark.integration
@pytest.mark.parametrize("widget", ["run-aggregator", "given-up"])
def test_reading_cleans_the_answer_and_changes_nothing(send, shop, make_widget_config, db_session, widget):
    stored = {"weeks": 1, "undeclared": 2}
    config = make_widget_config(widget=widget, project_id=shop.id, params=stored)
    shown = {"weeks": 1} if widget == "run-aggregator" else {}
    assert send("GET", f"{URL}/{config.id}").json()["params"] == shown
    assert send("GET", URL).json()["widgets"][0]["params"] == shown
    assert send("PUT", f"{URL}/{config.id}", json={"title": "x"}).json()["params"] == shown
    db_session.refresh(config)
    assert config.params == stored


@pytest.mark.integration
def test_widget_without_stored_parameters_has_none(send, shop, make_widget_config):
    config = make_widget_config(project_id=shop.id, params=None)
    assert send("GET", f"{URL}/{config.id}").json()["params"] == {}


@pytest.mark.integration
def test_parameters_that_another_widget_has_not_are_dropped_when_it_changes(send, add):
    config = add(params={"weeks": 1, "group_field": "env"})
    answer = send("PUT", f"{URL}/{config['id']}", json={"widget": "result-aggregator"}).json()
    assert (answer["widget"], answer["params"]) == ("result-aggregator", {"group_field": "env"})


@pytest.mark.integration
def test_update_changes_what_is_named_and_nothing_else(send, add):
    before = add(title="Old", params={"weeks": 1}, navigable=True)
    url = f"{URL}/{before['id']}"
    assert send("PUT", url, json={"title": "New", "id": MISSING_ID}).json() == before | {"title": "New"}
    whole = send("GET", url).json()
    assert send("PUT", url, json=whole).json() == whole
    assert send("PUT", url, json={"title": None}).json()["title"] is None


@pytest.mark.validation
@pytest.mark.parametrize(
    ("body", "text", "field"),
    [
        ({"widget": "bogus"}, "Bad request, widget type does not exist", "widget"),
        ({"widget": ""}, "", "widget"),
        ({"widget": 5}, "", "widget"),
        ({"params": []}, "", "params"),
        ({"params": "a=1"}, "", "params"),
        ({"params": {"weeks": "a\0b"}}, "NUL", "params.weeks"),
        ({"weight": "5"}, "", "weight"),
        ({"weight": 2**31}, "", "weight"),
        ({"width": 0}, "", "width"),
        ({"width": 13}, "", "width"),
        ({"width": 1.5}, "", "width"),
        ({"navigable": 1}, "", "navigable"),
        ({"type": 1}, "", "type"),
        ({"project": "nobody"}, "Invalid project", "project"),
        ({"project": None, "project_id": MISSING_ID}, "Invalid project", "project"),
        ({"project_id": "x"}, "", "project_id"),
        ({"dashboard_id": "x"}, "", "dashboard_id"),
        ({"dashboard_id": MISSING_ID}, "doesn't exist", "dashboard_id"),
        ({"metadata": {}}, "unexpected", "metadata"),
        ({"dashboard": {}}, "unexpected", "dashboard"),
    ],
)
def test_bad_widget_config_is_400_and_changes_nothing(send, add, body, text, field):
    config = add(title="Old")
    new = {"widget": "run-aggregator", "project": "shop", **body}
    assert_problem(send("POST", URL, json=new), 400, text, field=field)
    changed = send("PUT", f"{URL}/{config['id']}", json={"title": "New", **body})
    assert_problem(changed, 400, text, field=field)
    assert [one.title for one in WidgetConfig.query.all()] == ["Old"]


@pytest.mark.validation
def test_widget_is_required(send, shop):
    assert_problem(send("POST", URL, json={"project": "shop"}), 400, "required", field="widget")


@pytest.mark.integration
def test_taken_id_is_409(send, make_widget_config, shop, other):
    body = {"id": str(make_widget_config(project_id=other.id).id), "widget": "run-aggregator"}
    assert_problem(send("POST", URL, json={**body, "project": "shop"}), 409, "already exist", field="id")


@pytest.mark.validation
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    ("id_", "status", "text"),
    [("x", 400, "is not a valid UUID"), (MISSING_ID, 404, "Widget config not found")],
)
def test_widget_config_is_found_by_id_only(send, method, id_, status, text):
    body = {} if method == "PUT" else None
    assert_problem(send(method, f"{URL}/{id_}", json=body), status, text)


@pytest.mark.integration
def test_project_is_named_by_name_or_id_and_wins_over_project_id(send, jo, shop, make_project):
    second = make_project(users=[jo])
    for place, project in [
        ({"project": "SHOP"}, shop),
        ({"project": str(shop.id)}, shop),
        ({"project_id": str(shop.id)}, shop),
        ({"project": "shop", "project_id": str(second.id)}, shop),
    ]:
        config = send("POST", URL, json={"widget": "result-summary", **place}).json()
        assert config["project_id"] == str(project.id)
        moved = send("PUT", f"{URL}/{config['id']}", json={"project_id": str(second.id)}).json()
        assert moved["project_id"] == str(second.id)


@pytest.mark.integration
def test_widget_on_a_dashboard_belongs_to_its_project(send, jo, shop, make_project, make_dashboard):
    second = make_project(users=[jo])
    here, there = make_dashboard(project_id=shop.id), make_dashboard(project_id=second.id)
    body = {"widget": "result-summary", "dashboard_id": str(here.id)}
    config = send("POST", URL, json=body).json()
    assert config["project_id"] == str(shop.id)
    url, to_the_second = f"{URL}/{config['id']}", {"project_id": str(second.id)}
    assert_problem(send("POST", URL, json=body | to_the_second), 400, field="dashboard_id")
    assert_problem(send("PUT", url, json=to_the_second), 400, field="dashboard_id")
    moved = send("PUT", url, json={"dashboard_id": str(there.id)}).json()
    assert (moved["project_id"], moved["dashboard_id"]) == (str(second.id), str(there.id))


@pytest.mark.integration
def test_widget_on_a_dashboard_of_ones_own_is_ones_own(send, jo, shop, api_of, make_user, make_dashboard):
    body = {"widget": "result-summary", "dashboard_id": str(make_dashboard(user_id=jo.id).id)}
    config = send("POST", URL, json=body).json()
    assert config["project_id"] is None
    assert send("PUT", f"{URL}/{config['id']}", json={"title": "Mine"}).status_code == 200
    for method in ("GET", "DELETE"):
        assert_problem(api_of(make_user())(method, f"{URL}/{config['id']}"), 403)
    assert send("POST", URL, json={**body, "project": "shop"}).json()["project_id"] == str(shop.id)


@pytest.mark.integration
def test_widget_config_is_put_only_where_the_caller_is_a_maintainer(
    send, add, jo, make_user, other, make_project, make_dashboard
):
    viewed = make_project(users=[jo], role="viewer")
    url = f"{URL}/{add()['id']}"
    for place in (
        {"project": "other"},
        {"project_id": str(other.id)},
        {"project_id": str(viewed.id)},
        {"project": None, "dashboard_id": str(make_dashboard(project_id=other.id).id)},
        {"project": None, "dashboard_id": str(make_dashboard(user_id=make_user().id).id)},
        {"project": None, "dashboard_id": str(make_dashboard().id)},
    ):
        assert_problem(send("POST", URL, json={"widget": "result-summary", **place}), 403)
        assert_problem(send("PUT", url, json=place), 403)
    assert WidgetConfig.query.count() == 1


@pytest.mark.integration
def test_widget_config_of_another_project_is_out_of_reach(send, other, make_widget_config):
    url = f"{URL}/{make_widget_config(project_id=other.id).id}"
    for method in ("GET", "PUT", "DELETE"):
        body = {"title": "mine", "project": "shop"} if method == "PUT" else None
        assert_problem(send(method, url, json=body), 403)


@pytest.mark.integration
def test_config_for_everybody_is_made_and_changed_by_superadmins(api, send):
    body = {"widget": "jenkins-job-view"}
    assert_problem(send("POST", URL, json=body), 403)
    config = api.post(URL, json=body).json()
    assert (config["project_id"], config["navigable"]) == (None, True)
    url = f"{URL}/{config['id']}"
    assert send("GET", url).status_code == 200
    assert_problem(send("PUT", url, json={"title": "mine"}), 403)
    assert_problem(send("DELETE", url), 403)
    assert api.delete(url).json() == "OK"


@pytest.mark.integration
def test_deleted_widget_config_is_gone(send, add):
    url = f"{URL}/{add()['id']}"
    response = send("DELETE", url)
    assert (response.status_code, response.json()) == (200, "OK")
    assert_problem(send("GET", url), 404)


@pytest.mark.integration
def test_each_caller_sees_their_own_by_weight_and_id(
    api, send, jo, shop, other, make_user, make_dashboard, make_widget_config
):
    first, second = sorted((uuid4(), uuid4()))
    ours = [make_widget_config(id=id_, weight=5, project_id=shop.id).id for id_ in (second, first)]
    public = make_widget_config(weight=-1).id
    mine = make_widget_config(weight=6, dashboard_id=make_dashboard(user_id=jo.id).id).id
    on_ours = make_widget_config(weight=7, dashboard_id=make_dashboard(project_id=shop.id).id).id
    theirs = make_widget_config(weight=8, project_id=other.id).id
    hidden = make_widget_config(weight=9, dashboard_id=make_dashboard(user_id=make_user().id).id).id
    seen = [public, *reversed(ours), mine, on_ours]
    assert_page(send("GET", URL), "widgets", seen)
    assert_page(api.get(URL), "widgets", [*seen, theirs, hidden])


@pytest.mark.integration
def test_condition_on_the_project_also_finds_what_is_for_every_project(
    api, shop, other, make_dashboard, make_widget_config
):
    dashboard = make_dashboard(project_id=shop.id)
    ours = make_widget_config(weight=1, project_id=shop.id, type="view", navigable=True)
    on_dashboard = make_widget_config(weight=2, project_id=shop.id, dashboard_id=dashboard.id)
    everybodys = make_widget_config(weight=3, type="view", navigable=True, title="project overview")
    theirs = make_widget_config(weight=4, project_id=other.id)
    of_shop = f"project_id={shop.id}"
    for filters, found in [
        ([of_shop], [ours, on_dashboard, everybodys]),
        ([of_shop, "type=view"], [ours, everybodys]),
        ([f"type=view,navigable=true,{of_shop}"], [ours, everybodys]),
        ([of_shop, f"project_id={other.id}"], [everybodys]),
        ([f"project_id!{shop.id}"], [everybodys, theirs]),
        ([f"dashboard_id={dashboard.id}"], [on_dashboard]),
        (["title%project"], [everybodys]),
        (["widget=result-summary"], []),
        (["params.weeks=4", "navigable@y"], [ours, everybodys]),
    ]:
        assert_page(api.get(URL, params={"filter": filters}), "widgets", [one.id for one in found])


@pytest.mark.integration
def test_condition_on_another_project_finds_only_what_is_for_everybody(send, other, make_widget_config):
    make_widget_config(project_id=other.id)
    public = make_widget_config()
    query = {"filter": f"project_id={other.id}", "type": "view", "project_id": "ignored"}
    assert_page(send("GET", URL, params=query), "widgets", [public.id])


@pytest.mark.validation
@pytest.mark.parametrize(
    ("filter_", "field"),
    [("bogus=1", "bogus"), ("navigable=zzz", "navigable"), ("project_id=x", "project_id"), ("x", "filter")],
)
def test_bad_filter_is_400_and_named(send, filter_, field):
    assert_problem(send("GET", URL, params={"filter": filter_}), 400, field=field)


@pytest.mark.integration
def test_list_takes_the_same_number_of_statements_whatever_its_length(
    send, shop, make_dashboard, make_widget_config, count_statements
):
    for i in range(20):
        dashboard = make_dashboard(project_id=shop.id)
        make_widget_config(weight=i, project_id=shop.id, dashboard_id=dashboard.id)
    counted = []
    for size in (2, 20):
        with count_statements() as statements:
            query = {"pageSize": size, "filter": f"project_id={shop.id}"}
            found = send("GET", URL, params=query).json()["widgets"]
        assert len(found) == size
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 3
