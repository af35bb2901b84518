"""Which format an archive has: its members tell, which may come long after its beginning."""

from typing import BinaryIO, Literal

from ibutsu_server.importers import archive, container

Kind = Literal["archive", "allure", "bundle"]

ALLURE_RESULT = "-result.json"


def kind(file: BinaryIO) -> Kind:
    """Looks at names only, until one gives it away; raises Invalid where the archive cannot be read."""
    for member in container.members(file):
        if archive.is_sign(member.path):
            return "archive"
        if _is_sign_of_allure(member):
            return "allure"
    return "bundle"


def _is_sign_of_allure(member: container.Member) -> bool:
    """Tests may attach such files as well, which then lie in the folder of a run of the plugin."""
    folder, *_ = member.path
    return member.path[-1].endswith(ALLURE_RESULT) and not archive.is_id(folder)
