/** What the box offers for its text: at once what is known here, and a moment later what the server knows. */
import { useMemo } from "react";

import { api } from "@/api/client";

import { type KnownValue, type Reading, read, suggest, type Suggestion } from "./completion";
import { type Entity, type Field, fieldsOf, valuesOf } from "./fields";
import { useDebounced } from "./use-debounced";

const DEBOUNCE_MS = 150;
const NONE: never[] = [];
/** Operators whose values can be ones that are there; of patterns and bounds they say little. */
const COUNTED = "=!*%";

type Asked = { field: string; prefix: string };

export function useSuggestions(
  text: string,
  entity: Entity,
  projectId: string,
  isOpen: boolean,
): { fields: readonly Field[]; suggestions: readonly Suggestion[]; isAsking: boolean } {
  const keys = api.useQuery(
    "get",
    "/project/filter-params/{id}",
    { params: { path: { id: projectId } } },
    { staleTime: 5 * 60_000 },
  ).data;
  const fields = useMemo(() => fieldsOf(entity, keys ?? NONE), [entity, keys]);
  const reading = read(text, entity, fields);
  const wanted = isOpen ? wantedOf(reading) : null;
  const known = useKnownValues(projectId, wanted);
  return { fields, suggestions: suggest(reading, entity, fields, known.values), isAsking: known.isAsking };
}

function wantedOf(reading: Reading): Asked | null {
  if (reading.stage !== "value" || !COUNTED.includes(reading.operator)) return null;
  if (valuesOf(reading.field, reading.operator) !== undefined) return null;
  return { field: reading.field.name, prefix: reading.typed.trim() };
}

/** Values of the field that is at hand; those that came for a shorter beginning are shown until others come. */
function useKnownValues(
  projectId: string,
  wanted: Asked | null,
): { values: readonly KnownValue[]; isAsking: boolean } {
  const settled = useDebounced(wanted, DEBOUNCE_MS);
  const asked = settled?.field === wanted?.field ? settled : null;
  const answer = api.useQuery(
    "get",
    "/project/{id}/field-values",
    {
      params: {
        path: { id: projectId },
        query: { field: asked?.field ?? "", prefix: asked?.prefix ?? "", limit: 20 },
      },
    },
    {
      enabled: asked !== null,
      staleTime: 60_000,
      retry: false,
      placeholderData: (previous, query) =>
        askedIn(query?.queryKey) === asked?.field ? previous : undefined,
    },
  );
  const values = asked === null ? NONE : (answer.data?.values ?? NONE);
  return { values, isAsking: wanted !== null && (asked === null || answer.isFetching) };
}

function askedIn(key: readonly unknown[] | undefined): string | undefined {
  return (key?.[2] as { params?: { query?: { field?: string } } } | undefined)?.params?.query?.field;
}
