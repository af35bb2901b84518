/** What is asked for again after something was changed. */
import type { QueryClient } from "@tanstack/react-query";

const OF_RUNS = [
  "/run",
  "/run/{id}",
  "/runs/comparisons",
  "/run/{id}/failures",
  "/run/{id}/tests",
  "/result",
] as const;

/** Call it when runs came, went, or were changed; it ends when all that is shown of them is new. */
export async function runsChanged(queryClient: QueryClient): Promise<void> {
  await Promise.all(OF_RUNS.map((path) => queryClient.invalidateQueries({ queryKey: ["get", path] })));
}
