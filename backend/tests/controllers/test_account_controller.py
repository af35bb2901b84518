"""Getting an account, and getting back into it: with mails that a real mail server receives."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from fixtures.constants import PASSWORD
from fixtures.mail import code_in, link_in
from freezegun import freeze_time
from helpers.assertions import assert_problem
from sqlalchemy import func, select, update

from ibutsu_server import passwords
from ibutsu_server.db.models import AccountCode, Mail, User
from ibutsu_server.db.types import now
from ibutsu_server.tasks.forget_expired import forget_expired

EMAIL = "jo@example.com"
OTHER = "another quite good password"
STATES = {
    "unknown": None,
    "pending": {"password": "what they registered with", "is_active": False, "is_pending": True},
    "active": {"password": "what they sign in with"},
    "without password": {},
    "deactivated": {"password": "what they signed in with", "is_active": False},
}
every_state = pytest.mark.parametrize("state", STATES)


@pytest.fixture
def client(flask_app):
    return flask_app[0]


@pytest.fixture
def account(make_user):
    """`account("pending")`: somebody whose account is in this state; nobody where it is unknown."""

    def make(state):
        return None if STATES[state] is None else make_user(email="Jo@Example.com", **STATES[state])

    return make


@pytest.fixture
def jo(account):
    return account("active")


@pytest.fixture
def counted_hashes(monkeypatch):
    """Every bcrypt hash that is made: what takes the time of an answer."""
    made, hashpw = [], passwords.bcrypt.hashpw
    monkeypatch.setattr(passwords.bcrypt, "hashpw", lambda *given: made.append(given) or hashpw(*given))
    return made


def _register(client, email=EMAIL, password=PASSWORD):
    return client.post("/api/login/register", json={"email": email, "password": password})


def _recover(client, email=EMAIL):
    return client.post("/api/login/recover", json={"email": email})


def _reset(client, code, password=OTHER):
    body = {"activation_code": code, "password": password}
    return client.post("/api/login/reset-password", json=body)


def _sign_in(client, password=PASSWORD, email=EMAIL):
    return client.post("/api/login", json={"email": email, "password": password})


def _open(client, link):
    """What a browser is told that opens an activation link."""
    answer = client.get(urlsplit(link).path)
    assert answer.status_code == 302, answer.text
    target = urlsplit(answer.headers["location"])
    assert (target.netloc, target.path) == ("127.0.0.1:8080", "/login")
    return {name: values[0] for name, values in parse_qs(target.query).items()}


def _is_opened(client, link):
    return _open(client, link)["st"] == "success"


@pytest.fixture
def registered(client, mailbox):
    """Somebody registered; the link that they were mailed."""
    assert _register(client).status_code == 201
    mailbox.deliver()
    return mailbox.link()


@pytest.fixture
def recovered(client, jo, mailbox):
    """Somebody forgot their password; the code that they were mailed."""
    assert _recover(client).status_code == 201
    mailbox.deliver()
    return mailbox.code()


# Who has an account is not told


@pytest.mark.integration
@every_state
def test_registering_answers_the_same_with_the_same_work(
    client, mailbox, account, count_statements, counted_hashes, state
):
    with count_statements() as expected:
        first = _register(client, "nobody-yet@example.com")
    account(state)
    counted_hashes.clear()
    with count_statements() as statements:
        answer = _register(client)
    assert (answer.status_code, answer.json()) == (201, first.json())
    assert answer.json()["mail"] is True
    assert statements == expected
    assert len(counted_hashes) == 1


@pytest.mark.integration
@every_state
def test_recovering_answers_the_same_with_the_same_work(client, mailbox, account, count_statements, state):
    with count_statements() as expected:
        first = _recover(client, "nobody-yet@example.com")
    account(state)
    with count_statements() as statements:
        answer = _recover(client)
    assert (answer.status_code, answer.json()) == (201, first.json())
    assert statements == expected


@pytest.mark.integration
@every_state
def test_own_password_opens_nothing_after_registering(client, mailbox, account, state):
    account(state)
    _register(client)
    mailbox.deliver()
    assert_problem(_sign_in(client), 401)
    assert _sign_in(client).json()["code"] == "INVALID"


@pytest.mark.integration
@pytest.mark.parametrize(
    ("ask", "state", "subject"),
    [
        (_register, "unknown", "activate your account"),
        (_register, "pending", "activate your account"),
        (_register, "active", "you already have an account"),
        (_register, "without password", "you already have an account"),
        (_register, "deactivated", None),
        (_recover, "unknown", None),
        (_recover, "pending", "choose a new password"),
        (_recover, "active", "choose a new password"),
        (_recover, "without password", "choose a new password"),
        (_recover, "deactivated", None),
    ],
)
def test_only_the_mailbox_tells_what_there_is(client, mailbox, account, db_session, ask, state, subject):
    account(state)
    assert ask(client).status_code == 201
    mails = mailbox.deliver()
    assert [mail["subject"] for mail in mails] == (
        [f"Ibutsu on 127.0.0.1:8080: {subject}"] if subject else []
    )
    assert [mail["to"].lower() for mail in mails] == [EMAIL] * len(mails)
    assert db_session.scalar(select(func.count(Mail.id))) == 0


@pytest.mark.integration
def test_registering_changes_nothing_about_an_account(client, mailbox, jo):
    _register(client)
    mailbox.deliver()
    assert _sign_in(client, STATES["active"]["password"]).status_code == 200


# Registration and activation


@pytest.mark.integration
def test_mailed_link_opens_the_account(client, registered):
    assert urlsplit(registered).path.startswith("/api/login/activate/")
    assert _open(client, registered) == {"st": "success", "msg": "Account activated, please log in."}
    assert _sign_in(client).json()["email"] == EMAIL


@pytest.mark.integration
def test_link_that_a_scanner_has_opened_still_says_yes_and_does_nothing(client, registered, db_session):
    assert _is_opened(client, registered)
    password_hash = passwords.hash_password(OTHER, rounds=4)
    db_session.execute(update(User).where(User.email == EMAIL).values(password_hash=password_hash))
    db_session.commit()
    assert _is_opened(client, registered)
    assert _sign_in(client, OTHER).status_code == 200


@pytest.mark.integration
def test_link_is_worth_nothing_after_three_days(client, registered):
    with freeze_time(now() + timedelta(days=3)):
        assert not _is_opened(client, registered)
    assert _is_opened(client, registered)


@pytest.mark.integration
def test_unknown_code_leads_to_an_error(client):
    message = "Invalid activation code, please check the link in your email."
    assert _open(client, "/api/login/activate/" + "A" * 44) == {"st": "error", "msg": message}


@pytest.mark.validation
@pytest.mark.parametrize("code", ["code123", "x", "ab=c", "äääö", "====", "abc%00"])
def test_malformed_code_is_400(client, code):
    response = client.get(f"/api/login/activate/{code}")
    assert_problem(response, 400, "Activation code", field="activation_code")
    assert_problem(response, 400, "is not valid")


@pytest.mark.integration
def test_account_gets_the_password_of_the_registration_whose_link_is_opened(client, mailbox):
    _register(client, password="the first of two passwords")
    _register(client)
    first, second = map(link_in, mailbox.deliver())
    assert _is_opened(client, second)
    assert not _is_opened(client, first)
    assert _sign_in(client).status_code == 200
    assert_problem(_sign_in(client, "the first of two passwords"), 401)


@pytest.mark.integration
def test_administrator_can_open_a_pending_account_by_hand(client, registered, db_session):
    db_session.execute(update(User).where(User.email == EMAIL).values(is_active=True, is_pending=False))
    db_session.commit()
    assert _sign_in(client).status_code == 200
    assert _is_opened(client, registered)


@pytest.mark.integration
def test_mailed_links_do_not_open_an_account_that_was_closed(client, registered, mailbox, db_session):
    _recover(client)
    mailbox.deliver()
    db_session.execute(update(User).where(User.email == EMAIL).values(is_pending=False))
    db_session.commit()
    assert not _is_opened(client, registered)
    assert_problem(_reset(client, mailbox.code()), 400, "Invalid activation code")


@pytest.mark.validation
@pytest.mark.parametrize(
    ("email", "password", "text", "field"),
    [
        ("", PASSWORD, "", "email"),
        ("nobody", PASSWORD, "", "email"),
        ("jo@example.com\r\nBcc: x@example.com", PASSWORD, "must be an e-mail address", "email"),
        ("jo@example.com,x@example.com", PASSWORD, "must be an e-mail address", "email"),
        ("Jo <jo@example.com>", PASSWORD, "must be an e-mail address", "email"),
        ("j" * 250 + "@example.com", PASSWORD, "", "email"),
        (EMAIL, None, "", "password"),
        (EMAIL, "shorty1", "min 8 characters", "password"),
        (EMAIL, "x" * 73, "Password is too long (max 72 bytes)", "password"),
        (EMAIL, "password1", "common password", "password"),
        (EMAIL, "Jo@Example.com", "e-mail address", "password"),
    ],
)
def test_bad_registration_is_400_and_names_the_field(client, db_session, email, password, text, field):
    assert_problem(_register(client, email, password), 400, text, field=field)
    assert db_session.scalar(select(func.count(Mail.id))) == 0
    assert db_session.scalar(select(func.count(User.id))) == 1


@pytest.mark.validation
def test_empty_password_has_the_code_that_clients_know(client):
    response = _register(client, password="")
    assert_problem(response, 401, "empty")
    assert response.json()["code"] == "EMPTY"


@pytest.mark.validation
@pytest.mark.parametrize("off", [{"registration_enabled": False}, {"user_login_enabled": False}])
def test_registration_can_be_turned_off(client, configure, db_session, off):
    configure(**off)
    assert_problem(_register(client), 403, "ask an administrator")
    assert client.get("/api/login/support").json()["registration"] is False
    assert db_session.scalar(select(func.count(Mail.id))) == 0


# Recovery


@pytest.mark.integration
@pytest.mark.parametrize("state", ["pending", "active", "without password"])
def test_mailed_code_sets_a_password(client, mailbox, account, state):
    account(state)
    _recover(client)
    mailbox.deliver()
    assert mailbox.link() == f"http://127.0.0.1:8080/reset-password#code={mailbox.code()}"
    answer = _reset(client, mailbox.code())
    assert (answer.status_code, answer.json()) == (201, {})
    assert _sign_in(client, OTHER).status_code == 200


@pytest.mark.integration
def test_who_registered_twice_can_choose_a_new_password(client, mailbox, jo):
    _register(client)
    mailbox.deliver()
    assert _reset(client, mailbox.code()).status_code == 201
    assert _sign_in(client, OTHER).status_code == 200


@pytest.mark.integration
def test_reset_ends_all_access_that_was_given_out_before(client, recovered, jo, headers_of):
    session = _sign_in(client, STATES["active"]["password"]).json()["token"]
    api_token = headers_of(jo)
    _reset(client, recovered)
    client.cookies.clear()
    for headers in ({"Authorization": f"Bearer {session}"}, api_token):
        assert_problem(client.get("/api/user", headers=headers), 401)
    assert_problem(_sign_in(client, STATES["active"]["password"]), 401)


@pytest.mark.integration
def test_code_works_once(client, recovered):
    assert _reset(client, recovered).status_code == 201
    assert_problem(_reset(client, recovered, "yet another good password"), 400, "Invalid activation code")
    assert _sign_in(client, OTHER).status_code == 200


@pytest.mark.integration
def test_code_is_worth_nothing_after_an_hour(client, recovered):
    with freeze_time(now() + timedelta(hours=1)):
        assert_problem(_reset(client, recovered), 400, "Invalid activation code")
    assert _reset(client, recovered).status_code == 201


@pytest.mark.integration
def test_older_codes_are_void_when_one_is_used(client, mailbox, recovered):
    _recover(client)
    mailbox.deliver()
    assert _reset(client, mailbox.code()).status_code == 201
    assert_problem(_reset(client, recovered), 400, "Invalid activation code")


@pytest.mark.integration
def test_codes_are_void_when_the_password_is_changed_otherwise(client, api_of, jo, recovered):
    body = {"password": PASSWORD, "current_password": STATES["active"]["password"]}
    assert api_of(jo)("PUT", "/api/user", json=body).status_code == 200
    assert_problem(_reset(client, recovered), 400, "Invalid activation code")


@pytest.mark.integration
def test_code_is_good_for_its_purpose_only(client, mailbox, registered):
    assert_problem(_reset(client, code_in(registered)), 400, "Invalid activation code")
    _recover(client)
    mailbox.deliver()
    assert not _is_opened(client, f"/api/login/activate/{mailbox.code()}")


@pytest.mark.integration
def test_code_of_a_deactivated_account_is_worth_nothing(client, recovered, jo, db_session):
    jo.is_active = False
    db_session.commit()
    assert_problem(_reset(client, recovered), 400, "Invalid activation code")


@pytest.mark.validation
@pytest.mark.parametrize("password", ["", "short", "x" * 73, "password1", "jo@example.com", "Test User"])
def test_refused_password_does_not_use_up_the_code(client, recovered, password):
    assert_problem(_reset(client, recovered, password), 400, "Password", field="password")
    assert _reset(client, recovered).status_code == 201


@pytest.mark.validation
@pytest.mark.parametrize("code", ["", "x", "code123", "A" * 44, "ä"])
def test_unknown_code_resets_nothing(client, code):
    assert_problem(_reset(client, code), 400)


@pytest.mark.validation
@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("register", {"email": EMAIL}, "password"),
        ("register", {"password": PASSWORD}, "email"),
        ("recover", {}, "email"),
        ("recover", {"email": "nobody"}, "email"),
        ("reset-password", {"password": PASSWORD}, "activation_code"),
        ("reset-password", {"activation_code": "A" * 44}, "password"),
    ],
)
def test_incomplete_request_is_400(client, path, body, field):
    assert_problem(client.post(f"/api/login/{path}", json=body), 400, field=field)


# What is stored, and what is done without a mail server


@pytest.mark.integration
@pytest.mark.parametrize("ask", [_register, _recover])
def test_codes_are_stored_as_digests_only(client, mailbox, account, db_session, ask):
    account("pending")
    ask(client)
    mailbox.deliver()
    [row] = db_session.execute(select(AccountCode.__table__)).mappings()
    assert mailbox.code() not in str(dict(row))
    assert mailbox.code().encode() not in row["digest"]
    assert len(row["digest"]) == 32


@pytest.mark.integration
def test_codes_that_are_over_are_forgotten(recovered, db_session):
    forget_expired.apply(throw=True)
    assert db_session.scalar(select(func.count(AccountCode.id))) == 1
    with freeze_time(now() + timedelta(hours=1)):
        forget_expired.apply(throw=True)
    assert db_session.scalar(select(func.count(AccountCode.id))) == 0


@pytest.mark.integration
def test_without_a_mail_server_the_link_is_in_the_log(client, configure, caplog, mailbox):
    configure(mail_server=None)
    answer = _register(client).json()
    assert answer["mail"] is False
    assert "administrator" in answer["message"]
    assert client.get("/api/login/support").json()["mail"] is False
    assert mailbox.deliver() == []
    [line] = [record.getMessage() for record in caplog.records if "activate" in record.getMessage()]
    assert _is_opened(client, line.split()[-1])
    assert _sign_in(client).status_code == 200


@pytest.mark.integration
def test_mail_server_is_told_to_everybody(client, mailbox):
    assert client.get("/api/login/support").json()["mail"] is True
