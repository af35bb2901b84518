/** What is done with selected runs: the requests, and what is said afterwards. */
import { useQueryClient } from "@tanstack/react-query";

import { runsChanged } from "@/api/changes";
import { client } from "@/api/client";
import { problemOf } from "@/api/problem";
import type { Run } from "@/api/types";
import { runName } from "@/components/run-name";
import { useToasts } from "@/components/toasts";

import { batchesOf, type Edit } from "./edit";
import { type Ended, useEach } from "./use-each";

export function useRunChanges(projectId: string, onDone: () => void) {
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const { progress, each } = useEach<readonly Run[]>();

  const tell = async ({ done, failed }: Ended<readonly Run[]>, did: string, didNot: string) => {
    await runsChanged(queryClient);
    const changed = done.flat();
    if (changed.length > 0) toasts.done(`${did} ${counted(changed.length)}`);
    if (failed.length > 0) {
      const names = failed.flatMap(({ item }) => item.map(runName));
      const reasons = [...new Set(failed.map(({ error }) => problemOf(error).detail))];
      toasts.failed(`${didNot}: ${names.join(", ")}`, new Error(reasons.join(" ")));
    }
    onDone();
  };
  const one = (runs: readonly Run[]) => runs.map((run) => [run]);
  return {
    progress,
    remove: async (runs: readonly Run[]) =>
      tell(
        await each(one(runs), ([run]) =>
          client.DELETE("/run/{id}", { params: { path: { id: run?.id ?? "" } } }),
        ),
        "Deleted",
        "Not deleted",
      ),
    keep: async (runs: readonly Run[], is_kept: boolean) =>
      tell(
        await each(one(runs), ([run]) =>
          client.PUT("/run/{id}", { params: { path: { id: run?.id ?? "" } }, body: { is_kept } }),
        ),
        is_kept ? "Keeping" : "No longer keeping",
        "Not changed",
      ),
    edit: async (runs: readonly Run[], change: Edit) => {
      const batches = batchesOf(runs, change);
      const metadata = new Map(batches.map((batch) => [batch.runs, batch.metadata]));
      const ended = await each(
        batches.map((batch) => batch.runs),
        (batch) =>
          client.POST("/runs/bulk-update", {
            params: {
              query: {
                filter: [`project_id=${projectId}`, `id*${batch.map(({ id }) => id).join(";")}`],
                pageSize: batch.length,
              },
            },
            body: { metadata: metadata.get(batch) },
          }),
      );
      await tell(ended, "Changed", "Not changed");
    },
  };
}

export function counted(runs: number): string {
  return runs === 1 ? "1 run" : `${runs} runs`;
}
