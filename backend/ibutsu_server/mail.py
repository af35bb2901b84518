"""The mails we send: what they say, and how they reach the mail server."""

import logging
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime, make_msgid
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from ibutsu_server.errors import Error
from ibutsu_server.settings import Settings

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10
"""For each answer of the mail server."""

FINAL = 500
"""From here on, SMTP's answers mean that trying again will not help."""

_ACTIVATE = """\
Somebody, probably you, registered this address on {server}.
To activate the account, open this link within three days:

{link}

If that was not you, do not open the link: without it there is no account.
"""

_RESET = """\
Somebody, probably you, wants a new password for your account on {server}.
To choose one, open this link within an hour:

{link}

If that was not you, ignore this mail: your password stays as it is.
"""

_EXISTS = """\
Somebody, probably you, registered this address on {server}, but you have an account there already.
Sign in with the password that you have; to choose a new one, open this link within an hour:

{link}

If that was not you, ignore this mail: your account stays as it is.
"""


class Letter(NamedTuple):
    """A mail of ours: nothing in it was written by whoever asked for it."""

    to: str
    subject: str
    text: str
    link: str


class Away(Error):
    """The mail server cannot be reached or takes no mails at the moment."""


class Refused(Error):
    """The mail server does not take mails to this address, at least not now."""

    def __init__(self, message: str, *, is_final: bool) -> None:
        super().__init__(message)
        self.is_final = is_final


@dataclass(frozen=True)
class Post:
    """Writes and sends letters; without a mail server their links go to the log instead."""

    frontend_url: str
    backend_url: str
    server: str | None
    port: int
    sender: str
    use_tls: bool
    use_ssl: bool
    username: str | None
    password: str | None = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            frontend_url=settings.frontend_url.rstrip("/"),
            backend_url=settings.backend_url.rstrip("/").removesuffix("/api"),
            server=settings.mail_server,
            port=settings.mail_port,
            sender=settings.mail_default_sender or "",
            use_tls=settings.mail_use_tls,
            use_ssl=settings.mail_use_ssl,
            username=settings.mail_username,
            password=settings.mail_password,
        )

    def activation(self, to: str, code: str) -> Letter:
        link = f"{self.backend_url}/api/login/activate/{code}"
        return self._letter(to, "activate your account", _ACTIVATE, link)

    def reset(self, to: str, code: str) -> Letter:
        return self._letter(to, "choose a new password", _RESET, self._reset_link(code))

    def exists(self, to: str, code: str) -> Letter:
        return self._letter(to, "you already have an account", _EXISTS, self._reset_link(code))

    def _reset_link(self, code: str) -> str:
        """What follows `#` is sent to no server, and so stands in no log."""
        return f"{self.frontend_url}/reset-password#code={code}"

    def _letter(self, to: str, purpose: str, text: str, link: str) -> Letter:
        server = urlsplit(self.frontend_url).netloc
        return Letter(to, f"Ibutsu on {server}: {purpose}", text.format(server=server, link=link), link)

    def send(self, letter: Letter) -> None:
        """Raises Refused when it is the address that does not work, else Away."""
        if self.server is None:
            # An address that somebody made up must not look like a line of the log: hence %a.
            log.warning(
                "No MAIL_SERVER is set: a mail to %a is not sent. Its link: %s", letter.to, letter.link
            )
            return
        message = self._message(letter)
        try:
            with self._connection() as connection:
                self._sign_in(connection)
                _hand_over(connection, message)
        except OSError as error:  # smtplib's own errors are OSErrors
            raise Away(f"the mail server failed: {error}") from error

    def _message(self, letter: Letter) -> EmailMessage:
        """The standard library refuses line breaks in headers."""
        message = EmailMessage(policy=SMTP)
        try:
            message["To"] = letter.to
        except ValueError as error:
            raise Refused("the address cannot be written into a mail", is_final=True) from error
        message["From"] = self.sender
        message["Subject"] = letter.subject
        message["Date"] = localtime()
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2].rstrip(">"))
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message

    def _connection(self) -> smtplib.SMTP:
        if self.use_ssl:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.server or "", self.port, timeout=TIMEOUT_SECONDS, context=context)
        return smtplib.SMTP(self.server or "", self.port, timeout=TIMEOUT_SECONDS)

    def _sign_in(self, connection: smtplib.SMTP) -> None:
        if self.use_tls:
            connection.starttls(context=ssl.create_default_context())
        if self.username and self.password:
            connection.login(self.username, self.password)


def _hand_over(connection: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, _reason = next(iter(error.recipients.values()))
        raise Refused(f"the address was refused with {code}", is_final=code >= FINAL) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Refused("the mail server takes ASCII addresses only", is_final=True) from error
