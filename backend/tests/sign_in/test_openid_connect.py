"""OpenID Connect providers that are wrong, old or malicious: nobody is let in by what they say."""

import hmac
import time
from base64 import urlsafe_b64encode
from dataclasses import replace

import orjson
import pytest
from helpers.web_server import WebServer
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from ibutsu_server.sign_in import attempt, openid_connect
from ibutsu_server.sign_in.openid_connect import OpenIDConnect
from ibutsu_server.sign_in.provider import Away, Unconfirmed

pytestmark = pytest.mark.integration
KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})
LATER_KEY = RSAKey.generate_key(2048, {"kid": "two"})
CODE = "secret-code"


class Foreign:
    """A provider of whom every answer can be chosen."""

    def __init__(self, web: WebServer) -> None:
        self.web = web
        self.keys = [KEY]
        self.document = {
            "issuer": web.url,
            "authorization_endpoint": f"{web.url}/authorize",
            "token_endpoint": f"{web.url}/token",
            "userinfo_endpoint": f"{web.url}/userinfo",
            "jwks_uri": f"{web.url}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        web.pages |= {
            openid_connect.WELL_KNOWN: lambda _: (200, self.document),
            "/jwks": lambda _: (200, KeySet(self.keys).as_dict(private=False)),
        }

    def answers(self, status=200, **token):
        self.web.pages["/token"] = lambda _: (status, {"access_token": "a", "token_type": "Bearer", **token})

    def says(self, key=KEY, header=None, **claims):
        header = {"alg": "RS256", "kid": key.kid} | (header or {})
        self.answers(id_token=jwt.encode(header, claims, key, algorithms=[header["alg"]]))

    def count(self, path):
        return len([asked for asked in self.web.asked if asked.path == path])


@pytest.fixture
def foreign():
    with WebServer() as web:
        yield Foreign(web)


@pytest.fixture
def provider(foreign):
    return OpenIDConnect(
        title="Foreign",
        discovery_url=foreign.web.url,
        client_id="us",
        client_secret="hush & hush",
        redirect_uri="http://127.0.0.1/back",
        scope="openid",
    )


@pytest.fixture
def begun():
    return attempt.begin("oidc", "/")


@pytest.fixture
def claims(foreign, begun):
    now = int(time.time())
    who = {"sub": "7", "email": "jo@example.com", "email_verified": True, "name": "Jo"}
    return {"iss": foreign.web.url, "aud": "us", "iat": now, "exp": now + 60, "nonce": begun.nonce, **who}


def test_right_token_says_who_it_is(foreign, provider, begun, claims):
    foreign.says(**claims)
    assert provider.person(CODE, begun) == (foreign.web.url, "7", "jo@example.com", True, "Jo")


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "other"},
        {"nonce": None},
        {"iss": "https://other.example"},
        {"aud": "somebody else"},
        {"aud": ["us", "somebody else"]},
        {"azp": "somebody else"},
        {"exp": 1},
        {"exp": None},
        {"exp": "never"},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": "7\x00"},
        {"at_hash": "of-another-token"},
    ],
    ids=str,
)
def test_wrong_claim_confirms_nobody(foreign, provider, begun, claims, wrong):
    foreign.says(**{name: value for name, value in (claims | wrong).items() if value is not None})
    with pytest.raises(Unconfirmed, match="Foreign did not confirm who you are"):
        provider.person(CODE, begun)


def test_token_of_another_key_confirms_nobody(foreign, provider, begun, claims):
    foreign.says(key=OTHER_KEY, **claims)
    with pytest.raises(Unconfirmed):
        provider.person(CODE, begun)


def test_public_key_is_no_shared_secret(foreign, provider, begun, claims):
    parts = [orjson.dumps({"alg": "HS256", "kid": "one"}), orjson.dumps(claims)]
    signed = b".".join(urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    mac = hmac.digest(KEY.as_pem(private=False), signed, "sha256")
    foreign.answers(id_token=f"{signed.decode()}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}")
    with pytest.raises(Unconfirmed):
        provider.person(CODE, begun)


@pytest.mark.filterwarnings('ignore:JWS algorithm "none"')
def test_unsigned_token_confirms_nobody(foreign, provider, begun, claims):
    foreign.says(header={"alg": "none"}, **claims)
    with pytest.raises(Unconfirmed):
        provider.person(CODE, begun)


@pytest.mark.parametrize(
    "token", [{}, {"id_token": None}, {"id_token": "x.y.z"}, {"id_token": {}}, {"error": "invalid_grant"}]
)
def test_answer_without_a_token_confirms_nobody(foreign, provider, begun, token):
    foreign.answers(**token)
    with pytest.raises(Unconfirmed):
        provider.person(CODE, begun)


def test_new_key_is_fetched_when_it_is_first_seen(foreign, provider, begun, claims):
    foreign.says(**claims)
    provider.person(CODE, begun)
    foreign.keys = [LATER_KEY]
    foreign.says(key=LATER_KEY, **claims)
    assert provider.person(CODE, begun).subject == "7"


def test_addresses_and_keys_are_remembered(foreign, provider, begun, claims):
    foreign.says(**claims)
    for _ in range(3):
        provider.person(CODE, begun)
    assert (foreign.count(openid_connect.WELL_KNOWN), foreign.count("/jwks")) == (1, 1)


def test_failures_are_not_remembered(foreign, provider, begun):
    document = foreign.document
    foreign.web.pages[openid_connect.WELL_KNOWN] = lambda _: (503, {})
    with pytest.raises(Away, match="Foreign does not answer"):
        provider.authorization_url(begun)
    foreign.web.pages[openid_connect.WELL_KNOWN] = lambda _: (200, document)
    assert provider.authorization_url(begun).startswith(f"{foreign.web.url}/authorize?")


@pytest.mark.parametrize("document", [[], {}, "{broken", "null"])
def test_document_that_says_nothing_is_no_mistake_of_ours(foreign, provider, begun, document):
    foreign.document = document
    with pytest.raises(Unconfirmed):
        provider.authorization_url(begun)


def test_address_is_asked_for_where_the_token_has_none(foreign, provider, begun, claims):
    about = {name: claims.pop(name) for name in ("email", "email_verified", "name")}
    foreign.web.pages["/userinfo"] = lambda _: (200, {"sub": "7", **about})
    foreign.says(**claims)
    assert provider.person(CODE, begun)[2:] == ("jo@example.com", True, "Jo")
    assert foreign.web.asked[-1].headers["authorization"] == "Bearer a"


def test_address_of_somebody_else_is_refused(foreign, provider, begun, claims):
    del claims["email"]
    foreign.web.pages["/userinfo"] = lambda _: (200, {"sub": "8", "email": "boss@example.com"})
    foreign.says(**claims)
    with pytest.raises(Unconfirmed):
        provider.person(CODE, begun)


@pytest.mark.parametrize(
    ("verified", "trusts_email", "expected"),
    [
        (True, False, True),
        ("true", False, True),
        (False, False, False),
        ("false", False, False),
        (None, False, False),
        (1, False, False),
        (None, True, True),
        (False, True, True),
    ],
)
def test_address_is_verified_if_the_provider_says_so(
    foreign, provider, begun, claims, verified, trusts_email, expected
):
    foreign.says(**claims | {"email_verified": verified})
    person = replace(provider, trusts_email=trusts_email).person(CODE, begun)
    assert person.is_verified is expected


def test_code_verifier_and_secret_are_sent_in_the_body(foreign, provider, begun, claims):
    foreign.says(**claims)
    provider.person(CODE, begun)
    asked = next(asked for asked in foreign.web.asked if asked.path == "/token")
    assert asked.form == {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": "http://127.0.0.1/back",
        "code_verifier": begun.verifier,
        "client_id": "us",
        "client_secret": "hush & hush",
    }
    assert asked.query == {}
    assert "authorization" not in asked.headers


def test_secret_is_sent_in_the_header_where_the_provider_says_nothing(foreign, provider, begun, claims):
    del foreign.document["token_endpoint_auth_methods_supported"]
    foreign.says(**claims)
    provider.person(CODE, begun)
    asked = next(asked for asked in foreign.web.asked if asked.path == "/token")
    assert asked.headers["authorization"] == "Basic dXM6aHVzaCUyMCUyNiUyMGh1c2g="
    assert "client_secret" not in asked.form


def test_client_without_a_secret_says_only_its_name(foreign, provider, begun, claims):
    foreign.says(**claims)
    replace(provider, client_secret=None).person(CODE, begun)
    asked = next(asked for asked in foreign.web.asked if asked.path == "/token")
    assert asked.form["client_id"] == "us"
    assert "authorization" not in asked.headers


def test_nothing_secret_is_logged(foreign, provider, begun, caplog):
    foreign.answers(400, error="invalid_grant", error_description=f"{CODE} was used")
    with pytest.raises(Unconfirmed):
        provider.person(CODE, begun)
    assert "Foreign did not confirm a sign-in: invalid_grant" in caplog.text
    for secret in (CODE, "hush", begun.verifier, begun.nonce):
        assert secret not in caplog.text


def test_reason_why_a_token_was_not_believed_is_logged(foreign, provider, begun, claims, caplog):
    foreign.says(**claims | {"aud": "somebody else"})
    with pytest.raises(Unconfirmed):
        provider.person(CODE, begun)
    assert "aud" in caplog.text
