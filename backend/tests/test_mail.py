"""Mails: what is in them, how they reach a real mail server, and what happens when it is not there."""

import datetime as dt
import signal
import sqlite3
import ssl
from datetime import timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address

import httpx
import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fixtures.constants import PASSWORD
from fixtures.mail import Mailbox, open_for
from freezegun import freeze_time
from helpers.processes import Server, free_port
from sqlalchemy import select

from ibutsu_server.app import create_app
from ibutsu_server.db import db
from ibutsu_server.db.models import Mail
from ibutsu_server.db.types import now
from ibutsu_server.domain import mails
from ibutsu_server.mail import Away, Letter, Post, Refused
from ibutsu_server.settings import Settings
from ibutsu_server.tasks import SCHEDULE

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")  # aiosmtpd's, about its own TLS only
EMAIL = "jo@example.com"
LETTER = Letter(EMAIL, "subject", "text", "http://link")
SENDER = "ibutsu@example.com"


@pytest.fixture
def jo(make_user):
    return make_user(email=EMAIL, password=PASSWORD)


@pytest.fixture
def ask(flask_app, jo):
    """Promise Jo a mail."""
    client, _ = flask_app
    return lambda: client.post("/api/login/recover", json={"email": EMAIL}).raise_for_status()


@pytest.fixture
def waiting(db_session):
    """The mails that wait to be sent."""

    def read():
        db_session.rollback()
        return db_session.scalars(select(Mail).execution_options(populate_existing=True)).all()

    return read


def _post(**values):
    return Post.of(Settings(**{"mail_default_sender": SENDER, "mail_server": "127.0.0.1", **values}))


@pytest.mark.integration
def test_mail_is_plain_text_from_the_server_to_one_person(mailbox, ask):
    ask()
    [mail] = mailbox.deliver()
    assert mail["from"] == "Ibutsu <ibutsu@example.com>"
    assert (mail["to"], mail["cc"], mail["bcc"]) == (EMAIL, None, None)
    assert mail.get_content_type() == "text/plain"
    assert "127.0.0.1:8080" in mail["subject"]
    assert mail["auto-submitted"] == "auto-generated"
    assert mail["message-id"]
    assert abs(parsedate_to_datetime(mail["date"]) - now()) < timedelta(minutes=1)


@pytest.mark.unit
@pytest.mark.parametrize(
    "given", ["https://api.example.com", "https://api.example.com/api/", "https://api.example.com/api"]
)
def test_links_lead_to_the_addresses_of_the_settings(given):
    post = Post.of(Settings(backend_url=given, frontend_url="https://results.example.com/ui/"))
    assert post.activation(EMAIL, "abcd").link == "https://api.example.com/api/login/activate/abcd"
    assert post.reset(EMAIL, "abcd").link == "https://results.example.com/ui/reset-password#code=abcd"
    assert post.reset(EMAIL, "abcd").link in post.reset(EMAIL, "abcd").text


@pytest.mark.integration
@pytest.mark.parametrize("to", ["jo@example.com\r\nBcc: x@example.com", "jo@example.com\nX: y"])
def test_address_cannot_write_headers(configure, mailbox, application, to):
    with pytest.raises(Refused) as refused:
        application.app.extensions["celery"].conf.post.send(LETTER._replace(to=to))
    assert refused.value.is_final
    assert mailbox.mails == []


@pytest.mark.integration
@pytest.mark.parametrize("speaks_utf8", [True, False])
def test_address_beyond_ascii_arrives_where_the_mail_server_can_write_it(speaks_utf8):
    mailbox, letter = Mailbox(), LETTER._replace(to="jö@example.com")
    post = _post(mail_port=mailbox.port)
    with open_for(mailbox, enable_SMTPUTF8=speaks_utf8):
        if speaks_utf8:
            post.send(letter)
        else:
            with pytest.raises(Refused, match="ASCII"):
                post.send(letter)
    assert [mail["to"] for mail in mailbox.mails] == ["jö@example.com"] * speaks_utf8


# The outbox


@pytest.mark.integration
def test_mail_server_that_is_away_is_asked_again_later(configure, ask, waiting, mailbox):
    configure(mail_port=free_port())
    ask()
    assert mailbox.deliver() == []
    [mail] = waiting()
    assert mail.attempts == 1
    assert timedelta() < mail.due - now() <= mails.FIRST_WAIT


@pytest.mark.integration
def test_mail_arrives_once_when_the_mail_server_is_back(configure, ask, waiting, mailbox):
    configure(mail_port=free_port())
    ask()
    mailbox.deliver()
    configure(mail_port=mailbox.port)
    assert mailbox.deliver() == []
    with freeze_time(now() + mails.FIRST_WAIT, tick=True):
        assert len(mailbox.deliver()) == 1
    assert waiting() == []
    assert mailbox.deliver() == []


@pytest.mark.integration
def test_waits_grow_and_end(configure, ask, waiting, mailbox, caplog):
    configure(mail_port=free_port())
    ask()
    time, waits = now(), []
    while waiting():
        with freeze_time(time, tick=True):
            mailbox.deliver()
        waits += [round((mail.due - time) / mails.FIRST_WAIT) for mail in waiting()]
        time += mails.FIRST_WAIT * (waits[-1] + 1)
    assert waits == [2**attempt for attempt in range(mails.ATTEMPTS - 1)]
    assert f"Gave up on a mail to 'jo@example.com' after attempt {mails.ATTEMPTS}" in caplog.text


@pytest.mark.integration
def test_address_that_is_refused_for_now_does_not_hold_others_up(ask, waiting, mailbox):
    mailbox.refusal = "450 try again later"
    ask()
    ask()
    mailbox.deliver()
    assert [mail.attempts for mail in waiting()] == [1, 1]


@pytest.mark.integration
def test_address_that_is_refused_for_good_is_given_up_at_once(ask, waiting, mailbox, caplog):
    mailbox.refusal = "550 no such mailbox"
    ask()
    mailbox.deliver()
    assert waiting() == []
    assert (
        "Gave up on a mail to 'jo@example.com' after attempt 1: the address was refused with 550"
        in caplog.text
    )


@pytest.mark.integration
def test_while_the_mail_server_is_away_it_is_asked_once_a_run(configure, ask, waiting, mailbox):
    configure(mail_port=free_port())
    ask()
    ask()
    mailbox.deliver()
    assert sorted(mail.attempts for mail in waiting()) == [0, 1]


@pytest.mark.unit
def test_outbox_is_looked_at_every_minute():
    assert SCHEDULE["send_mails"]["schedule"].minute == set(range(60))


# TLS and passwords of the mail server


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody knows, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = dt.datetime.now(dt.UTC) - timedelta(days=1)
    address = x509.IPAddress(ip_address("127.0.0.1"))
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=9))
    made = made.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    key_pem = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem) + key_pem)
    return path


@pytest.fixture(params=["mail_use_tls", "mail_use_ssl"])
def secure(request, certificate):
    """A mail server that wants encryption and a password, its mailbox, and the post that uses it."""
    context, mailbox = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), Mailbox()
    context.load_cert_chain(certificate)
    values = {"authenticator": _authenticate, "auth_required": True}
    if request.param == "mail_use_tls":
        values |= {"tls_context": context, "require_starttls": True}
    else:
        values |= {"ssl_context": context, "auth_require_tls": False}
    given = {"mail_port": mailbox.port, "mail_username": "me", "mail_password": "secret"}
    with open_for(mailbox, **values):
        yield mailbox, lambda **more: _post(**{request.param: True, **given, **more})


def _authenticate(_server, _session, _envelope, _mechanism, credentials):
    is_right = (credentials.login, credentials.password) == (b"me", b"secret")
    return AuthResult(success=is_right, handled=False)


@pytest.mark.integration
def test_mail_is_sent_encrypted_and_signed_in(secure, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    mailbox, post = secure
    post().send(LETTER)
    assert [mail["subject"] for mail in mailbox.mails] == ["subject"]


@pytest.mark.integration
def test_mail_server_that_nobody_vouches_for_gets_nothing(secure):
    mailbox, post = secure
    with pytest.raises(Away, match="certificate verify failed"):
        post().send(LETTER)
    assert mailbox.mails == []


@pytest.mark.integration
def test_wrong_password_is_tried_again_because_it_can_be_mended(secure, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(Away, match="535"):
        secure[1](mail_password="wrong").send(LETTER)


# A server that is killed


@pytest.mark.integration
@pytest.mark.slow
def test_promised_mail_survives_kill_9(tmp_path):
    mailbox = Mailbox()
    settings = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(mailbox.port), "MAIL_DEFAULT_SENDER": SENDER}
    with Server("--data-dir", str(tmp_path), **settings) as server:
        body = {"email": EMAIL, "password": PASSWORD}
        assert httpx.post(f"{server.url}/api/login/register", json=body).status_code == 201
        server.stop(signal.SIGKILL)
    with sqlite3.connect(tmp_path / "ibutsu.db") as database:
        database.execute("UPDATE mails SET due = created")
    with open_for(mailbox):
        _work_off(tmp_path, mailbox.port)
    assert [mail["to"] for mail in mailbox.mails] == [EMAIL]


def _work_off(data_dir, port):
    """What the scheduler of the next start does within a minute."""
    given = {"mail_server": "127.0.0.1", "mail_port": port, "mail_default_sender": SENDER}
    settings = Settings(data_dir=data_dir, jwt_secret="s" * 32, **given)
    app = create_app(settings).app
    with app.app_context():
        mails.send_due(Post.of(settings))
        db.engine.dispose()
