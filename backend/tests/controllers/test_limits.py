"""Rate limits: guessing and mail bombing end early, an office of hundreds signs in undisturbed."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import redis
from fixtures.constants import PASSWORD
from freezegun import freeze_time
from helpers.assertions import assert_problem
from helpers.processes import Server, free_port, run
from starlette.testclient import TestClient

from ibutsu_server.controllers import limits
from ibutsu_server.db.types import now

pytestmark = pytest.mark.integration

OWN = "192.0.2.1"
RESET = {"activation_code": "A" * 44, "password": PASSWORD}


@pytest.fixture
def limited(flask_app, monkeypatch):
    """The application with its limits on and nothing counted yet."""
    client, _token = flask_app
    config = client.application.config
    settings = config["SETTINGS"].model_copy(update={"rate_limits_enabled": True})
    monkeypatch.setitem(config, "SETTINGS", settings)
    limits.limiter.reset()
    yield client
    limits.limiter.reset()


@pytest.fixture
def from_address(limited):
    """`from_address("192.0.2.1")` sends requests from there."""
    return lambda address: TestClient(limited.app, client=(address, 50000), base_url="http://testserver")


@pytest.fixture
def jo(make_user):
    return make_user(email="jo@example.com", password=PASSWORD)


def _sign_in(client, email="jo@example.com", password="wrong"):
    return client.post("/api/login", json={"email": email, "password": password})


def _statuses(answers):
    return [answer.status_code for answer in answers]


def test_who_signs_in_does_not_see_that_redis_goes_away_meanwhile(from_address, jo, monkeypatch):
    hit = limits.limiter.limiter.hit

    def gone(*arguments, cost=1):
        if cost < 0:
            raise redis.ConnectionError("Connection closed by server.")
        return hit(*arguments, cost=cost)

    monkeypatch.setattr(limits.limiter.limiter, "hit", gone)

    assert _sign_in(from_address(OWN), password=PASSWORD).status_code == 200


def test_of_two_who_sign_in_when_redis_goes_away_both_are_in(from_address, jo, monkeypatch):
    check = limits.limiter._check_request_limit
    errors = iter([redis.ConnectionError("Connection refused")])  # the other one has told the limiter already

    def away(**arguments):
        if error := next(errors, None):
            raise error
        check(**arguments)

    monkeypatch.setattr(limits.limiter, "_check_request_limit", away)

    assert _sign_in(from_address(OWN), password=PASSWORD).status_code == 200


@pytest.mark.parametrize("email", ["jo@example.com", "nobody@example.com"])
def test_guessing_one_password_ends_after_ten_attempts(from_address, jo, email):
    client = from_address(OWN)
    assert _statuses(_sign_in(client, email) for _ in range(11)) == [401] * 10 + [429]


def test_refusal_says_when_to_come_back(from_address, jo):
    client = from_address(OWN)
    *_, answer = [_sign_in(client) for _ in range(11)]
    assert_problem(answer, 429, "try again in")
    seconds = int(answer.headers["Retry-After"])
    assert 0 < seconds <= 900
    with freeze_time(now() + timedelta(seconds=seconds + 1)):
        assert _sign_in(client).status_code == 401


def test_right_password_does_not_help_who_guessed_too_often(from_address, jo):
    client = from_address(OWN)
    for _ in range(10):
        _sign_in(client)
    assert_problem(_sign_in(client, password=PASSWORD), 429)


@pytest.mark.parametrize("spelling", ["JO@example.com", "jo@EXAMPLE.COM"])
def test_other_spelling_of_an_address_is_no_other_account(from_address, jo, spelling):
    client = from_address(OWN)
    for _ in range(10):
        _sign_in(client)
    assert_problem(_sign_in(client, spelling), 429)


def test_owner_signs_in_from_elsewhere_while_one_address_guesses(from_address, jo):
    attacker = from_address(OWN)
    for _ in range(200):
        _sign_in(attacker)
    assert _sign_in(from_address("192.0.2.2"), password=PASSWORD).status_code == 200


def test_many_addresses_that_guess_one_password_are_stopped_together(from_address, jo):
    answers = [_sign_in(from_address(f"192.0.2.{number // 10}")) for number in range(101)]
    assert _statuses(answers) == [401] * 100 + [429]


def test_one_address_that_tries_many_accounts_is_stopped(from_address):
    client = from_address(OWN)
    answers = [_sign_in(client, f"user{number}@example.com") for number in range(101)]
    assert _statuses(answers) == [401] * 100 + [429]


def test_addresses_of_one_ipv6_network_count_together(from_address, jo):
    answers = [_sign_in(from_address(f"2001:db8::{number:x}")) for number in range(11)]
    assert _statuses(answers) == [401] * 10 + [429]
    assert _sign_in(from_address("2001:db8:0:1::1")).status_code == 401


def test_office_behind_one_address_signs_in_undisturbed(from_address, make_user):
    client = from_address(OWN)
    people = [make_user(email=f"user{number}@example.com", password=PASSWORD) for number in range(5)]
    for _ in range(30):
        answers = [_sign_in(client, one.email, PASSWORD) for one in people]
        assert _statuses(answers) == [200] * 5


def test_success_forgives_nothing_but_itself(from_address, jo):
    client = from_address(OWN)
    for _ in range(9):
        _sign_in(client)
        assert _sign_in(client, password=PASSWORD).status_code == 200
    assert _statuses(_sign_in(client) for _ in range(2)) == [401, 429]


def test_renewals_count_only_where_they_fail(from_address, jo):
    client = from_address(OWN)
    refresh = _sign_in(client, password=PASSWORD).json()["refresh_token"]
    for token, status in ((refresh, 200), ("x", 401)):
        answers = [client.post("/api/login/refresh", json={"refresh_token": token}) for _ in range(300)]
        assert set(_statuses(answers)) == {status}
    assert_problem(client.post("/api/login/refresh", json={"refresh_token": "x"}), 429)


@pytest.mark.parametrize("known", [True, False])
def test_one_mailbox_gets_five_mails_an_hour(from_address, make_user, known):
    if known:
        make_user(email="jo@example.com", password=PASSWORD)
    answers = [_recover(from_address(f"192.0.2.{number}"), "jo@example.com") for number in range(6)]
    assert _statuses(answers) == [201] * 5 + [429]
    assert _recover(from_address("192.0.2.9"), "other@example.com").status_code == 201


def test_names_of_one_mailbox_count_together(from_address):
    names = ("jo", "JO", "jo+a", "Jo+b", "jo+c", "jo+d")
    answers = [_recover(from_address(OWN), f"{name}@example.com") for name in names]
    assert _statuses(answers) == [201] * 5 + [429]


def test_registering_and_recovering_send_mails_to_the_same_mailbox(from_address):
    client = from_address(OWN)
    for _ in range(5):
        _recover(client, "new@example.com")
    body = {"email": "new@example.com", "password": PASSWORD}
    assert_problem(client.post("/api/login/register", json=body), 429)


def _recover(client, email):
    return client.post("/api/login/recover", json={"email": email})


@pytest.mark.parametrize(
    ("operation", "often"),
    [
        (lambda client, n: _recover(client, f"user{n}@example.com"), 100),
        (lambda client, _: client.get(f"/api/login/activate/{'A' * 44}"), 200),
        (lambda client, _: client.post("/api/login/reset-password", json=RESET), 200),
    ],
    ids=["recover", "activate", "reset-password"],
)
def test_one_address_asks_for_so_many_mails_and_codes_an_hour(from_address, operation, often):
    client = from_address(OWN)
    statuses = _statuses(operation(client, number) for number in range(often + 1))
    assert 429 not in statuses[:often]
    assert statuses[often] == 429


def test_limits_can_be_switched_off(flask_app, jo):
    client, _token = flask_app
    assert _statuses(_sign_in(client) for _ in range(15)) == [401] * 15


@pytest.mark.unit
@pytest.mark.parametrize(
    ("broker", "storage"),
    [
        (None, "memory://"),
        ("memory://", "memory://"),
        ("amqp://broker", "memory://"),
        ("redis://:secret@redis:6379/0", "redis://:secret@redis:6379/0"),
        ("rediss://redis", "rediss://redis"),
    ],
)
def test_processes_count_together_where_there_is_a_redis(settings, broker, storage):
    configured = limits.configuration(settings.model_copy(update={"celery_broker_url": broker}))
    assert configured["RATELIMIT_STORAGE_URI"] == storage


@pytest.fixture
def redis_url():
    """A Redis in which nothing has been counted yet."""
    if "TEST_REDIS_URL" not in os.environ:
        pytest.skip("TEST_REDIS_URL names no server")
    store = redis.from_url(os.environ["TEST_REDIS_URL"])
    if counted := store.keys("LIMITS:*"):
        store.delete(*counted)
    store.close()
    return os.environ["TEST_REDIS_URL"]


@pytest.mark.slow
def test_processes_of_one_server_count_together(tmp_path, redis_url):
    variables = _deployed(tmp_path, redis_url)
    with (
        Server(**variables) as one,
        Server(**variables) as other,
        one.client("none") as first,
        other.client("none") as second,
        ThreadPoolExecutor(8) as pool,
    ):
        answers = list(pool.map(_post_login, [first, second] * 12))
    assert Counter(_statuses(answers)) == {401: 10, 429: 14}


@pytest.mark.slow
def test_guessing_ends_also_while_redis_is_away(tmp_path):
    variables = _deployed(tmp_path, f"redis://127.0.0.1:{free_port()}/0")
    with Server(**variables) as server, server.client("none") as client:
        assert _statuses(_post_login(client) for _ in range(11)) == [401] * 10 + [429]


def _deployed(folder, broker):
    variables = {
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/ibutsu.db",
        "CELERY_BROKER_URL": broker,
        "JWT_SECRET": "s" * 32,
        "IBUTSU_DATA_DIR": str(folder),
    }
    assert run("db", "upgrade", **variables).returncode == 0
    return variables


def _post_login(client):
    return client.post("/login", json={"email": "nobody@example.com", "password": "wrong"})
