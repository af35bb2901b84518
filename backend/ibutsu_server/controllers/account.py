"""Getting an account, and getting back into it, over HTTP."""

from urllib.parse import urlencode

from flask import Response

from ibutsu_server.controllers import limits
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import settings
from ibutsu_server.domain import registrations
from ibutsu_server.tasks import enqueue
from ibutsu_server.tasks.send_mails import send_mails

_ACTIVATED = "success", "Account activated, please log in."
_NOT_ACTIVATED = "error", "Invalid activation code, please check the link in your email."
_MAIL_OFF = "This server sends no mails: an administrator finds the link in its log."


@limits.mail
def register(body: JSON) -> tuple[JSON, int]:
    configured = settings()
    registrations.register(
        body["email"],
        body["password"],
        rounds=configured.bcrypt_log_rounds,
        is_open=configured.registration_is_open,
    )
    return _mail_follows("Open the link in the mail that we send you, then sign in.")


@limits.mail
def recover(body: JSON) -> tuple[JSON, int]:
    registrations.recover(body["email"])
    return _mail_follows("If this address has an account, we send it a mail with a link to a new password.")


def _mail_follows(message: str) -> tuple[JSON, int]:
    """The same whether or not there is such an account."""
    enqueue(send_mails)
    is_on = settings().mail_server is not None
    return {"mail": is_on, "message": message if is_on else _MAIL_OFF}, 201


@limits.code
def activate(activation_code: str) -> Response:
    """A browser comes here from a mail: it is sent on to the page for signing in."""
    status, message = _ACTIVATED if registrations.activate(activation_code) else _NOT_ACTIVATED
    query = urlencode({"st": status, "msg": message}, safe=",")
    pages = settings().frontend_url.rstrip("/")
    return Response(status=302, headers={"Location": f"{pages}/login?{query}", "Cache-Control": "no-store"})


@limits.code
def reset_password(body: JSON) -> tuple[JSON, int]:
    registrations.reset_password(
        body["activation_code"], body["password"], rounds=settings().bcrypt_log_rounds
    )
    return {}, 201
