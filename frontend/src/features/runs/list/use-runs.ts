/** The runs of a list, which are asked for again as long as one of them may still change. */
import { keepPreviousData, useQueries } from "@tanstack/react-query";

import { api } from "@/api/client";
import type { Run } from "@/api/types";
import type { ListState } from "@/filters/use-list";

import { isLive, useLastLook } from "../live";

const POLL_MS = 10_000;
const MOST_COMPARED = 100;
const COMPARED = ["/runs/comparisons"];

type Compared = Change & { id: string };
export type Change = { change: number | null; previous_run_id: string | null };

export function useRuns(projectId: string, list: ListState) {
  const filter = [`project_id=${projectId}`, ...list.query.filter];
  return api.useQuery(
    "get",
    "/run",
    { params: { query: { ...list.query, filter } } },
    {
      placeholderData: keepPreviousData,
      refetchInterval: ({ state: { data, dataUpdatedAt } }) =>
        areLive(runsIn(data), dataUpdatedAt) && POLL_MS,
    },
  );
}

/** The runs of an answer; one of 201 has none, and is only given to those who ask for very long pages. */
export function runsIn(answer: object | undefined): Run[] | undefined {
  return answer !== undefined && "runs" in answer ? (answer.runs as Run[]) : undefined;
}

/** What became of the pass rates since the run before each, as far as it is known. */
export function useChanges(runs: readonly Run[] | undefined, updatedAt: number): ReadonlyMap<string, Change> {
  const live = areLive(runs, updatedAt);
  useLastLook(live, COMPARED);
  const ids = runs?.map(({ id }) => id) ?? [];
  const parts = Array.from({ length: Math.ceil(ids.length / MOST_COMPARED) }, (_, part) =>
    ids.slice(part * MOST_COMPARED, (part + 1) * MOST_COMPARED),
  );
  return useQueries({
    queries: parts.map((part) =>
      api.queryOptions(
        "get",
        "/runs/comparisons",
        { params: { query: { id: part } } },
        { placeholderData: keepPreviousData, refetchInterval: live && POLL_MS },
      ),
    ),
    combine: byRun,
  });
}

/** Outside of the hook, so that it is one map as long as the answers are the same. */
function byRun(
  answers: readonly { data: { comparisons: Compared[] } | undefined }[],
): ReadonlyMap<string, Change> {
  return new Map(answers.flatMap(({ data }) => data?.comparisons ?? []).map((one) => [one.id, one]));
}

function areLive(runs: readonly Run[] | undefined, now: number): boolean {
  return runs?.some((run) => isLive(run, now)) ?? false;
}
