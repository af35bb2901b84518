/** Starts a task in a worker of its own; ending that worker ends even an expression that would run for ever. */
import type { Report, Task } from "./tasks";

/** Returns how to end it. */
export function startTask(task: Task, onReport: (report: Report) => void): () => void {
  const worker = new Worker(new URL("./log-worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<Report>) => onReport(data);
  worker.onerror = () => onReport({ kind: "failed", reason: "The browser could not start a worker." });
  worker.postMessage(task);
  return () => worker.terminate();
}
