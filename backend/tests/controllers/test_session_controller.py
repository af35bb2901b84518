"""Sessions over HTTP: where somebody is signed in, staying signed in, and ending it."""

from datetime import timedelta

import pytest
from fixtures.constants import MISSING_ID, PASSWORD
from freezegun import freeze_time
from helpers.assertions import assert_page, assert_problem
from ibutsu_client.models import LoginToken

from ibutsu_server.db.models import Token, UserSession
from ibutsu_server.db.types import now
from ibutsu_server.domain.sessions import GRACE

pytestmark = pytest.mark.integration

BEHIND_GRACE = GRACE + timedelta(seconds=1)


@pytest.fixture
def client(flask_app):
    return flask_app[0]


@pytest.fixture
def jo(make_user):
    return make_user(email="jo@example.com", name="Jo", password=PASSWORD)


@pytest.fixture
def sign_in(client, jo):
    """Answers of sign-ins, each with another browser."""

    def send(agent="Firefox", email="jo@example.com"):
        body = {"email": email, "password": PASSWORD}
        answer = client.post("/api/login", json=body, headers={"User-Agent": agent})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return send


@pytest.fixture
def renew(client):
    return lambda signed_in: client.post(
        "/api/login/refresh", json={"refresh_token": signed_in["refresh_token"]}
    )


@pytest.fixture
def send_as(client):
    """Requests with the token of a sign-in."""

    def send(signed_in, method, path):
        headers = {"Authorization": f"Bearer {signed_in['token']}"}
        return client.request(method, f"/api{path}", headers=headers)

    return send


def test_sign_in_answers_what_the_published_client_reads_and_how_to_stay(sign_in):
    answer = sign_in()
    assert LoginToken.from_dict(answer).token == answer["token"]
    assert set(answer) == {"name", "email", "token", "refresh_token", "expires_in"}
    assert answer["expires_in"] == 3600


def test_refresh_token_gives_new_access(sign_in, renew, send_as, jo):
    renewed = renew(sign_in())
    assert renewed.status_code == 200
    assert (renewed.json()["email"], renewed.headers["Cache-Control"]) == ("jo@example.com", "no-store")
    assert send_as(renewed.json(), "GET", "/user").json()["id"] == str(jo.id)


def test_access_ends_after_an_hour_and_comes_back_for_a_month(sign_in, renew, send_as):
    signed_in = sign_in()
    with freeze_time(now() + timedelta(hours=2)):
        assert_problem(send_as(signed_in, "GET", "/user"), 401, "expired")
        signed_in = renew(signed_in).json()
        assert send_as(signed_in, "GET", "/user").status_code == 200
    with freeze_time(now() + timedelta(days=31)):
        assert_problem(renew(signed_in), 401, "over")


def test_access_does_not_outlive_its_session(sign_in, renew, send_as):
    signed_in = sign_in()
    with freeze_time(now() + timedelta(days=30, minutes=-10)):
        assert 0 < renew(signed_in).json()["expires_in"] <= 600


def test_ended_access_is_forgotten_when_the_session_is_renewed(sign_in, renew):
    signed_in = sign_in()
    with freeze_time(now() + timedelta(hours=2)):
        renew(signed_in)
    assert Token.query.filter(Token.session_id.isnot(None)).count() == 1


def test_lost_answer_can_be_asked_for_again(sign_in, renew, send_as):
    signed_in = sign_in()
    answers = [renew(signed_in) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    for answer in answers:
        assert send_as(answer.json(), "GET", "/user").status_code == 200


def test_every_tab_that_asked_at_once_stays_signed_in(sign_in, renew):
    signed_in = sign_in()
    tabs = [renew(signed_in).json() for _ in range(2)]
    with freeze_time(now() + timedelta(hours=1)):
        assert [renew(tab).status_code for tab in tabs] == [200, 200]


def test_stolen_refresh_token_ends_the_session_of_thief_and_owner(sign_in, renew, send_as):
    signed_in = sign_in()
    renewed = renew(signed_in).json()
    with freeze_time(now() + BEHIND_GRACE):
        assert_problem(renew(signed_in), 401, "was used before: the session was ended")
        assert_problem(renew(renewed), 401, "over")
        assert_problem(send_as(renewed, "GET", "/user"), 401, "revoked")
    assert (UserSession.query.count(), Token.query.filter(Token.session_id.isnot(None)).count()) == (0, 0)


def test_token_from_long_ago_ends_the_session_as_well(sign_in, renew):
    signed_in = sign_in()
    third = renew(renew(renew(signed_in).json()).json()).json()
    assert_problem(renew(signed_in), 401, "was used before")
    assert_problem(renew(third), 401, "over")


def test_theft_ends_one_session_only(sign_in, renew):
    stolen, other = sign_in(), sign_in()
    renew(renew(stolen).json())
    assert renew(stolen).status_code == 401
    assert renew(other).status_code == 200


@pytest.mark.validation
@pytest.mark.parametrize("token", ["", "x", "x.y.z", "ä", "a" * 5000])
def test_what_is_no_refresh_token_is_401(client, token):
    assert_problem(client.post("/api/login/refresh", json={"refresh_token": token}), 401, "sign in again")


@pytest.mark.validation
def test_access_token_renews_nothing(client, sign_in):
    body = {"refresh_token": sign_in()["token"]}
    assert_problem(client.post("/api/login/refresh", json=body), 401)


@pytest.mark.validation
@pytest.mark.parametrize("body", [{}, {"refresh_token": None}])
def test_nothing_renews_nothing(client, body):
    assert_problem(client.post("/api/login/refresh", json=body), 401, "refresh token is needed")


def test_deactivated_user_cannot_come_back(sign_in, renew, jo, db_session):
    signed_in = sign_in()
    jo.is_active = False
    db_session.commit()
    assert_problem(renew(signed_in), 401)


def test_new_password_ends_every_session(client, sign_in, renew, send_as):
    signed_in, other = sign_in(), sign_in()
    body = {"password": "a new and better password", "current_password": PASSWORD}
    headers = {"Authorization": f"Bearer {signed_in['token']}"}
    assert client.put("/api/user", json=body, headers=headers).status_code == 200
    for session in (signed_in, other):
        assert_problem(renew(session), 401)
        assert_problem(send_as(session, "GET", "/user"), 401)


def test_refresh_token_is_not_stored(sign_in):
    refresh = sign_in()["refresh_token"]
    stored = [str(value) for value in vars(UserSession.query.one()).values()]
    assert [value for value in stored if refresh in value or value in refresh] == []


def test_sessions_are_listed_the_one_used_last_first(sign_in, renew, send_as):
    first, second = sign_in("Firefox"), sign_in("Chromium")
    renew(first)
    listed = send_as(second, "GET", "/user/session").json()["sessions"]
    assert [(one["user_agent"], one["current"]) for one in listed] == [("Firefox", False), ("Chromium", True)]
    assert listed[0]["address"] == "testclient"
    assert listed[1]["created"] <= listed[0]["used"] < listed[0]["expires"]


def test_sessions_of_others_and_ended_ones_are_not_listed(sign_in, send_as, make_user, db_session):
    make_user(email="other@example.com", password=PASSWORD)
    sign_in(email="other@example.com")
    sign_in()
    UserSession.query.update({"expires": now()})
    db_session.commit()
    mine = sign_in()
    ids = [one["id"] for one in send_as(mine, "GET", "/user/session").json()["sessions"]]
    assert len(ids) == 1


def test_sessions_come_in_pages(sign_in, send_as):
    signed_in = [sign_in() for _ in range(3)]
    whole = [one["id"] for one in send_as(signed_in[0], "GET", "/user/session").json()["sessions"]]
    page = send_as(signed_in[0], "GET", "/user/session?pageSize=2&page=2")
    assert [one["id"] for one in page.json()["sessions"]] == whole[2:]
    assert page.json()["pagination"]["totalItems"] == 3


def test_listing_takes_as_many_statements_for_one_as_for_many(sign_in, send_as, count_statements):
    signed_in, counts = sign_in(), []
    for _ in range(2):
        with count_statements() as statements:
            assert send_as(signed_in, "GET", "/user/session").status_code == 200
        counts.append(len(statements))
        for _ in range(5):
            sign_in()
    assert counts[0] == counts[1] <= 4


def test_ended_session_gives_no_access_at_once(sign_in, renew, send_as):
    mine, lost = sign_in(), sign_in("Lost phone")
    listed = send_as(mine, "GET", "/user/session").json()["sessions"]
    ended = next(one["id"] for one in listed if one["user_agent"] == "Lost phone")
    answer = send_as(mine, "DELETE", f"/user/session/{ended}")
    assert (answer.status_code, answer.json()) == (200, "OK")
    assert_problem(send_as(lost, "GET", "/user"), 401, "revoked")
    assert_problem(renew(lost), 401, "over")
    assert send_as(mine, "GET", "/user").status_code == 200


def test_everywhere_else_is_signed_out_at_once(sign_in, send_as, headers_of, client, jo):
    mine, others, api_token = sign_in(), [sign_in(), sign_in()], headers_of(jo)
    assert send_as(mine, "DELETE", "/user/session").json() == "OK"
    assert [send_as(one, "GET", "/user").status_code for one in others] == [401, 401]
    assert send_as(mine, "GET", "/user").status_code == 200
    assert client.get("/api/user", headers=api_token).status_code == 200


def test_api_token_signs_out_everywhere(sign_in, send_as, client, headers_of, jo):
    signed_in = sign_in()
    assert client.delete("/api/user/session", headers=headers_of(jo)).status_code == 200
    assert_problem(send_as(signed_in, "GET", "/user"), 401)


def test_sessions_of_others_cannot_be_ended(sign_in, send_as, api_of, make_user, api):
    mine = sign_in()
    id_ = send_as(mine, "GET", "/user/session").json()["sessions"][0]["id"]
    assert_problem(api_of(make_user())("DELETE", f"/api/user/session/{id_}"), 403)
    assert_problem(api.delete(f"/api/user/session/{id_}"), 403)
    assert api_of(make_user())("DELETE", "/api/user/session").status_code == 200
    assert send_as(mine, "GET", "/user").status_code == 200


@pytest.mark.validation
@pytest.mark.parametrize(("id_", "status"), [(MISSING_ID, 404), ("x", 400)])
def test_unknown_session_cannot_be_ended(sign_in, send_as, id_, status):
    assert_problem(send_as(sign_in(), "DELETE", f"/user/session/{id_}"), status)


def test_program_that_calls_itself_at_length_is_cut_short(sign_in, send_as):
    signed_in = sign_in("x" * 5000)
    assert send_as(signed_in, "GET", "/user/session").json()["sessions"][0]["user_agent"] == "x" * 400


def test_list_of_who_never_signed_in_is_empty(api):
    assert_page(api.get("/api/user/session"), "sessions", [])
