"""What Allure tells beside its results: fixtures of tests, and errors that belong to no test."""

from collections.abc import Iterator

from ibutsu_server.importers.allure_result import Outcome
from ibutsu_server.importers.allure_steps import Stored, attachments, list_of, object_of, text
from ibutsu_server.importers.failures import MESSAGE_CHARACTERS
from ibutsu_server.importers.report import JSON

ERRORS = 1000
TITLE_CHARACTERS = 200


class Fixtures:
    """What a container tells of setting up and taking down what its children need."""

    def __init__(self, document: JSON) -> None:
        self.children = [one for one in list_of(document.get("children")) if isinstance(one, str)]
        self._fixtures = [
            one
            for kind in ("befores", "afters")
            for one in list_of(document.get(kind))
            if isinstance(one, dict)
        ]

    def failures(self) -> Iterator[tuple[str, str]]:
        """What went wrong, in a sentence and as a traceback."""
        for one in self._fixtures:
            if one.get("status") in ("failed", "broken"):
                details = object_of(one.get("statusDetails"))
                message = f"{text(one.get('name'))}: {text(details.get('message')).strip()}"
                yield message[:MESSAGE_CHARACTERS], text(details.get("trace"))

    def attachments(self) -> Iterator[Stored]:
        for one in self._fixtures:
            yield from attachments(one)


class Globals:
    def __init__(self, document: JSON) -> None:
        self._said = document

    def errors(self) -> Iterator[Outcome]:
        """Each as the result of a test that is called after it."""
        for one in list_of(self._said.get("errors"))[:ERRORS]:
            message = text(object_of(one).get("message")).strip() or "without a message"
            name = f"Global error: {message.splitlines()[0][:TITLE_CHARACTERS]}"
            times = dict.fromkeys(("start", "stop"), object_of(one).get("timestamp"))
            yield Outcome(
                {"name": name, "historyId": name, "status": "broken", "statusDetails": one, **times}
            )

    def attachments(self) -> Iterator[Stored]:
        return attachments({"attachments": self._said.get("attachments")})
