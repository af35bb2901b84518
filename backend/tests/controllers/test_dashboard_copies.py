"""Dashboards over HTTP with all that is on them: copied, written down, and made from what was written."""

from uuid import UUID

import pytest
from fixtures.constants import MISSING_ID
from helpers import db_builders
from helpers.assertions import assert_problem

from ibutsu_server.db.models import AuditEntry, Dashboard, WidgetConfig

URL = "/api/dashboard"
IMPORT = "/api/dashboard/import"
DASHBOARD = {
    "title": "Nightly",
    "description": "All of it",
    "filters": "env=qa",
    "days": 30,
    "refresh_seconds": 60,
}
WIDGET = {
    "widget": "run-aggregator",
    "type": "widget",
    "title": "Recent",
    "weight": 3,
    "width": 4,
    "navigable": None,
    "params": {"weeks": 2, "group_field": "env"},
}
DOCUMENT = {"format": "ibutsu-dashboard", "version": 1, "dashboard": DASHBOARD, "widgets": [WIDGET]}


@pytest.fixture
def nightly(shop, make_dashboard, make_widget_config):
    dashboard = make_dashboard(**DASHBOARD, project_id=shop.id)
    make_widget_config(**WIDGET, project_id=shop.id, dashboard_id=dashboard.id)
    return dashboard


@pytest.fixture
def second(jo, make_project):
    """Another project of Jo's."""
    return make_project(name="second", users=[jo])


def _copied(response):
    assert response.status_code == 201, response.text
    found = WidgetConfig.query.filter_by(dashboard_id=UUID(response.json()["id"]))
    return response.json(), found.order_by(WidgetConfig.weight, WidgetConfig.id).all()


@pytest.mark.integration
def test_copy_has_all_that_the_original_has(send, shop, nightly):
    dashboard, (widget,) = _copied(send("POST", f"{URL}/{nightly.id}/copy", json={}))
    assert dashboard == {
        **DASHBOARD,
        "id": dashboard["id"],
        "project_id": str(shop.id),
        "user_id": None,
    }
    assert dashboard["id"] != str(nightly.id)
    assert {name: getattr(widget, name) for name in WIDGET} == WIDGET
    assert widget.project_id == shop.id
    assert WidgetConfig.query.count() == 2


@pytest.mark.integration
def test_copy_gets_another_title_where_one_is_given(send, nightly):
    url = f"{URL}/{nightly.id}/copy"
    titles = [send("POST", url, json={"title": title}).json()["title"] for title in ("Weekly", None, "")]
    assert titles == ["Weekly", "Nightly", "Nightly"]


@pytest.mark.integration
def test_copy_in_another_project_is_about_that_project(
    send, shop, second, other, make_dashboard, make_widget_config
):
    source = make_dashboard(project_id=shop.id, filters=f"project_id={shop.id},env=qa")
    said = [
        ("result-summary", {"project": str(shop.id)}, {"project": str(second.id)}),
        ("result-summary", {"project": "SHOP", "env": "qa"}, {"project": str(second.id), "env": "qa"}),
        ("result-summary", {"project": shop.id.hex}, {"project": str(second.id)}),
        ("result-summary", {"project": str(other.id)}, {"project": str(other.id)}),
        ("result-summary", {"source": "shop", "env": 5}, {"source": "shop", "env": 5}),
        (
            "compare-runs-view",
            {"additional_filters": [f"project_id={shop.id},env=qa", "env=prod"]},
            {"additional_filters": [f"project_id={second.id},env=qa", "env=prod"]},
        ),
        ("given-up", {"undeclared": [None, 1]}, {"undeclared": [None, 1]}),
        ("result-summary", None, {}),
    ]
    for weight, (widget, params, _) in enumerate(said):
        make_widget_config(
            widget=widget, params=params, weight=weight, project_id=shop.id, dashboard_id=source.id
        )
    response = send("POST", f"{URL}/{source.id}/copy", json={"project_id": str(second.id)})
    dashboard, widgets = _copied(response)
    assert dashboard["project_id"] == str(second.id)
    assert dashboard["filters"] == f"project_id={second.id},env=qa"
    assert [widget.params for widget in widgets] == [after for _, _, after in said]
    assert {widget.project_id for widget in widgets} == {second.id}


@pytest.mark.integration
def test_equally_heavy_widgets_stay_in_their_order(send, shop, make_dashboard, make_widget_config):
    source = make_dashboard(project_id=shop.id)
    titles = [str(number) for number in range(100)]
    for title in titles:
        make_widget_config(title=title, project_id=shop.id, dashboard_id=source.id)
    _, widgets = _copied(send("POST", f"{URL}/{source.id}/copy", json={}))
    assert [widget.title for widget in widgets] == titles
    make_widget_config(project_id=shop.id, dashboard_id=source.id)
    assert_problem(send("POST", f"{URL}/{source.id}/copy", json={}), 400, "more than 100 widgets")
    assert_problem(send("GET", f"{URL}/{source.id}/export"), 400, "more than 100 widgets")
    assert Dashboard.query.count() == 2


@pytest.mark.integration
def test_viewer_copies_where_they_are_a_maintainer(send, jo, shop, other, make_project, make_dashboard):
    viewed = make_project(users=[jo], role="viewer")
    url = f"{URL}/{make_dashboard(project_id=viewed.id).id}/copy"
    assert send("POST", url, json={"project_id": str(shop.id)}).status_code == 201
    for body in ({}, {"project_id": str(viewed.id)}, {"project_id": str(other.id)}):
        assert_problem(send("POST", url, json=body), 403)
    hidden = make_dashboard(project_id=other.id)
    assert_problem(send("POST", f"{URL}/{hidden.id}/copy", json={"project_id": str(shop.id)}), 403)
    assert Dashboard.query.filter_by(project_id=viewed.id).count() == 1


@pytest.mark.integration
def test_copy_of_what_has_no_project_is_the_callers_own(
    send, jo, shop, second, make_dashboard, make_widget_config
):
    public = make_dashboard()
    make_widget_config(dashboard_id=public.id, weight=1)
    make_widget_config(dashboard_id=public.id, weight=2, project_id=shop.id)
    dashboard, widgets = _copied(send("POST", f"{URL}/{public.id}/copy", json={}))
    assert (dashboard["project_id"], dashboard["user_id"]) == (None, str(jo.id))
    assert [widget.project_id for widget in widgets] == [None, shop.id]
    body = {"project_id": str(second.id)}
    dashboard, widgets = _copied(send("POST", f"{URL}/{public.id}/copy", json=body))
    assert (dashboard["project_id"], dashboard["user_id"]) == (str(second.id), None)
    assert [widget.project_id for widget in widgets] == [second.id, second.id]


@pytest.mark.integration
def test_copy_puts_no_widget_where_the_caller_is_no_maintainer(
    send, jo, make_project, make_dashboard, make_widget_config
):
    viewed = make_project(users=[jo], role="viewer")
    mine = make_dashboard(user_id=jo.id)
    make_widget_config(dashboard_id=mine.id, project_id=viewed.id)
    assert_problem(send("POST", f"{URL}/{mine.id}/copy", json={}), 403)
    assert (Dashboard.query.count(), WidgetConfig.query.count()) == (1, 1)


@pytest.mark.integration
def test_widgets_that_the_caller_does_not_see_are_neither_copied_nor_written_down(
    send, jo, other, make_dashboard, make_widget_config
):
    mine = make_dashboard(user_id=jo.id)
    make_widget_config(dashboard_id=mine.id, project_id=other.id, title="secret")
    assert _copied(send("POST", f"{URL}/{mine.id}/copy", json={}))[1] == []
    assert send("GET", f"{URL}/{mine.id}/export").json()["widgets"] == []


@pytest.mark.validation
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": 5}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"project_id": "shop"}, "project_id"),
        ({"project_id": MISSING_ID}, "project"),
        ({"widgets": []}, "widgets"),
    ],
)
def test_bad_copy_is_400_and_stores_nothing(send, nightly, body, field):
    assert_problem(send("POST", f"{URL}/{nightly.id}/copy", json=body), 400, field=field)
    assert Dashboard.query.count() == 1


@pytest.mark.validation
def test_limited_token_copies_and_makes_no_dashboard_of_its_owner(
    flask_app, jo, shop, nightly, make_dashboard
):
    headers = {"Authorization": f"Bearer {db_builders.token(jo, project_id=shop.id)}"}
    client, _token = flask_app
    assert_problem(client.post(IMPORT, headers=headers, json=DOCUMENT), 403, "limited")
    assert client.post(f"{URL}/{nightly.id}/copy", headers=headers, json={}).status_code == 201
    query = {"project_id": str(shop.id)}
    assert client.post(IMPORT, headers=headers, json=DOCUMENT, params=query).status_code == 201


@pytest.mark.integration
def test_everything_that_comes_is_told_in_the_audit_log(send, shop, nightly):
    AuditEntry.query.delete()
    copied = send("POST", f"{URL}/{nightly.id}/copy", json={"title": "Copy"}).json()
    told = AuditEntry.query.order_by(AuditEntry.entity).all()
    assert [(entry.action, entry.entity, entry.name) for entry in told] == [
        ("create", "dashboard", "Copy"),
        ("create", "widget_config", "Recent"),
    ]
    assert told[0].entity_id == UUID(copied["id"])
    assert {entry.project_id for entry in told} == {shop.id}


@pytest.mark.integration
def test_document_has_no_ids_and_no_project(send, shop, nightly, make_widget_config):
    place = {"dashboard_id": nightly.id, "project_id": shop.id, "title": None}
    make_widget_config(
        **place, widget="result-summary", params={"project": str(shop.id), "env": "qa", "x": 1}
    )
    make_widget_config(**place, widget="given-up")
    summary = {
        "widget": "result-summary",
        "type": "widget",
        "title": None,
        "weight": 10,
        "width": 6,
        "navigable": None,
        "params": {"env": "qa"},
    }
    answer = send("GET", f"{URL}/{nightly.id}/export").json()
    assert answer == {**DOCUMENT, "widgets": [WIDGET, summary]}
    assert str(shop.id) not in str(answer)


@pytest.mark.integration
def test_document_makes_the_same_dashboard_elsewhere(send, second, shop, nightly, make_widget_config):
    place = {"dashboard_id": nightly.id, "project_id": shop.id}
    make_widget_config(**place, weight=0, title="First", params=None)
    make_widget_config(**place, widget="jenkins-job-view", type="view", navigable=False, params={})
    make_widget_config(**place, widget="jenkins-heatmap", type="anything", params={"builds": 3})
    document = send("GET", f"{URL}/{nightly.id}/export").json()
    made = send("POST", IMPORT, json=document, params={"project_id": str(second.id)})
    dashboard, widgets = _copied(made)
    assert dashboard["project_id"] == str(second.id)
    assert {widget.project_id for widget in widgets} == {second.id}
    assert send("GET", f"{URL}/{dashboard['id']}/export").json() == document


@pytest.mark.integration
def test_document_without_a_project_is_the_callers_own_dashboard(send, jo):
    dashboard, (widget,) = _copied(send("POST", IMPORT, json=DOCUMENT))
    assert (dashboard["project_id"], dashboard["user_id"]) == (None, str(jo.id))
    assert (widget.project_id, widget.params) == (None, WIDGET["params"])


@pytest.mark.integration
def test_document_needs_little(send, shop):
    document = {**DOCUMENT, "dashboard": {}, "widgets": [{"widget": "jenkins-job-view"}]}
    query = {"project_id": str(shop.id)}
    dashboard, (widget,) = _copied(send("POST", IMPORT, json=document, params=query))
    assert (dashboard["title"], dashboard["description"], dashboard["days"]) == (None, "", None)
    assert (widget.type, widget.navigable, widget.weight, widget.width) == ("view", True, 10, 6)


@pytest.mark.integration
def test_old_names_of_parameters_are_understood_in_a_document(send):
    widget = {"widget": "jenkins-heatmap", "params": {"jenkins_job_name": "nightly"}}
    _, (made,) = _copied(send("POST", IMPORT, json={**DOCUMENT, "widgets": [widget]}))
    assert made.params == {"job_name": "nightly"}


@pytest.mark.validation
@pytest.mark.parametrize(
    ("widget", "field"),
    [
        ({"widget": "crystal-ball"}, "widgets.1.widget"),
        ({}, "widgets.1.widget"),
        ({"widget": "run-aggregator", "params": {"weeks": "many"}}, "widgets.1.params.weeks"),
        ({"widget": "run-aggregator", "params": {"weeks": 10**18}}, "widgets.1.params.weeks"),
        ({"widget": "run-aggregator", "params": {"colour": "red"}}, "widgets.1.params.colour"),
        (
            {"widget": "jenkins-heatmap", "params": {"jenkins_job_name": {"a": 1}}},
            "widgets.1.params.job_name",
        ),
        ({"widget": "accessibility-bar-chart", "params": {"run_list": [1]}}, "widgets.1.params.run_list"),
        ({"widget": "run-aggregator", "params": []}, "widgets.1.params"),
        ({"widget": "run-aggregator", "params": {str(n): 1 for n in range(51)}}, "widgets.1.params"),
        ({"widget": "run-aggregator", "width": 13}, "widgets.1.width"),
        ({"widget": "run-aggregator", "weight": 2**31}, "widgets.1.weight"),
        ({"widget": "run-aggregator", "title": "x" * 1025}, "widgets.1.title"),
        ({"widget": "run-aggregator", "project_id": MISSING_ID}, "widgets.1.project_id"),
        ("run-aggregator", "widgets.1"),
    ],
)
def test_bad_widget_of_a_document_is_named_and_nothing_is_stored(send, widget, field):
    document = {**DOCUMENT, "widgets": [WIDGET, widget]}
    assert_problem(send("POST", IMPORT, json=document), 400, field=field)
    assert (Dashboard.query.count(), WidgetConfig.query.count()) == (0, 0)


@pytest.mark.validation
def test_all_that_is_wrong_with_a_document_is_told_up_to_twenty_faults(send):
    bad = {"widget": "run-aggregator", "params": {"weeks": "many", "colour": "red"}}
    document = {**DOCUMENT, "widgets": [{"widget": "crystal-ball"}, *[bad] * 15]}
    fields = [error["field"] for error in send("POST", IMPORT, json=document).json()["errors"]]
    assert len(fields) == 20
    assert fields[0] == "widgets.0.widget"
    assert sorted(fields[1:3]) == ["widgets.1.params.colour", "widgets.1.params.weeks"]


@pytest.mark.validation
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"format": "grafana"}, "format"),
        ({"version": 2}, "version"),
        ({"version": "1"}, "version"),
        ({"dashboard": None}, "dashboard"),
        ({"dashboard": {"days": 0}}, "dashboard.days"),
        ({"dashboard": {"title": "x" * 256}}, "dashboard.title"),
        ({"dashboard": {"id": MISSING_ID}}, "dashboard.id"),
        ({"widgets": [{"widget": "result-summary"}] * 101}, "widgets"),
        ({"project_id": MISSING_ID}, "project_id"),
    ],
)
def test_what_is_no_such_document_is_400(send, change, field):
    assert_problem(send("POST", IMPORT, json={**DOCUMENT, **change}), 400, field=field)


@pytest.mark.validation
@pytest.mark.parametrize(
    ("project_id", "field"), [("shop", "project_id"), (MISSING_ID, "project"), ("", "project_id")]
)
def test_document_is_put_into_a_project_that_there_is(send, project_id, field):
    response = send("POST", IMPORT, json=DOCUMENT, params={"project_id": project_id})
    assert_problem(response, 400, field=field)


@pytest.mark.integration
def test_document_is_put_only_where_the_caller_is_a_maintainer(send, jo, other, make_project):
    viewed = make_project(users=[jo], role="viewer")
    for project in (other, viewed):
        response = send("POST", IMPORT, json=DOCUMENT, params={"project_id": str(project.id)})
        assert_problem(response, 403)
    assert Dashboard.query.count() == 0


@pytest.mark.integration
def test_repeated_request_copies_once(api, nightly):
    headers = {"Idempotency-Key": "copy it once"}
    answers = [api.post(f"{URL}/{nightly.id}/copy", json={}, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert Dashboard.query.count() == 2
