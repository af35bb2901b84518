/** A run and why its tests failed, asked for again as long as results come in. */
import { useQueryClient } from "@tanstack/react-query";

import { api } from "@/api/client";
import type { Run } from "@/api/types";

import { isLive, useLastLook } from "../live";

/** How often a live run is looked at. */
export const LIVE_MS = 5000;

const DETAILS = ["/run/{id}/failures", "/run/{id}/tests", "/result", "/runs/comparisons"];

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

/** Whether the run is live; as soon as it is not, all about it is asked for once more. */
export function useLive(run: Run | undefined, updatedAt: number): boolean {
  const live = run !== undefined && isLive(run, updatedAt);
  useLastLook(live, DETAILS);
  return live;
}

export function useFailures(runId: string, live: boolean) {
  return api.useQuery(
    "get",
    "/run/{id}/failures",
    { params: { path: { id: runId } } },
    { refetchInterval: live && LIVE_MS },
  );
}

export function useComparison(runId: string, live: boolean) {
  const query = api.useQuery(
    "get",
    "/runs/comparisons",
    { params: { query: { id: [runId] } } },
    { refetchInterval: live && LIVE_MS },
  );
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
