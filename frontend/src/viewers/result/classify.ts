/** Gives a classification to several results. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { client } from "@/api/client";
import { useToasts } from "@/components/toasts";

/** As many as the server takes at once. */
const CHUNK = 1000;
const SHOWING_RESULTS = [
  ...["/result", "/result/{id}", "/result/{id}/history"],
  ...["/run/{id}/failures", "/run/{id}/tests"],
];

/** The server merges metadata and keeps what is sent as null, so no classification is an empty text. */
export type Change = { classification: string; classification_comment?: string };

export function useClassify(ids: readonly string[], onDone?: (change: Change) => void) {
  const [isBusy, setBusy] = useState(false);
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const apply = async (classification: string, comment: string | undefined) => {
    const change: Change = {
      classification,
      ...(comment !== undefined && { classification_comment: comment }),
    };
    setBusy(true);
    const { updated, error } = await store(ids, change);
    setBusy(false);
    if (error !== undefined)
      toasts.failed(
        updated > 0 ? `Only ${results(updated)} could be classified` : "Could not classify",
        error,
      );
    else toasts.done(`${results(updated)} ${classification === "" ? "no longer classified" : "classified"}`);
    if (updated > 0)
      await Promise.all(
        SHOWING_RESULTS.map((path) => queryClient.invalidateQueries({ queryKey: ["get", path] })),
      );
    if (error === undefined) onDone?.(change);
  };
  return { apply, isBusy };
}

async function store(
  ids: readonly string[],
  metadata: Change,
): Promise<{ updated: number; error?: unknown }> {
  let updated = 0;
  for (let start = 0; start < ids.length; start += CHUNK) {
    const { data, error } = await client.POST("/results/bulk-update", {
      body: { ids: ids.slice(start, start + CHUNK), metadata },
    });
    if (error !== undefined) return { updated, error };
    updated += data.updated;
  }
  return { updated };
}

function results(count: number): string {
  return count === 1 ? "1 result" : `${count.toLocaleString()} results`;
}
