"""Signing in with a provider: a real OpenID Connect provider, and stand-ins for GitHub and Facebook."""

import base64
import hashlib
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from fixtures.constants import PASSWORD
from freezegun import freeze_time
from helpers.assertions import assert_problem
from helpers.openid_provider import OpenIDProvider
from helpers.processes import free_port
from helpers.web_server import WebServer
from sqlalchemy import event, func, insert, select

from ibutsu_server.db import db
from ibutsu_server.db.models import Identity, User, UserSession
from ibutsu_server.db.types import new_id
from ibutsu_server.domain import account_codes

pytestmark = pytest.mark.integration

PAGES = "https://results.example.com"
BACK = "http://127.0.0.1:8080/api/login/auth"
OPENID = ("keycloak", "oidc", "google", "gitlab")
SECRETS = {"github": "hush-github", "facebook": "hush-facebook"}
COOKIE = "ibutsu_sign_in"


@pytest.fixture(scope="module")
def provider():
    with OpenIDProvider() as running:
        yield running


@pytest.fixture(scope="module")
def registered(provider):
    client = provider.register(*(f"{BACK}/{name}" for name in OPENID))
    addresses = {"keycloak_realm": "test", "oidc_discovery_url": provider.url}
    for name in ("keycloak", "google", "gitlab"):
        addresses[f"{name}_base_url"] = provider.url
    return addresses | {f"{name}_{key}": client[key] for name in OPENID for key in client if "client_" in key}


class Elsewhere(WebServer):
    """GitHub and Facebook, as far as their documentation describes signing in there."""

    def __init__(self) -> None:
        super().__init__()
        self.codes = {}
        self.user = {"id": 7, "login": "jo", "name": "Jo", "email": None}
        self.emails = [{"email": "jo@example.com", "primary": True, "verified": True}]
        self.pages = {
            "/login/oauth/access_token": self.exchange,
            "/api/v3/user": lambda _: (200, self.user),
            "/api/v3/user/emails": lambda _: (200, self.emails),
            "/v23.0/oauth/access_token": self.exchange,
            "/v23.0/me": lambda _: (200, {"id": "7", "name": "Jo", "email": "jo@example.com"}),
        }

    def admits(self, authorization_url: str) -> str:
        query = dict(parse_qsl(urlsplit(authorization_url).query))
        self.codes["secret-code"] = query
        return f"{query['redirect_uri']}?{urlencode({'code': 'secret-code', 'state': query['state']})}"

    def exchange(self, asked):
        """GitHub answers errors with 200."""
        begun = self.codes.pop(asked.form["code"], None)
        digest = hashlib.sha256(asked.form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        is_right = begun and begun["code_challenge"] == challenge and begun["code_challenge_method"] == "S256"
        if not is_right or asked.form["client_secret"] not in SECRETS.values():
            return 200, {"error": "bad_verification_code"}
        return 200, {"access_token": "secret-token", "token_type": "bearer"}


@pytest.fixture
def elsewhere():
    with Elsewhere() as running:
        yield running


@pytest.fixture
def configure(flask_app, monkeypatch):
    """Change settings of the running application for one test."""
    config = flask_app[0].application.config

    def change(**settings):
        monkeypatch.setitem(config, "SETTINGS", config["SETTINGS"].model_copy(update=settings))

    return change


@pytest.fixture
def browser(flask_app, configure, registered, elsewhere):
    """A client without cookies, of a server that knows all six providers."""
    configure(
        frontend_url=f"{PAGES}/",
        github_base_url=elsewhere.url,
        github_client_id="github-id",
        github_client_secret=SECRETS["github"],
        facebook_auth_url=f"{elsewhere.url}/v23.0/dialog/oauth",
        facebook_token_url=f"{elsewhere.url}/v23.0/oauth/access_token",
        facebook_app_id="facebook-id",
        facebook_client_secret=SECRETS["facebook"],
        facebook_trust_email=True,
        **registered,
    )
    client = flask_app[0]
    client.cookies.clear()
    yield client
    client.cookies.clear()


def _begin(browser, name, **params):
    answer = browser.get(f"/api/login/authorize/{name}", params=params)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def _come_back(browser, url):
    """The browser follows the provider's redirect to us."""
    parts = urlsplit(url)
    return browser.get(f"{parts.path}?{parts.query}")


@pytest.fixture
def sign_in(browser, provider, elsewhere):
    """Walk the whole way as somebody whom the provider knows by these claims."""

    def walk(at="oidc", subject="jo", next_="/", **claims):
        begun = _begin(browser, at, next=next_)
        if at not in OPENID:
            return _come_back(browser, elsewhere.admits(begun))
        known = {"email": "jo@example.com", "email_verified": True, "name": "Jo"} | claims
        provider.knows(subject, **known)
        return _come_back(browser, provider.admits(begun, subject))

    return walk


@pytest.fixture
def users(db_session):
    """Who has an account beside the superadmin of the fixtures."""
    return lambda: db_session.scalars(select(User).where(~User.is_superadmin)).all()


def _count(entity):
    return db.session.scalar(select(func.count()).select_from(entity))


def _assert_is_in(browser, answer, email="jo@example.com", next_="/"):
    assert answer.status_code == 302
    assert answer.headers["location"] == f"{PAGES}{next_}"
    who = browser.get("/api/user")
    assert who.status_code == 200, who.text
    assert who.json()["email"] == email


def _assert_is_refused(browser, answer, text):
    assert answer.status_code == 302, answer.text
    address, _, query = answer.headers["location"].partition("?")
    assert address == f"{PAGES}/login"
    told = parse_qs(query)
    assert told["st"] == ["error"]
    assert text in told["msg"][0]
    assert set(browser.cookies) <= {COOKIE}
    assert browser.get("/api/user").status_code == 401


@pytest.mark.parametrize("name", [*OPENID, "github", "facebook"])
def test_newcomer_gets_an_account_and_is_in(browser, sign_in, users, name):
    answer = sign_in(name, next_="/project/1?tab=2")

    _assert_is_in(browser, answer, next_="/project/1?tab=2")
    (user,) = users()
    assert (user.name, user.is_active, user.password_hash) == ("Jo", True, None)


def test_no_token_stands_in_an_address_and_no_script_can_read_it(browser, sign_in):
    answer = sign_in()

    assert answer.headers["location"] == f"{PAGES}/"
    assert answer.text.count("eyJ") == 0
    assert answer.headers["cache-control"] == "no-store"
    tokens = [line for line in answer.headers.get_list("set-cookie") if "=eyJ" in line]
    assert len(tokens) == 2
    assert all("HttpOnly" in line and "SameSite=Lax" in line for line in tokens)


def test_way_to_the_provider_has_state_nonce_and_challenge(browser, provider):
    begun = [parse_qs(urlsplit(_begin(browser, "oidc")).query) for _ in range(2)]

    for name in ("state", "nonce", "code_challenge"):
        assert len(begun[0][name][0]) >= 43
        assert begun[0][name] != begun[1][name]
    assert begun[0]["code_challenge_method"] == ["S256"]
    assert begun[0]["redirect_uri"] == [f"{BACK}/oidc"]


def test_cookie_of_an_attempt_is_for_the_way_back_only(browser):
    line = browser.get("/api/login/authorize/oidc").headers["set-cookie"]

    assert line.startswith(f"{COOKIE}=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/api/login/auth/oidc", "Max-Age=600"):
        assert part in line
    assert "Secure" not in line


def test_behind_https_the_cookie_is_secure(browser, configure):
    configure(backend_url=PAGES)
    assert "Secure" in browser.get("/api/login/authorize/github").headers["set-cookie"]


def test_code_is_worth_nothing_without_the_verifier(browser, provider, sign_in):
    """Somebody else's code, in an attempt of one's own: the provider refuses."""
    provider.knows("jo", email="jo@example.com", email_verified=True)
    theirs = parse_qs(urlsplit(provider.admits(_begin(browser, "oidc"), "jo")).query)["code"][0]
    own = parse_qs(urlsplit(_begin(browser, "oidc")).query)["state"][0]

    answer = browser.get("/api/login/auth/oidc", params={"code": theirs, "state": own})

    _assert_is_refused(browser, answer, "did not confirm who you are")


def test_person_is_known_again_whatever_their_address_is_now(browser, sign_in, users):
    sign_in(email="jo@example.com")
    browser.cookies.clear()

    answer = sign_in(email="new@example.com", email_verified=False)

    _assert_is_in(browser, answer, "jo@example.com")
    assert len(users()) == 1


def test_same_name_at_two_providers_is_two_people(browser, sign_in, users):
    sign_in("github")
    browser.cookies.clear()
    answer = sign_in("oidc", subject="7", email="other@example.com")

    _assert_is_in(browser, answer, "other@example.com")
    assert len(users()) == 2


def test_verified_address_finds_the_existing_account(browser, sign_in, make_user, users):
    jo = make_user(email="Jo@Example.com", name="Jo the First", password=PASSWORD)

    _assert_is_in(browser, sign_in(), "Jo@Example.com")

    assert [user.id for user in users()] == [jo.id]
    credentials = {"email": "jo@example.com", "password": PASSWORD}
    assert browser.post("/api/login", json=credentials).json()["name"] == "Jo the First"


def test_registrants_password_does_not_open_the_account_of_the_mailbox_owner(
    browser, sign_in, make_user, db_session
):
    jo = make_user(email="jo@example.com", password=PASSWORD, is_active=False, is_pending=True)
    code = account_codes.issue(jo, "activate", password_hash=jo.password_hash)
    db_session.commit()

    _assert_is_in(browser, sign_in())

    browser.get(f"/api/login/activate/{code}")
    answer = browser.post("/api/login", json={"email": "jo@example.com", "password": PASSWORD})
    assert_problem(answer, 401, "invalid")
    db_session.refresh(jo)
    assert (jo.is_active, jo.is_pending, jo.password_hash) == (True, False, None)


@pytest.mark.parametrize("claim", [False, None, "no"])
def test_unverified_address_makes_no_account(browser, sign_in, users, claim):
    answer = sign_in(email_verified=claim)

    _assert_is_refused(browser, answer, "no verified e-mail address")
    assert users() == []


def test_unverified_address_finds_no_account(browser, sign_in, make_user):
    make_user(email="jo@example.com")

    _assert_is_refused(browser, sign_in(email_verified=False), "no verified e-mail address")
    assert _count(Identity) == 0


def test_trusted_provider_vouches_for_its_addresses(browser, configure, sign_in):
    configure(oidc_trust_email=True)
    _assert_is_in(browser, sign_in(email_verified=False))


def test_facebook_alone_proves_no_address(browser, configure, sign_in, users):
    configure(facebook_trust_email=False)

    _assert_is_refused(browser, sign_in("facebook"), "no verified e-mail address")
    assert users() == []


@pytest.mark.parametrize("email", ["nobody", "a b@example.com", "<jo@example.com>", "x" * 320 + "@a.b", 7])
def test_odd_address_makes_no_account(browser, sign_in, users, email):
    _assert_is_refused(browser, sign_in(email=email), "e-mail address")
    assert users() == []


@pytest.mark.parametrize("name", [None, 7, "", "  ", "N\x00ame", "x" * 300, ["Jo"]])
def test_odd_name_does_not_keep_anybody_out(browser, sign_in, users, name):
    _assert_is_in(browser, sign_in(name=name))
    assert users()[0].name in {None, "Name", "x" * 255}


def test_deactivated_user_stays_out(browser, sign_in, make_user, db_session):
    jo = make_user(email="jo@example.com", is_active=False)

    _assert_is_refused(browser, sign_in(), "not active")

    db_session.refresh(jo)
    assert (jo.is_active, _count(Identity), _count(UserSession)) == (False, 0, 0)


def test_user_who_is_deactivated_later_stays_out(browser, sign_in, users, db_session):
    sign_in()
    users()[0].is_active = False
    db_session.commit()
    browser.cookies.clear()

    _assert_is_refused(browser, sign_in(), "not active")


def test_with_registration_turned_off_only_known_people_get_in(browser, configure, sign_in, make_user, users):
    configure(registration_enabled=False)
    make_user(email="jo@example.com")

    _assert_is_in(browser, sign_in())
    browser.cookies.clear()

    _assert_is_refused(browser, sign_in(subject="new", email="new@example.com"), "no account")
    assert len(users()) == 1


def test_two_tabs_that_come_back_at_once_make_one_account(browser, sign_in, users, db_session, elsewhere):
    """The other tab stores the account between our look and our write: we look again."""

    @event.listens_for(db.session, "before_flush", once=True)
    def other_tab(session, *_):
        (jo,) = session.new
        session.connection().execute(insert(User).values(id=new_id(), email=jo.email, is_active=True))

    _assert_is_in(browser, sign_in("github"))
    assert (len(users()), _count(Identity)) == (1, 1)


@pytest.mark.parametrize("changed", [{"state": "x"}, {"state": ""}, {}], ids=["wrong", "empty", "missing"])
def test_way_back_without_the_right_state_is_400(browser, provider, users, changed):
    back = provider.admits(_begin(browser, "oidc"), "jo")
    code = parse_qs(urlsplit(back).query)["code"][0]

    answer = browser.get("/api/login/auth/oidc", params={"code": code, **changed})

    assert_problem(answer, 400, "not begun in this browser", field="state")
    assert users() == []


def test_way_back_in_another_browser_is_400(browser, provider):
    """Nobody can be signed in to an account that an attacker has chosen."""
    back = provider.admits(_begin(browser, "oidc"), "attacker")
    browser.cookies.clear()
    assert_problem(_come_back(browser, back), 400, "not begun in this browser", field="state")


def test_attempt_at_one_provider_is_worth_nothing_at_another(browser, provider):
    back = provider.admits(_begin(browser, "oidc"), "jo")
    sealed = browser.cookies[COOKIE]
    browser.cookies.clear()
    browser.cookies.set(COOKIE, sealed)
    assert_problem(_come_back(browser, back.replace("/oidc", "/keycloak")), 400, field="state")


def test_tampered_cookie_is_400(browser, provider):
    back = provider.admits(_begin(browser, "oidc"), "jo")
    sealed = browser.cookies[COOKIE]
    browser.cookies.clear()
    browser.cookies.set(COOKIE, sealed[:-4] + "AAA=")
    assert_problem(_come_back(browser, back), 400, field="state")


def test_way_back_after_ten_minutes_is_400(browser, provider):
    back = provider.admits(_begin(browser, "oidc"), "jo")
    sealed = browser.cookies[COOKIE]
    with freeze_time(tick=True) as clock:
        clock.tick(timedelta(minutes=11))
        browser.cookies.set(COOKIE, sealed)
        assert_problem(_come_back(browser, back), 400, "ten minutes", field="state")


def test_way_back_works_once(browser, provider, db_session):
    provider.knows("jo", email="jo@example.com", email_verified=True)
    back = provider.admits(_begin(browser, "oidc"), "jo")
    sealed = browser.cookies[COOKIE]
    assert _come_back(browser, back).headers["location"] == f"{PAGES}/"
    assert COOKIE not in browser.cookies
    assert_problem(_come_back(browser, back), 400, field="state")

    browser.cookies.clear()
    browser.cookies.set(COOKIE, sealed)
    _assert_is_refused(browser, _come_back(browser, back), "did not confirm")
    assert _count(UserSession) == 1


@pytest.mark.parametrize(
    "claim",
    [
        {"nonce": "of another attempt"},
        {"aud": "another client"},
        {"iss": "https://another.example"},
        {"exp": 1},
        {"azp": "another client"},
    ],
    ids=str,
)
def test_token_that_is_not_for_this_attempt_lets_nobody_in(browser, sign_in, users, claim):
    answer = sign_in(subject="mallory", **claim)

    _assert_is_refused(browser, answer, "did not confirm who you are")
    assert users() == []


def test_who_does_not_consent_is_sent_to_the_login_page(browser, provider):
    state = parse_qs(urlsplit(_begin(browser, "oidc")).query)["state"][0]
    params = {"error": "access_denied", "error_description": "<b>no</b>", "state": state}

    answer = browser.get("/api/login/auth/oidc", params=params)

    _assert_is_refused(browser, answer, "You did not allow OpenID Connect")
    assert "<b>" not in answer.headers["location"]
    assert COOKIE not in browser.cookies


def test_other_refusals_are_told_as_well(browser):
    state = parse_qs(urlsplit(_begin(browser, "oidc")).query)["state"][0]
    answer = browser.get("/api/login/auth/oidc", params={"error": "server_error", "state": state})
    _assert_is_refused(browser, answer, "OpenID Connect refused")


def test_refusal_without_state_is_400(browser):
    answer = browser.get("/api/login/auth/oidc", params={"error": "access_denied"})
    assert_problem(answer, 400, field="state")


@pytest.mark.parametrize("name", [*OPENID, "github", "facebook", "unknown"])
def test_way_back_without_a_code_is_400(browser, name):
    assert_problem(browser.get(f"/api/login/auth/{name}"), 400, "Bad Request", field="code")


@pytest.mark.parametrize(
    "path", ["https://evil.example", "//evil.example", "/\\evil", "/\t/evil", "@evil", ""]
)
def test_nobody_is_sent_elsewhere_afterwards(browser, path):
    answer = browser.get("/api/login/authorize/github", params={"next": path})
    assert_problem(answer, 400, field="next")


@pytest.mark.parametrize("name", OPENID)
def test_provider_that_is_away_at_the_start_is_told(browser, configure, name):
    nowhere = f"http://127.0.0.1:{free_port()}"
    configure(**{f"{name}_{'discovery' if name == 'oidc' else 'base'}_url": nowhere})

    answer = browser.get(f"/api/login/authorize/{name}")

    _assert_is_refused(browser, answer, "does not answer")


def test_provider_that_is_away_on_the_way_back_is_told(browser, elsewhere, configure):
    back = elsewhere.admits(_begin(browser, "github"))
    configure(github_base_url=f"http://127.0.0.1:{free_port()}")

    _assert_is_refused(browser, _come_back(browser, back), "GitHub does not answer")


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/login/oauth/access_token", (500, "oops")),
        ("/login/oauth/access_token", (200, "<html>")),
        ("/login/oauth/access_token", (200, {})),
        ("/api/v3/user", (401, {"message": "Bad credentials"})),
        ("/api/v3/user", (200, [])),
        ("/api/v3/user", (200, {"id": "seven", "login": "jo"})),
        ("/api/v3/user/emails", (200, {"message": "no"})),
        ("/api/v3/user/emails", (200, [{"email": "jo@example.com"}])),
    ],
    ids=str,
)
def test_provider_that_talks_nonsense_lets_nobody_in(browser, elsewhere, sign_in, users, path, answer):
    elsewhere.pages[path] = lambda _: answer

    _assert_is_refused(browser, sign_in("github"), "GitHub d")
    assert users() == []


@pytest.mark.parametrize(
    "emails",
    [
        [],
        [{"email": "jo@example.com", "primary": True, "verified": False}],
        [{"email": "jo@example.com", "primary": False, "verified": True}],
        [{"email": "jo@example.com", "primary": True, "verified": "yes"}],
    ],
    ids=["none", "unverified", "not primary", "odd"],
)
def test_github_must_have_verified_the_primary_address(browser, elsewhere, sign_in, users, emails):
    elsewhere.emails = emails

    _assert_is_refused(browser, sign_in("github"), "no verified e-mail address")
    assert users() == []


def test_github_user_without_a_name_is_called_by_their_login(browser, elsewhere, sign_in, users):
    elsewhere.user = {"id": 7, "login": "jo", "name": None}
    sign_in("github")
    assert users()[0].name == "jo"


def test_database_waits_for_no_provider(browser, elsewhere, sign_in, count_statements):
    """A slow provider must not hold the one write lock of SQLite, nor a connection of PostgreSQL."""
    with count_statements() as statements:
        before = {}
        for path in ("/login/oauth/access_token", "/api/v3/user", "/api/v3/user/emails"):
            page = elsewhere.pages[path]
            elsewhere.pages[path] = lambda asked, page=page: (
                before.setdefault(asked.path, len(statements)),
                page(asked),
            )[1]
        sign_in("github")
    assert set(before.values()) == {0}
    assert statements


def test_nothing_secret_is_logged(browser, elsewhere, sign_in, caplog):
    caplog.set_level("DEBUG")
    sign_in("github")
    elsewhere.pages["/api/v3/user"] = lambda _: (401, {})
    sign_in("github")
    assert "GitHub does not answer: 401 from 127.0.0.1" in caplog.text
    ours = [line for line in caplog.text.splitlines() if "//testserver/" not in line]
    for secret in ("secret-code", "secret-token", *SECRETS.values()):
        assert secret not in "\n".join(ours)


@pytest.mark.parametrize("name", [*OPENID, "github", "facebook"])
def test_config_says_where_to_begin_and_nothing_secret(browser, registered, name):
    answer = browser.get(f"/api/login/config/{name}")

    assert answer.status_code == 200
    told = answer.json()
    assert told["authorization_url"] == f"http://127.0.0.1:8080/api/login/authorize/{name}"
    assert told["redirect_uri"] == f"{BACK}/{name}"
    assert told["client_id"]
    for secret in (registered["oidc_client_secret"], *SECRETS.values()):
        assert secret not in answer.text


def test_config_of_keycloak_has_what_its_button_needs(browser, configure, provider):
    configure(keycloak_icon="key", keycloak_name="Company", keycloak_auth_path="auth")
    told = browser.get("/api/login/config/keycloak").json()
    expected = {"server_url": f"{provider.url}/auth", "realm": "test", "icon": "key", "verify_ssl": True}
    assert expected.items() <= told.items()
    assert told["display_name"] == "Company"


def test_config_of_facebook_has_its_app_id(browser):
    assert browser.get("/api/login/config/facebook").json()["app_id"] == "facebook-id"


@pytest.mark.parametrize("name", [*OPENID, "github", "facebook"])
def test_provider_that_is_not_configured_is_nothing(flask_app, name):
    client = flask_app[0]
    assert client.get(f"/api/login/config/{name}").json() == {}
    assert_problem(client.get(f"/api/login/authorize/{name}"), 404, "not configured")
    assert_problem(client.get(f"/api/login/auth/{name}", params={"code": "x"}), 404, "not configured")


@pytest.mark.parametrize("name", ["sql", "user", "jwt", "superadmin", "GITHUB", "github%00", "..%2Fx"])
def test_no_other_setting_can_be_read(browser, name):
    assert_problem(browser.get(f"/api/login/config/{name}"), 404)


def test_configured_providers_are_told_to_everybody(browser, configure):
    configure(google_client_id=None)
    told = browser.get("/api/login/support").json()
    offered = dict.fromkeys([*OPENID, "github", "facebook"], True) | {"google": False}
    assert offered.items() <= told.items()
