"""Report files as nobody should write them: documents that are changed where it hurts."""

import io
import json
import random
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

from helpers.reports import tar, zipped

NESTED = 300
TEXTS = (
    "",
    "\0",
    "a\0b",
    "\ud800",
    "\x1b[31m\x1b]0;",
    "\ufeff\u202e",
    "x" * 20_000,
    "null",
    "../../etc/passwd",
    "=1+1",
    "1e999",
    "-1",
    "nan",
    "9" * 400,
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "2024-13-45T99:99:99Z",
    "00000000-0000-0000-0000-000000000000",
    "a.b." * 200,
    "[" * 200,
    "\r\n\r\n",
    "Error: " * 50,
)
OF_XML = tuple(text for text in TEXTS if not set(text) & set("\0\x1b\ud800"))
"""With any other, a document is no XML, which is known soon enough."""

NUMBERS = (
    0,
    -1,
    1e308,
    -1e308,
    5e-324,
    2**31,
    2**63 - 1,
    2**63,
    -(2**64),
    10**400,
    float("nan"),
    float("inf"),
    253402300800,
    253402300800000,
    True,
    None,
)
MARKUP = (
    "<a><b/></a>",
    "<![CDATA[x]]>",
    "&#0;",
    "&#xD800;",
    "&lol;",
    "<!DOCTYPE a [<!ENTITY lol 'l'>]>",
    "<testcase/>",
    "<testsuite>" * 50,
    "<failure message=''/>",
    "<!--" + "-" * 100 + "-->",
    "<?xml version='1.1'?>",
)


def mutated(content: bytes, dice: random.Random) -> bytes:
    """Another document of the same kind, as far as the kind can be told from the content."""
    for mutate in (_archive, _json, _xml, _lines):
        try:
            return mutate(content, dice)
        except (ValueError, ET.ParseError, tarfile.TarError, zipfile.BadZipFile, EOFError, OSError):
            continue
    return content


def _times(dice: random.Random) -> range:
    return range(dice.choice((1, 1, 1, 2, 3, 8)))


def _archive(content: bytes, dice: random.Random) -> bytes:
    """One member changed, renamed or lost; packed anew, which may be in the other way."""
    members = dict(_members(content))
    if not members:
        raise ValueError
    name = dice.choice(sorted(members))
    body = members[name]
    match dice.randrange(10):
        case 0:
            del members[name]
        case 1:
            members[dice.choice((f"a/{name}", name.rpartition("/")[2], f"{name}/x", name.upper()))] = body
        case 2:
            members[name] = members[dice.choice(sorted(members))]
        case _:
            members[name] = mutated(body, dice)
    return dice.choice((tar, zipped))(members)


def _members(content: bytes) -> Iterator[tuple[str, bytes]]:
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            yield from ((one.filename, opened.read(one)) for one in opened.infolist() if not one.is_dir())
        return
    with tarfile.open(fileobj=io.BytesIO(content)) as opened:
        for one in opened:
            if one.isreg() and (file := opened.extractfile(one)):
                yield one.name, file.read()


def _json(content: bytes, dice: random.Random) -> bytes:
    document = json.loads(content)
    for _ in _times(dice):
        places = list(_places(document))
        if places:
            _change(document, places, dice)
    return json.dumps(document).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with every key in it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield value, key
        yield from _places(one)


def _change(document: Any, places: list[tuple[Any, Any]], dice: random.Random) -> None:
    container, key = dice.choice(places)
    other, other_key = dice.choice(places)
    match dice.randrange(9):
        case 0:
            del container[key]
        case 1:
            container[key] = json.loads(json.dumps(other[other_key]))
        case 2 if isinstance(container, dict):
            container[dice.choice(TEXTS)] = container.pop(key)
        case 2 | 3 if isinstance(container, list):
            container.extend([container[key]] * dice.choice((1, 50)))
        case 4:
            container[key] = _nested(dice)
        case 5 | 6:
            container[key] = dice.choice(NUMBERS)
        case _:
            container[key] = dice.choice(TEXTS)


def _nested(dice: random.Random) -> Any:
    value: Any = dice.choice(({}, [], ""))
    for _ in range(dice.choice((1, 3, NESTED))):
        value = dice.choice(([value], {"a": value}))
    return value


def _xml(content: bytes, dice: random.Random) -> bytes:
    root = ET.fromstring(content)
    for _ in _times(dice):
        _change_element(root, dice)
    text = ET.tostring(root, encoding="unicode")
    for _ in range(dice.choice((0, 0, 0, 1))):
        at = text.find(">", dice.randrange(len(text))) + 1
        text = text[:at] + dice.choice(MARKUP) + text[at:]
    return text.encode("utf-8", "surrogatepass")


def _change_element(root: ET.Element, dice: random.Random) -> None:
    elements = list(root.iter())
    element, other = dice.choice(elements), dice.choice(elements)
    texts = TEXTS if dice.randrange(20) == 0 else OF_XML
    anything: tuple[Callable[[], str], ...] = (lambda: dice.choice(texts), lambda: str(dice.choice(NUMBERS)))
    match dice.randrange(8):
        case 0:
            element.text = dice.choice(anything)()
        case 1:
            element.tag = other.tag
        case 2:
            element.extend([ET.fromstring(ET.tostring(other))] * dice.choice((1, 20)))
        case 3:
            del element[:]
        case 4 if element.attrib:
            del element.attrib[dice.choice(sorted(element.attrib))]
        case 5:
            element.attrib.update(other.attrib)
        case _ if element.attrib:
            element.set(dice.choice(sorted(element.attrib)), dice.choice(anything)())
        case _:
            element.tail = dice.choice(texts)


def _lines(content: bytes, dice: random.Random) -> bytes:
    """Lines of any kind; those that are JSON are changed as such."""
    lines = content.splitlines(keepends=True)
    for _ in _times(dice) if lines else ():
        at, other = dice.randrange(len(lines)), dice.randrange(len(lines))
        match dice.randrange(6):
            case 0:
                del lines[at]
            case 1:
                lines[at], lines[other] = lines[other], lines[at]
            case 2:
                lines[at:at] = [lines[other]] * dice.choice((1, 100))
            case 3:
                lines[at] = dice.choice(TEXTS).encode("utf-8", "surrogatepass") + b"\n"
            case 4:
                lines[at] = b" " * dice.choice((1, 4, 400)) + lines[at]
            case _:
                lines[at] = _line(lines[at], dice)
        if not lines:
            break
    return b"".join(lines)


def _line(line: bytes, dice: random.Random) -> bytes:
    try:
        return _json(line, dice) + b"\n"
    except ValueError:
        words = line.split()
        if words:
            words[dice.randrange(len(words))] = dice.choice(TEXTS).encode("utf-8", "surrogatepass")
        return b" ".join(words) + b"\n"
