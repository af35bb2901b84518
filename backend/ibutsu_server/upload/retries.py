"""Asking again: a server that is away or busy is asked once more, later and later; after a no it is not."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

PAUSE_SECONDS = 1.0
PAUSE_MAX_SECONDS = 30.0
TOLD_CHARACTERS = 300

PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
LASTING = {
    HTTPStatus.NOT_IMPLEMENTED,
    HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,
    HTTPStatus.INSUFFICIENT_STORAGE,  # a quota
}
ABOUT_CALLER = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class Away(Exception):
    """The server does not take the request now, and may later; if it `is_gone`, it takes no other either."""

    def __init__(self, message: str, *, is_gone: bool = True) -> None:
        super().__init__(message)
        self.is_gone = is_gone


class Refused(Exception):
    """The server will never take the request; if that `is_about_caller`, another token may help."""

    def __init__(self, message: str, *, is_about_caller: bool = False) -> None:
        super().__init__(message)
        self.is_about_caller = is_about_caller


Ask = Callable[[], httpx.Response]


def insist(ask: Ask, *, retries: int, deadline: float, say: Callable[[str], None]) -> httpx.Response:
    """The good answer of `ask`, which is called up to 1 + `retries` times, until `deadline` (monotonic).

    Raises Away and Refused.
    """
    for tried in range(retries + 1):
        try:
            return _good(ask)
        except _Passing as passing:
            pause = passing.pause if passing.pause is not None else _backed_off(tried)
            if tried == retries or time.monotonic() + pause > deadline:
                raise Away(str(passing), is_gone=passing.is_gone) from None
            say(f"{passing}; trying again in {pause:.0f} s")
            time.sleep(pause)
    raise AssertionError("unreachable")  # pragma: no cover


class _Passing(Away):
    """What went wrong once; the server may have said after how many seconds to come again."""

    def __init__(self, message: str, *, is_gone: bool = True, pause: float | None = None) -> None:
        super().__init__(message, is_gone=is_gone)
        self.pause = pause


def _good(ask: Ask) -> httpx.Response:
    try:
        answer = ask()
    except httpx.LocalProtocolError:
        raise Refused("The file was changed while it was sent") from None
    except httpx.RequestError as error:
        raise _Passing(f"The server does not answer ({str(error) or type(error).__name__})") from None
    if answer.is_success:
        return answer
    if answer.status_code in PASSING or (answer.is_server_error and answer.status_code not in LASTING):
        is_gone = answer.status_code != HTTPStatus.INTERNAL_SERVER_ERROR
        raise _Passing(_told(answer), is_gone=is_gone, pause=_retry_after(answer))
    raise Refused(_told(answer), is_about_caller=answer.status_code in ABOUT_CALLER)


def _backed_off(tried: int) -> float:
    """Half of it is chance, so that clients of a server that comes back do not come all at once."""
    longest = min(PAUSE_MAX_SECONDS, PAUSE_SECONDS * 2**tried)
    return random.uniform(longest / 2, longest)  # noqa: S311  nothing secret


def _told(answer: httpx.Response) -> str:
    """The server's own sentence, if it has one."""
    if answer.is_redirect:
        return f"The server is somewhere else, {answer.headers.get('location')}: say so with --url"
    try:
        told = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        told = answer.reason_phrase
    return f"{str(told)[:TOLD_CHARACTERS]} (HTTP {answer.status_code})"


def _retry_after(answer: httpx.Response) -> float | None:
    """Seconds from now: the header has a number of them, or a date."""
    said = answer.headers.get("Retry-After", "")
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
