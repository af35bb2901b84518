"""An OpenID Connect provider as a process of its own, and what people do there."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import httpx

from helpers.processes import READY_SECONDS, STOP_SECONDS, free_port


class OpenIDProvider:
    """`helpers.strict_openid_provider` until the end of the block."""

    def __init__(self) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "helpers.strict_openid_provider", self.url.rpartition(":")[2]],
            env=os.environ
            | {"AUTHLIB_INSECURE_TRANSPORT": "1", "PYTHONPATH": str(Path(__file__).parents[1])},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> Self:
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            if self._answers():
                return self
            time.sleep(0.05)
        self.__exit__()
        raise RuntimeError("The OpenID Connect provider did not start")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(STOP_SECONDS)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/jwks").is_success
        except httpx.TransportError:
            return False

    def register(self, *redirect_uris: str) -> dict[str, Any]:
        """A new client of this provider: its `client_id` and `client_secret`."""
        answer = httpx.post(f"{self.url}/oauth2/clients", json={"redirect_uris": redirect_uris})
        client: dict[str, Any] = answer.raise_for_status().json()
        return client

    def knows(self, subject: str, **claims: object) -> None:
        httpx.put(f"{self.url}/users/{subject}", json=claims).raise_for_status()

    def admits(self, authorization_url: str, subject: str) -> str:
        """Somebody signs in: where the provider sends their browser."""
        return httpx.post(authorization_url, data={"sub": subject}).headers["location"]

    def denies(self, authorization_url: str) -> str:
        return httpx.post(authorization_url, data={"action": "deny"}).headers["location"]
