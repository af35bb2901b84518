"""What can go wrong in the product, in its own words; `controllers.problems` gives each its HTTP status."""


class Error(Exception):
    """The text is meant for the person who made the request."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Invalid(Error):
    """The request cannot be understood or breaks a rule; `field` names the culprit."""


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


class TookTooLong(Error):
    """The database gave up on a statement after its time limit."""


class Unavailable(Error):
    """A part that the request needs does not answer; trying again later may help."""


class SettingsError(Exception):
    """The server cannot start as configured; the text is one sentence that says what to do."""
