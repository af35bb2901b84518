"""The kinds of parameters that widgets have in common."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

ASKED: JsonDict = {"required": True}
"""Forms ask for it, although there is a default."""

UNSAID: JsonDict = {"required": None}
"""Forms are not told whether it is required: clients know some views so."""

MOST_BUILDS = 1000


def _storable(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("nul", "NUL characters cannot be searched for")
    return text


def _said(value: Any) -> Any:
    """Forms and old dashboards send nothing, or what JavaScript calls it, for what was not filled in."""
    return None if value in ("", "undefined") else value


def _split(values: Any) -> Any:
    lists = (value.split(",") if isinstance(value, str) else [value] for value in values)
    return [item for items in lists for item in items if item != ""]


Text = Annotated[str, AfterValidator(_storable)]
OptionalText = Annotated[Text | None, BeforeValidator(_said)]
Ids = Annotated[list[Text], BeforeValidator(_split)]
"""A repeated parameter, text with commas, or both."""

Builds = Annotated[int, Field(ge=1, le=MOST_BUILDS)]
Project = Annotated[OptionalText, Field(description="Only this project, by name or id")]
Filters = Annotated[
    OptionalText, Field(description="More conditions, in the language of filters, joined by commas")
]
