"""What can go wrong in the product, in its own words; `controllers.problems` gives each its HTTP status."""

from collections.abc import Sequence
from typing import Any


class Error(Exception):
    """The text is meant for the person who made the request."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Invalid(Error):
    """The request cannot be understood or breaks a rule; `field` names the culprit."""


class InvalidFields(Invalid):
    """Several fields are wrong; `found` has the path of each and what is wrong there."""

    def __init__(self, message: str, found: Sequence[tuple[str, str]]) -> None:
        super().__init__(message)
        self.found = found


class RejectedLines(Invalid):
    """Lines of a batch cannot be stored; `rejected` tells the number of each and what is wrong with it."""

    def __init__(self, message: str, rejected: Sequence[dict[str, Any]]) -> None:
        super().__init__(message)
        self.rejected = rejected


class NotSignedIn(Error):
    """Nobody, or nobody that we know any more, is calling."""


class LoginRefused(NotSignedIn):
    """A sign-in failed; `code` is the machine-readable reason that clients switch on."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Forbidden(Error):
    """The caller is known and may not do this."""

    def __init__(self, message: str = "Forbidden", *, field: str | None = None) -> None:
        super().__init__(message, field=field)


class NotFound(Error):
    """There is no such thing."""


class Conflict(Error):
    """Something else is stored under that id or name."""


class TooLarge(Error):
    """More bytes than a limit allows."""


class QuotaExceeded(Error):
    """A project has as much as it may have."""


class TooOften(Error):
    """A limit is reached; in so many seconds it may be tried again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many attempts, please try again in {seconds} seconds")
        self.seconds = seconds


class TookTooLong(Error):
    """The database gave up on a statement after its time limit."""


class Unavailable(Error):
    """A part that the request needs does not answer; trying again later may help."""


class NotReady(Unavailable):
    """This process cannot do its work; `checks` tells of each part whether it answers."""

    def __init__(self, message: str, checks: dict[str, str]) -> None:
        super().__init__(message)
        self.checks = checks


class SettingsError(Exception):
    """The server cannot start as configured; the text is one sentence that says what to do."""
