/** A run and why its tests failed, asked for again as long as results come in. */
import { useQueryClient } from "@tanstack/react-query";

import { api } from "@/api/client";
import type { Run } from "@/api/types";

const MINUTE = 60_000;
const YOUNG = 60 * MINUTE;
const QUIET = 5 * MINUTE;

/** How often a live run is looked at. */
export const LIVE_MS = 5000;

/** Whether more results may come: it is young, something happened lately, and not all that was collected is there. */
export function isLive(run: Run, now: number): boolean {
  const created = Date.parse(run.created);
  const ended = Date.parse(run.start_time) + (run.wall_time ?? 0) * 1000;
  const { collected = 0, not_run } = run.summary;
  const isDone = collected > 0 && not_run === 0;
  return !isDone && now - created < YOUNG && now - Math.max(created, ended) < QUIET;
}

export function useRun(runId: string) {
  return api.useQuery(
    "get",
    "/run/{id}",
    { params: { path: { id: runId } } },
    {
      refetchInterval: ({ state: { data, dataUpdatedAt } }) =>
        data !== undefined && isLive(data, dataUpdatedAt) && LIVE_MS,
    },
  );
}

export function useFailures(runId: string, live: boolean) {
  return api.useQuery(
    "get",
    "/run/{id}/failures",
    { params: { path: { id: runId } } },
    { refetchInterval: live && LIVE_MS },
  );
}

export function useComparison(runId: string) {
  const query = api.useQuery("get", "/runs/comparisons", { params: { query: { id: [runId] } } });
  return query.data?.comparisons[0];
}

/** The tests in a few words each; they may be many, so a live run's are looked at less often. */
export function useTests(runId: string, live: boolean) {
  return api.useQuery(
    "get",
    "/run/{id}/tests",
    { params: { path: { id: runId } } },
    { refetchInterval: live && 3 * LIVE_MS },
  );
}

/** Call it when results of the run were changed. */
export function useResultsChanged(): () => void {
  const queryClient = useQueryClient();
  return () => {
    for (const path of ["/run/{id}/failures", "/run/{id}/tests", "/result"])
      void queryClient.invalidateQueries({ queryKey: ["get", path] });
  };
}
