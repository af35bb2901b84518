"""Shared fixtures: see docs/developer-guide/testing.md."""

pytest_plugins = [
    "fixtures.database",
    "fixtures.auth",
    "fixtures.mail",
    "fixtures.observing",
    "fixtures.s3",
    "fixtures.utilities",
]
