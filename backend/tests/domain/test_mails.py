"""The outbox: every mail is taken by one worker at a time, and none is lost with a worker."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from fixtures.database import postgresql
from freezegun import freeze_time
from sqlalchemy import func, select, update

from ibutsu_server.app import create_app
from ibutsu_server.db import db
from ibutsu_server.db.models import Mail, User
from ibutsu_server.db.types import now
from ibutsu_server.domain import mails, registrations
from ibutsu_server.mail import Post
from ibutsu_server.settings import Settings

pytestmark = pytest.mark.integration
WORKERS = 4
MAILS = 40


class Slow:
    """A mail server that takes its time: `meanwhile`, other workers look for mails."""

    reset = staticmethod(Post.of(Settings()).reset)

    def __init__(self, meanwhile=lambda: None):
        self.sent, self.meanwhile = [], meanwhile

    def send(self, letter):
        self.sent.append(letter.to)
        self.meanwhile()


@pytest.fixture
def promised(db_session, make_user):
    """A mail that waits to be sent."""
    make_user(email="jo@example.com")
    registrations.recover("jo@example.com")
    db_session.commit()


def _waiting():
    return db.session.scalar(select(func.count(Mail.id)))


def test_mail_that_is_being_sent_is_not_taken_by_another_worker(promised):
    other = Slow()
    post = Slow(lambda: mails.send_due(other))
    mails.send_due(post)
    assert (post.sent, other.sent, _waiting()) == (["jo@example.com"], [], 0)


def test_mail_of_a_worker_that_died_is_sent_by_another(promised):
    def die():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mails.send_due(Slow(die))
    post = Slow()
    mails.send_due(post)
    assert post.sent == []
    with freeze_time(now() + mails.LEASE, tick=True):
        mails.send_due(post)
    assert (post.sent, _waiting()) == (["jo@example.com"], 0)


def test_mail_that_brings_down_every_worker_is_given_up(promised, caplog):
    db.session.execute(update(Mail).values(attempts=mails.ATTEMPTS))
    db.session.commit()
    post = Slow()
    mails.send_due(post)
    assert (post.sent, _waiting()) == ([], 0)
    assert "Gave up on a mail to 'jo@example.com'" in caplog.text


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request, tmp_path):
    """An application on a database where threads have connections of their own."""
    if request.param == "sqlite":
        yield from _with_tables(f"sqlite:///{tmp_path / 'ibutsu.db'}", tmp_path)
    elif "TEST_POSTGRESQL_URL" in os.environ:
        with postgresql(os.environ["TEST_POSTGRESQL_URL"]) as url:
            yield from _with_tables(url, tmp_path)
    else:
        pytest.skip("TEST_POSTGRESQL_URL names no server")


def _with_tables(url, folder):
    deployed = {"celery_broker_url": "memory://", "jwt_secret": "s" * 32}
    app = create_app(Settings(sqlalchemy_database_uri=url, data_dir=folder, **deployed)).app
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.slow
def test_many_workers_send_every_mail_once(app):
    addresses = [f"user-{number}@example.com" for number in range(MAILS)]
    db.session.add_all(User(email=email, is_active=True) for email in addresses)
    for email in addresses:
        registrations.recover(email)
    db.session.commit()
    post = Slow()

    def work():
        with app.app_context():
            mails.send_due(post)

    with ThreadPoolExecutor(WORKERS) as workers:
        for worker in [workers.submit(work) for _ in range(WORKERS)]:
            worker.result()
    assert Counter(post.sent) == dict.fromkeys(addresses, 1)
    assert _waiting() == 0
