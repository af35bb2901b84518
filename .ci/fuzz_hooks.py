"""What Schemathesis does not know by itself: bodies of lines of JSON are sent as they are."""

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(_context, value):
    content = getattr(value, "data", value)
    return content if isinstance(content, bytes) else str(content).encode()
