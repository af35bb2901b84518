"""What every widget is: a pydantic model of its parameters with a query."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, NamedTuple, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, ValidationError

from ibutsu_server.access import Scope
from ibutsu_server.errors import InvalidFields

_TYPES = {"string": "string", "integer": "integer", "number": "float", "boolean": "boolean", "array": "list"}


class Answer(NamedTuple):
    """What a widget shows, None where it has nothing to show, and what was left out or cut off."""

    body: Any
    warnings: Sequence[str] = ()


class Widget(BaseModel):
    """The fields are the parameters, the first line of the docstring is the description.

    Old names of a parameter are its further validation aliases.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: ClassVar[str]
    title: ClassVar[str]
    type: ClassVar[str] = "widget"

    @abstractmethod
    def data(self, scope: Scope) -> Answer:
        """The answer, over nothing but what the caller may see."""

    @classmethod
    def describe(cls) -> dict[str, Any]:
        """The entry in the list of widget types."""
        description = {"description": cls.__doc__.partition("\n")[0]} if cls.__doc__ else {}
        return {
            "id": cls.id,
            "title": cls.title,
            **description,
            "params": list(cls.parameters().values()),
            "type": cls.type,
        }

    @classmethod
    @cache
    def parameters(cls) -> dict[str, dict[str, Any]]:
        """What forms are told of each parameter, by its name."""
        schema = cls.model_json_schema(by_alias=False)
        required = schema.get("required", [])
        return {
            name: _parameter(name, field, required=name in required)
            for name, field in schema["properties"].items()
        }

    @classmethod
    def from_query(cls, query: Mapping[str, list[str]]) -> Self:
        """Read the parameters as they come in a URL: of a repeated one the first counts, of a list all."""
        lists = {name for name, told in cls.parameters().items() if told["type"] == "list"}
        given = {name: values if name in lists else values[0] for name, values in cls._renamed(query).items()}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise _invalid(cls.id, error) from None

    @classmethod
    def declared(cls, params: Mapping[str, Any]) -> dict[str, Any]:
        """Those of some stored parameters that the widget has, under their names of today."""
        return {name: value for name, value in cls._renamed(params).items() if name in cls.model_fields}

    @classmethod
    def _renamed(cls, params: Mapping[str, Any]) -> dict[str, Any]:
        """The same with today's names in place of old ones; where both are given, today's counts."""
        new_names = {old: name for name, field in cls.model_fields.items() for old in _old_names(field)}
        renamed = {new_names.get(name, name): value for name, value in params.items()}
        return {name: params.get(name, value) for name, value in renamed.items()}


def _old_names(field: Any) -> list[Any]:
    alias = field.validation_alias
    return alias.choices[1:] if isinstance(alias, AliasChoices) else []


def _parameter(name: str, field: dict[str, Any], *, required: bool) -> dict[str, Any]:
    kinds = [field, *field.get("anyOf", [])]
    told = {
        "name": name,
        "description": field["description"],
        "type": _TYPES[next(kind["type"] for kind in kinds if "type" in kind)],
        "required": field.get("required", required),
        "default": field.get("default"),
    }
    return {key: value for key, value in told.items() if value is not None}


def _invalid(widget: str, error: ValidationError) -> InvalidFields:
    """Everything that is wrong, not only what was found first."""
    found = [(str(one["loc"][0]), one["type"], one["msg"]) for one in error.errors()]
    unknown = sorted(name for name, kind, _ in found if kind == "extra_forbidden")
    bad = {name: message for name, kind, message in found if kind != "extra_forbidden"}
    told = []
    if unknown:
        told.append(f"Invalid parameters for widget '{widget}': {', '.join(unknown)}")
    if bad:
        reasons = "; ".join(f"{name}: {message}" for name, message in bad.items())
        told.append(f"Parameter error for widget '{widget}': {reasons}")
    return InvalidFields("; ".join(told), [*((name, "Unknown parameter") for name in unknown), *bad.items()])
