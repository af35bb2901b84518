"""Which variables the compose file and the chart may give to our processes."""

from ibutsu_server.settings import Settings, shown

STORES = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_ENDPOINT_URL", "AWS_ALLOW_HTTP"}
"""What obstore reads itself."""


def is_known(variable: str) -> bool:
    return variable in STORES or variable in shown(Settings.model_construct())
