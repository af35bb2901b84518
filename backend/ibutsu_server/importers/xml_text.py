"""The text of an XML file in UTF-8, whatever it is written in, and without characters that XML forbids.

Report writers put the output of programs into XML as it came: colours, null characters, broken encodings.
"""

import codecs
import re

REPLACEMENT = "\ufffd"

_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))
_FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORBIDDEN_REFERENCE = re.compile(
    "&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|5(?:529[6-9]|5[3-9][0-9]{2}|6[0-9]{3}|7[0-2][0-9]{2}|73[0-3][0-9]|734[0-3]))"
    "|x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]|[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[eEfF]));"
)
_REFERENCE_CHARACTERS = 12
_DECLARED = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*['\"]([A-Za-z][\w.-]*)")
_BEGINNINGS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_NO_CHARACTER_SETS = ("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape")


def encoding_of(head: bytes) -> str:
    """How a file that begins so is written; raises LookupError where it names what is no encoding.

    What can be read as ASCII is not UTF-16, even if it says so (programs on .NET do).
    """
    for beginning, encoding in _BEGINNINGS:
        if head.startswith(beginning):
            return encoding
    found = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8).lstrip())
    name = codecs.lookup(found[1].decode() if found else "utf-8").name
    if name.startswith("utf"):
        return "utf-8-sig"
    if name in _NO_CHARACTER_SETS or b"<?xml".decode(name) != "<?xml":
        raise LookupError(f"unknown encoding: {name}")
    return name


class Cleaned:
    """Takes a file piece by piece; `warnings` tell in the end what was replaced in it."""

    def __init__(self, head: bytes) -> None:
        self._encoding = encoding_of(head)
        self._decoder = codecs.getincrementaldecoder(self._encoding)("strict")
        self._waiting = ""
        self._line = 1
        self._undecoded: int | None = None
        self._forbidden: int | None = None
        self._count = 0

    def clean(self, data: bytes, *, final: bool = False) -> bytes:
        text = self._waiting + self._decode(data, final=final)
        self._waiting = "" if final else _reference_begun(text)
        if self._waiting:
            text = text[: -len(self._waiting)]
        if "&#" in text:
            text = self._replace(_FORBIDDEN_REFERENCE, text)
        cleaned = text.encode("utf-8", "replace")
        if len(cleaned.translate(None, _CONTROLS)) < len(cleaned) or "\ufffe" in text or "\uffff" in text:
            cleaned = self._replace(_FORBIDDEN, text).encode("utf-8", "replace")
        self._line += cleaned.count(b"\n")
        return cleaned

    def _decode(self, data: bytes, *, final: bool) -> str:
        state = self._decoder.getstate()
        try:
            return self._decoder.decode(data, final)
        except UnicodeDecodeError:
            self._decoder = codecs.getincrementaldecoder(self._encoding)("replace")
            self._decoder.setstate(state)
            text = self._decoder.decode(data, final)
            self._undecoded = self._line + text.count("\n", 0, text.find(REPLACEMENT))
            return text

    def _replace(self, pattern: re.Pattern[str], text: str) -> str:
        if self._forbidden is None and (first := pattern.search(text)):
            self._forbidden = self._line + text.count("\n", 0, first.start())
        text, count = pattern.subn(REPLACEMENT, text)
        self._count += count
        return text

    @property
    def warnings(self) -> list[str]:
        told = []
        if self._undecoded is not None:
            encoding = self._encoding.removesuffix("-sig")
            told.append(f"line {self._undecoded}: bytes that are no {encoding} were replaced from here on")
        if self._forbidden is not None:
            what = f"{self._count} characters that XML does not allow were replaced"
            told.append(f"line {self._forbidden}: {what} from here on")
        return told


def _reference_begun(text: str) -> str:
    """The beginning of a reference at the end of a piece, of which the rest comes with the next one."""
    place = text.rfind("&", -_REFERENCE_CHARACTERS)
    return text[place:] if place >= 0 and ";" not in text[place:] else ""
