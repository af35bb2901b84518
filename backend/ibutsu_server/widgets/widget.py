"""What every widget is: a pydantic model of its parameters with a query."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from ibutsu_server.access import Scope
from ibutsu_server.errors import Invalid

_TYPES = {"string": "string", "integer": "integer", "number": "float", "boolean": "boolean", "array": "list"}


class Widget(BaseModel, ABC):
    """The fields are the parameters, the first line of the docstring is the description."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: ClassVar[str]
    title: ClassVar[str]
    type: ClassVar[str] = "widget"

    @abstractmethod
    def data(self, scope: Scope) -> dict[str, Any]:
        """The answer, over nothing but what the caller may see."""

    @classmethod
    def describe(cls) -> dict[str, Any]:
        """The entry in the list of widget types."""
        schema = cls.model_json_schema()
        required = schema.get("required", [])
        return {
            "id": cls.id,
            "title": cls.title,
            "description": (cls.__doc__ or "").partition("\n")[0],
            "type": cls.type,
            "params": [
                _parameter(name, field, required=name in required)
                for name, field in schema["properties"].items()
            ],
        }

    @classmethod
    def from_query(cls, query: dict[str, list[str]]) -> "Widget":
        """Read the parameters as they come in a URL; of a repeated one the first counts."""
        try:
            return cls.model_validate({name: values[0] for name, values in query.items()})
        except ValidationError as error:
            raise _invalid(cls.id, error) from None


def _parameter(name: str, field: dict[str, Any], *, required: bool) -> dict[str, Any]:
    kinds = [field, *field.get("anyOf", [])]
    kind = next(kind["type"] for kind in kinds if "type" in kind)
    default = {} if field.get("default") is None else {"default": field["default"]}
    return {
        "name": name,
        "description": field.get("description", ""),
        "type": _TYPES[kind],
        "required": required,
        **default,
    }


def _invalid(widget: str, error: ValidationError) -> Invalid:
    found = error.errors()
    unknown = sorted(str(one["loc"][0]) for one in found if one["type"] == "extra_forbidden")
    if unknown:
        return Invalid(f"Invalid parameters for widget '{widget}': {', '.join(unknown)}", field=unknown[0])
    told = "; ".join(f"{one['loc'][0]}: {one['msg']}" for one in found)
    return Invalid(f"Parameter error for widget '{widget}': {told}", field=str(found[0]["loc"][0]))
