"""Metadata as a set of numbers, so that PostgreSQL finds and counts results by any of their values.

Each key and each value of a document becomes a 64-bit hash, chained from its project over the keys that lead
to it.  Unlike a GIN index on the document itself, one on these terms answers exactly: no document is read.
"""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import DDL, BigInteger, ColumnElement, Numeric, Text, Uuid, cast, event, func, literal
from sqlalchemy.dialects.postgresql import ARRAY, array

from ibutsu_server.db import Base

CREATE_FUNCTION = """
CREATE OR REPLACE FUNCTION metadata_terms(project uuid, document jsonb) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  terms bigint[] := '{}';
  documents jsonb[] := ARRAY[document];
  paths bigint[] := ARRAY[uuid_hash_extended(project, 0)];
  place int := 1;
  key text;
  value jsonb;
  kind text;
  path bigint;
BEGIN
  IF jsonb_typeof(document) <> 'object' THEN
    RETURN terms;
  END IF;
  WHILE place <= cardinality(documents) LOOP
    FOR key, value IN SELECT * FROM jsonb_each(documents[place]) LOOP
      kind := jsonb_typeof(value);
      CONTINUE WHEN kind = 'null';
      path := hashtextextended('key' || key, paths[place]);
      terms := terms || path;
      IF kind = 'object' THEN
        documents := documents || value;
        paths := paths || path;
      ELSIF kind = 'number' THEN
        terms := terms || hashtextextended(kind || trim_scale((value #>> '{}')::numeric)::text, path);
      ELSIF kind <> 'array' THEN
        terms := terms || hashtextextended(kind || (value #>> '{}'), path);
      END IF;
    END LOOP;
    place := place + 1;
  END LOOP;
  RETURN terms;
END
$$
"""

_create_function: Any = DDL(CREATE_FUNCTION)  # type: ignore[no-untyped-call]
event.listen(Base.metadata, "before_create", _create_function.execute_if(dialect="postgresql"))


def terms(project_id: Any, document: Any) -> ColumnElement[Any]:
    """The expression of the index."""
    return func.metadata_terms(project_id, document, type_=ARRAY(BigInteger()))


def terms_of(
    project_id: uuid.UUID, keys: Sequence[str], text: str, number: Decimal | None
) -> list[ColumnElement[int]]:
    """The terms of every JSON scalar that reads like the text."""
    path = _key(project_id, keys)
    found = [_hash(literal(f"string{text}", Text()), path)]
    if number is not None:
        digits = cast(func.trim_scale(literal(number, Numeric())), Text())
        found.append(_hash(literal("number", Text()) + digits, path))
    if text in ("true", "false"):
        found.append(_hash(literal(f"boolean{text}", Text()), path))
    return found


def has_one_of(project_id: Any, document: Any, wanted: Sequence[ColumnElement[int]]) -> ColumnElement[bool]:
    return terms(project_id, document).bool_op("&&")(array(wanted, type_=BigInteger()))


def _key(project_id: uuid.UUID, keys: Sequence[str]) -> ColumnElement[int]:
    path: ColumnElement[int] = func.uuid_hash_extended(literal(project_id, Uuid()), 0, type_=BigInteger())
    for key in keys:
        path = _hash(literal(f"key{key}", Text()), path)
    return path


def _hash(text: ColumnElement[str], seed: ColumnElement[int]) -> ColumnElement[int]:
    return func.hashtextextended(text, seed, type_=BigInteger())
