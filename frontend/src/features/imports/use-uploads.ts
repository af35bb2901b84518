/** The uploads of a page, which end when it is left. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";

import { UploadQueue } from "./upload-queue";

export function useUploads() {
  const queryClient = useQueryClient();
  const [queue] = useState(
    () => new UploadQueue(() => void queryClient.invalidateQueries({ queryKey: ["get", "/import"] })),
  );
  const uploads = useSyncExternalStore(queue.subscribe, queue.read);
  const isBusy = uploads.some(({ fate }) => fate.state === "waiting" || fate.state === "sending");
  useEffect(() => () => queue.stop(), [queue]);
  useEffect(() => {
    if (!isBusy) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isBusy]);
  return { queue, uploads, isBusy };
}
