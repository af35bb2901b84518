"""Every table of the product, one file each."""

from ibutsu_server.db.models.account_code import AccountCode
from ibutsu_server.db.models.artifact import Artifact
from ibutsu_server.db.models.audit_entry import AuditEntry
from ibutsu_server.db.models.compatibility import Compatibility
from ibutsu_server.db.models.dashboard import Dashboard
from ibutsu_server.db.models.group import Group
from ibutsu_server.db.models.idempotency_key import IdempotencyKey
from ibutsu_server.db.models.identity import Identity
from ibutsu_server.db.models.import_ import Import
from ibutsu_server.db.models.mail import Mail
from ibutsu_server.db.models.membership import Membership
from ibutsu_server.db.models.project import Project
from ibutsu_server.db.models.project_policy import ProjectPolicy
from ibutsu_server.db.models.result import Result
from ibutsu_server.db.models.run import Run
from ibutsu_server.db.models.saved_filter import SavedFilter
from ibutsu_server.db.models.scanned_object import ScannedObject
from ibutsu_server.db.models.scheduled_task import ScheduledTask
from ibutsu_server.db.models.tally import DailyTally, RunTally, TalliedField
from ibutsu_server.db.models.task import Task
from ibutsu_server.db.models.test import Test
from ibutsu_server.db.models.token import Token
from ibutsu_server.db.models.usage import Usage
from ibutsu_server.db.models.user import User
from ibutsu_server.db.models.user_session import UserSession
from ibutsu_server.db.models.widget_config import WidgetConfig
from ibutsu_server.db.models.worker import Worker

__all__ = [
    "AccountCode",
    "Artifact",
    "AuditEntry",
    "Compatibility",
    "DailyTally",
    "Dashboard",
    "Group",
    "IdempotencyKey",
    "Identity",
    "Import",
    "Mail",
    "Membership",
    "Project",
    "ProjectPolicy",
    "Result",
    "Run",
    "RunTally",
    "SavedFilter",
    "ScannedObject",
    "ScheduledTask",
    "TalliedField",
    "Task",
    "Test",
    "Token",
    "Usage",
    "User",
    "UserSession",
    "WidgetConfig",
    "Worker",
]
