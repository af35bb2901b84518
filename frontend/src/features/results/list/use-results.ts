/** The results of a list, and what the runs are called that they belong to. */
import { keepPreviousData } from "@tanstack/react-query";
import { useMemo } from "react";

import { api } from "@/api/client";
import type { Result, Run } from "@/api/types";
import { runName } from "@/components/run-name";
import type { ListState } from "@/filters/use-list";

const NEWEST_FIRST = /^-?start_time$/;

/** Results of several runs are only sorted by time: a sorting that was left over from one run is not asked for. */
export function useResults(projectId: string, list: ListState, isOfOneRun: boolean) {
  const { sort, ...others } = list.query;
  const isSorted = sort !== undefined && (isOfOneRun || NEWEST_FIRST.test(sort));
  const query = {
    ...others,
    ...(isSorted ? { sort } : {}),
    filter: [`project_id=${projectId}`, ...list.query.filter],
  };
  return api.useQuery("get", "/result", { params: { query } }, { placeholderData: keepPreviousData });
}

export function isWithinRun({ filters }: ListState): boolean {
  return filters.some(({ field, operator }) => field === "run_id" && operator === "=");
}

/** The results of an answer; one of 201 has none, and is only given to those who ask for very long pages. */
export function resultsIn(answer: object | undefined): Result[] | undefined {
  return answer !== undefined && "results" in answer ? (answer.results as Result[]) : undefined;
}

export function useRunNames(
  projectId: string,
  results: readonly Result[] | undefined,
): ReadonlyMap<string, string> {
  const ids = [...new Set(results?.flatMap(({ run_id }) => run_id ?? []))].toSorted();
  const runs = api.useQuery(
    "get",
    "/run",
    {
      params: {
        query: {
          filter: [`project_id=${projectId}`, `id*${ids.join(";")}`],
          pageSize: Math.max(ids.length, 1),
        },
      },
    },
    { enabled: ids.length > 0, placeholderData: keepPreviousData, staleTime: 60_000 },
  ).data;
  return useMemo(() => {
    const named = runs !== undefined && "runs" in runs ? (runs.runs as Run[]) : [];
    return new Map(named.map((run) => [run.id, runName(run)]));
  }, [runs]);
}
