"""What is counted, and where: nowhere, until somebody wants to see the numbers."""

from collections.abc import Mapping


class Book:
    """Every number of the product; this one keeps none, `meters` has one that does."""

    is_open = False

    def request_began(self) -> None:
        """A request is under way."""

    def request_ended(self, operation: str, method: str, status: int, seconds: float) -> None:
        """It has been answered, or given up."""

    def statement(self, kind: str, seconds: float) -> None:
        """The database has worked off a statement, or failed to."""

    def pool(self, connections: int) -> None:
        """So many connections this process may have at most."""

    def pool_used(self, more: int) -> None:
        """Connections were taken from the pool, or given back."""

    def pool_awaited(self, more: int) -> None:
        """Threads began to wait for a connection, or got one."""

    def task(self, name: str, outcome: str, seconds: float) -> None:
        """A background task has come to an end."""

    def ingested(self, amounts: Mapping[str, int]) -> None:
        """Something new is stored, by the names of `INGESTED`."""

    def storage(self, operation: str, outcome: str) -> None:
        """The store of artifacts was asked for something."""


INGESTED = ("results", "runs", "artifacts", "artifact_bytes", "imports", "imports_done", "imports_failed")


class Counting:
    """Holds the book of this process."""

    book: Book = Book()


counting = Counting()
