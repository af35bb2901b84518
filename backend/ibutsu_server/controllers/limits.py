"""How often may be tried what is worth trying often: passwords, codes, and mails to a mailbox.

Known and unknown accounts count alike.  Behind one address there may be an office of hundreds, so that what
succeeds there is not held against it.
"""

import functools
import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, TypeVar

from flask import current_app, request
from flask_limiter import Limiter, RateLimitExceeded
from redis import RedisError

from ibutsu_server.errors import TooOften
from ibutsu_server.settings import Settings

Handler = TypeVar("Handler", bound=Callable[..., Any])
REDIS = ("redis://", "rediss://")
REDIS_SECONDS = 1
"""Who wants to sign in does not wait longer for a Redis that is away."""


def address() -> str:
    """Where the request comes from; whoever has one IPv6 address has a network of them."""
    text = request.remote_addr or "nowhere"
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return text
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else text


def account() -> str:
    """The account that is asked for, whether or not it exists."""
    return _key(_email().casefold())


def account_from_here() -> str:
    return f"{address()} {account()}"


def mailbox() -> str:
    """Where a mail would go: what stands behind a plus is a name for the same mailbox."""
    name, _, domain = _email().casefold().strip().rpartition("@")
    return _key(f"{name.partition('+')[0]}@{domain}")


def _email() -> str:
    return str((request.get_json(silent=True) or {}).get("email", ""))


def _key(text: str) -> str:
    """Short whatever is sent, and nothing that Redis should not be read for."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


limiter = Limiter(address, strategy="fixed-window", in_memory_fallback_enabled=True)


@limiter.request_filter
def _is_off() -> bool:
    settings: Settings = current_app.config["SETTINGS"]
    return not settings.rate_limits_enabled


def configuration(settings: Settings) -> dict[str, Any]:
    """The settings of Flask-Limiter: several processes count together where there is a Redis."""
    broker = settings.celery_broker_url or ""
    if not broker.startswith(REDIS):
        return {"RATELIMIT_STORAGE_URI": "memory://"}
    seconds = {"socket_connect_timeout": REDIS_SECONDS, "socket_timeout": REDIS_SECONDS}
    return {"RATELIMIT_STORAGE_URI": broker, "RATELIMIT_STORAGE_OPTIONS": seconds}


def _limited(*limits: Any, counts_successes: bool = True) -> Callable[[Handler], Handler]:
    """A decorator of handlers; each request counts before it is answered, so that none slips through."""

    def decorate(handler: Handler) -> Handler:
        counted = functools.reduce(lambda inner, limit: limit(inner), limits, handler)

        @functools.wraps(handler)
        def answer(*args: Any, **kwargs: Any) -> Any:
            try:
                returned = _surely(counted, *args, **kwargs)
            except RateLimitExceeded:
                raise _too_often() from None
            if not counts_successes:
                _forgive()
            return returned

        return answer  # type: ignore[return-value]

    return decorate


def _surely(counted: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Of several requests that find Redis away at once, Flask-Limiter counts only the first by itself."""
    try:
        return counted(*args, **kwargs)
    except RedisError:  # from now on it counts all of them
        return counted(*args, **kwargs)


def _too_often() -> TooOften:
    reached = limiter.current_limit
    return TooOften(max(1, int(reached.reset_at - time.time()) if reached else 1))


def _forgive() -> None:
    """Who has signed in is in, even if the Redis that counted it went away meanwhile."""
    with suppress(RedisError):
        for one in limiter.current_limits:
            limiter.limiter.hit(one.limit, *one.request_args, cost=-1)


sign_in = _limited(
    limiter.shared_limit("10 per 15 minutes", "sign-in", key_func=account_from_here),
    limiter.shared_limit("100 per 15 minutes", "sign-in", key_func=address),
    limiter.shared_limit("100 per hour", "sign-in", key_func=account),
    counts_successes=False,
)
"""For what asks for a password.  One address alone cannot use up what an account has."""

renewal = _limited(
    limiter.shared_limit("300 per 15 minutes", "renewal", key_func=address), counts_successes=False
)
"""For what asks for a secret that nobody can guess, and is done every hour by everybody."""

mail = _limited(
    limiter.shared_limit("100 per hour", "mail", key_func=address),
    limiter.shared_limit("5 per hour", "mail", key_func=mailbox),
)
"""For what sends a mail to an address that anybody can name."""

provider = _limited(limiter.shared_limit("300 per 15 minutes", "provider", key_func=address))
"""For what makes this server ask an identity provider."""

code = _limited(limiter.shared_limit("200 per hour", "code", key_func=address))
"""For what asks for a code from a mail."""
