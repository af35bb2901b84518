/** Filters under a name, as the server keeps them. */
import { useQueryClient } from "@tanstack/react-query";

import { api } from "@/api/client";
import { problemOf } from "@/api/problem";
import type { SavedFilter } from "@/api/types";

import type { Entity } from "./fields";
import { type Filter, formatFilter, parseFilters } from "./filter";
import type { ListState } from "./use-list";

export function useSavedFilters(entity: Entity, projectId: string) {
  const { data, error } = api.useQuery(
    "get",
    "/saved-filter",
    { params: { query: { project_id: projectId, pageSize: 500 } } },
    { staleTime: 60_000 },
  );
  return {
    saved: data?.saved_filters.filter((one) => one.entity === entity),
    failure: error === null ? undefined : problemOf(error).detail,
  };
}

/** Makes the menu ask again, once something was changed. */
export function useForgetSaved(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: ["get", "/saved-filter"] });
}

export function filtersOf({ filters }: SavedFilter): Filter[] {
  return filters.flatMap((text) => parseFilters(text) ?? []);
}

/** What is saved of a list. */
export function savedForm(list: ListState): { filters: string[]; sort: string | null } {
  return { filters: list.filters.map(formatFilter), sort: list.sort ?? null };
}

/** Whether the list shows what was saved, in whatever order. */
export function isShowing(saved: SavedFilter, list: ListState): boolean {
  const sorted = (filters: readonly Filter[]) => filters.map(formatFilter).toSorted().join("\n");
  return (saved.sort ?? undefined) === list.sort && sorted(filtersOf(saved)) === sorted(list.filters);
}
