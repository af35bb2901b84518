"""What several tables have in common."""

import uuid
from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Base
from ibutsu_server.db.types import JSONDocument, JSONObject, new_id


class _Metadata:
    """`entity.metadata` is its `data` column; on the class it stays SQLAlchemy's catalogue of tables."""

    def __get__(self, instance: Any, owner: type) -> JSONObject | MetaData | None:
        if instance is None:
            return Base.metadata
        data: JSONObject | None = instance.data
        return data

    def __set__(self, instance: Any, value: JSONObject | None) -> None:
        instance.data = value


class HasId:
    """Ids made here are UUIDv7; ids made by clients are kept."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)


class HasMetadata:
    """Free-form JSON of the clients."""

    data: Mapped[JSONObject | None] = mapped_column(JSONDocument)
    metadata: Any = _Metadata()
