"""`python -m helpers.strict_openid_provider PORT`: oidc-provider-mock, but strict about PKCE.

It knows only clients that were registered, wants a nonce, and is served at the root and once more below a
path, as Keycloak serves its realms.
"""

import base64
import hashlib
import sys
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

from oidc_provider_mock import app
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import run_simple
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request, Response

REALM = "/realms/test"


class RequiresPKCE:
    """RFC 7636 with S256, which oidc-provider-mock does not look at."""

    def __init__(self, provider: Any) -> None:
        self.provider = provider
        self.challenges: dict[str, str] = {}

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        if request.path == "/oauth2/authorize" and request.args.get("code_challenge_method") != "S256":
            return Response("PKCE is required", 400)(environ, start_response)
        if request.path == "/oauth2/token" and not self._is_verified(request):
            return Response('{"error": "invalid_grant"}', 400)(environ, start_response)
        body, status, headers = run_wsgi_app(self.provider, environ)
        for code in parse_qs(urlsplit(headers.get("Location", "")).query).get("code", ()):
            self.challenges[code] = request.args["code_challenge"]
        return Response(body, status, headers)(environ, start_response)

    def _is_verified(self, request: Request) -> bool:
        sent = request.get_data()
        request.environ["wsgi.input"] = BytesIO(sent)
        form = {name: values[0] for name, values in parse_qs(sent.decode()).items()}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return self.challenges.get(form.get("code", "")) == challenge


if __name__ == "__main__":
    strict = RequiresPKCE(app(require_client_registration=True, require_nonce=True))
    run_simple("127.0.0.1", int(sys.argv[1]), DispatcherMiddleware(strict, {REALM: strict}), threaded=True)
