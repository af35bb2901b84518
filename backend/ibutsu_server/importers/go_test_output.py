"""What tests that run side by side write: within one bound in memory, and in a temporary file beyond it."""

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO

MEMORY_CHARACTERS = 32 * 1024 * 1024
"""Of all outputs together."""

NOTED_CHARACTERS = 16 * 1024 * 1024
"""Of all that is noted of tests beside their output."""

READ_BYTES = 64 * 1024
HEAD_BYTES = 64 * 1024
TAIL_BYTES = 192 * 1024
"""Of a longer output, what is looked at: its beginning and its end."""

_PIECE_CHARACTERS = 64
"""What holding a piece costs beside its text."""


class Outputs:
    def __init__(self) -> None:
        self._file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed by close()
        self.noted = 0
        self._size = 0
        self._filled: dict[int, Output] = {}

    def begin(self) -> "Output":
        return Output(self)

    def close(self) -> None:
        self._file.close()

    def grow(self, output: "Output", size: int) -> None:
        self._filled[id(output)] = output
        self._size += size
        if self._size > MEMORY_CHARACTERS:
            for one in self._filled.values():
                one.move(self._file)
            self._filled, self._size = {}, 0

    def forget(self, output: "Output") -> None:
        self.noted -= output.noted
        if self._filled.pop(id(output), None):
            self._size -= output.in_memory

    def read(self, place: int, size: int) -> Iterator[bytes]:
        for start in range(place, place + size, READ_BYTES):
            self._file.seek(start)
            yield self._file.read(min(READ_BYTES, place + size - start))


class Output:
    """All that one test writes."""

    def __init__(self, outputs: Outputs) -> None:
        self.in_memory = 0
        self.noted = 0
        self._outputs = outputs
        self._pieces: list[str] = []
        self._moved: list[tuple[int, int]] = []

    def __bool__(self) -> bool:
        return bool(self._pieces or self._moved)

    def write(self, text: str) -> None:
        self._pieces.append(text)
        size = len(text) + _PIECE_CHARACTERS
        self.in_memory += size
        self._outputs.grow(self, size)

    def may_note(self, size: int) -> bool:
        """Whether there is room for so much beside the output, which is taken."""
        if self._outputs.noted + size > NOTED_CHARACTERS:
            return False
        self._outputs.noted += size
        self.noted += size
        return True

    def move(self, file: IO[bytes]) -> None:
        place = file.seek(0, 2)
        self._moved.append((place, file.write("".join(self._pieces).encode("utf-8", "replace"))))
        self._pieces, self.in_memory = [], 0

    def content(self) -> Iterator[bytes]:
        for place, size in self._moved:
            yield from self._outputs.read(place, size)
        if self._pieces:
            yield "".join(self._pieces).encode("utf-8", "replace")

    def told(self) -> str:
        """All of it, or its beginning and its end."""
        head, tail = b"", b""
        for piece in self.content():
            room = HEAD_BYTES - len(head)
            head += piece[:room]
            tail = (tail + piece[room:])[-TAIL_BYTES:] if room < len(piece) else tail
        return (head + tail).decode("utf-8", "replace")

    def close(self) -> None:
        self._outputs.forget(self)
        self._pieces, self._moved, self.noted = [], [], 0
