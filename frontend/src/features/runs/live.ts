/** Runs to which results may still come, and the last look at them. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import type { Run } from "@/api/types";

const MINUTE = 60_000;
const YOUNG = 60 * MINUTE;
const QUIET = 5 * MINUTE;

/** Whether more results may come: it is young, something happened lately, and not all that was collected is there. */
export function isLive({ created, start_time, wall_time, summary }: Run, now: number): boolean {
  const came = Date.parse(created);
  const ended = Date.parse(start_time) + (wall_time ?? 0) * 1000;
  const isDone = (summary.collected ?? 0) > 0 && summary.not_run === 0;
  const isLately = (time: number) => Math.abs(now - time) < QUIET;
  return !isDone && now - came < YOUNG && (isLately(came) || isLately(ended));
}

/** Asks once more for what was looked at again and again: the last results may have come since. */
export function useLastLook(live: boolean, paths: readonly string[]): void {
  const queryClient = useQueryClient();
  const wasLive = useRef(live);
  useEffect(() => {
    if (wasLive.current && !live)
      for (const path of paths) void queryClient.invalidateQueries({ queryKey: ["get", path] });
    wasLive.current = live;
  }, [live, paths, queryClient]);
}
