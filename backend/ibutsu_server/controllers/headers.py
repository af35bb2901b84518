"""What goes with every answer, so that browsers do no more with it than is meant."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ibutsu_server.settings import Settings

NOTHING = "default-src 'none'; frame-ancestors 'none'"
"""For answers that no browser needs to show as a page: what has a policy of its own keeps that."""

SWAGGER = "/api/ui"
SWAGGER_POLICY = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; "
    "script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "  # its page has both
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
POLICY = "Content-Security-Policy"


class SecurityHeaders:
    """What an answer says itself is left as it is."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.hsts = f"max-age={settings.hsts_seconds}" if settings.hsts_seconds else None
        self.is_behind_tls = settings.frontend_url.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(scope, MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _add(self, scope: Scope, headers: MutableHeaders) -> None:
        is_https = scope["scheme"] == "https"
        _leave_out_own_address(scope, headers)
        for name, value in ALWAYS.items():
            headers.setdefault(name, value)
        if POLICY not in headers:
            headers[POLICY] = SWAGGER_POLICY if scope["path"].startswith(SWAGGER) else NOTHING
            headers["X-Frame-Options"] = "DENY"
        if self.hsts and (is_https or self.is_behind_tls):
            headers["Strict-Transport-Security"] = self.hsts
        if is_https and "Set-Cookie" in headers:
            _keep_cookies_from_http(headers)


def _leave_out_own_address(scope: Scope, headers: MutableHeaders) -> None:
    """Routing makes whole addresses of what the client calls us, which may be the name of somebody else."""
    own = f"{scope['scheme']}://{Headers(scope=scope).get('Host', '')}/"
    if headers.get("Location", "").startswith(own):
        headers["Location"] = f"/{headers['Location'].removeprefix(own)}"


def _keep_cookies_from_http(headers: MutableHeaders) -> None:
    """Whatever BACKEND_URL says: what came by https has no business on another way."""
    headers.raw[:] = [
        (name, value + b"; Secure")
        if name == b"set-cookie" and b"; secure" not in value.lower()
        else (name, value)
        for name, value in headers.raw
    ]
