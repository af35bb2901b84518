"""Which mail server takes our mails, and how it is talked to: part of `settings`."""

from typing import Self

from pydantic import BaseModel, Field, model_validator

SENDER = r"^[^\r\n]*[^\s@]@[^\s@]+$"
_NEEDS = (
    ("mail_server", "mail_default_sender"),
    ("mail_default_sender", "mail_server"),
    ("mail_username", "mail_server"),
    ("mail_username", "mail_password"),
    ("mail_password", "mail_username"),
    ("mail_use_tls", "mail_server"),
    ("mail_use_ssl", "mail_server"),
)
"""What is of no use without the other."""


class MailSettings(BaseModel):
    """Without `mail_server` no mails are sent."""

    mail_server: str | None = None
    mail_port: int = Field(default=25, ge=1, le=65535)
    mail_use_tls: bool = False
    mail_use_ssl: bool = False
    mail_username: str | None = None
    mail_password: str | None = None
    mail_default_sender: str | None = Field(default=None, pattern=SENDER)

    @model_validator(mode="after")
    def _is_whole_mail(self) -> Self:
        for name, other in _NEEDS:
            if getattr(self, name) and not getattr(self, other):
                raise ValueError(f"{other.upper()} must be set when {name.upper()} is")
        if self.mail_use_tls and self.mail_use_ssl:
            raise ValueError("MAIL_USE_TLS (STARTTLS) and MAIL_USE_SSL exclude each other")
        return self
