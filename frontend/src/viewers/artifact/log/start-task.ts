/** Starts a task in a worker of its own; ending that worker ends even an expression that would run for ever. */
import { client } from "@/api/client";

import type { Report, Task } from "./tasks";

/** Returns how to end it.  A worker cannot renew the session: the page does so once, and starts the task again. */
export function startTask(task: Task, onReport: (report: Report) => void): () => void {
  let isOver = false;
  let worker = started(task, (report) => {
    if (report.kind === "failed" && report.isSignedOut) void startAgain();
    else onReport(report);
  });
  const startAgain = async () => {
    worker.terminate();
    await client.GET("/user");
    if (!isOver) worker = started(task, onReport);
  };
  return () => {
    isOver = true;
    worker.terminate();
  };
}

function started(task: Task, onReport: (report: Report) => void): Worker {
  const worker = new Worker(new URL("./log-worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<Report>) => onReport(data);
  worker.onerror = () => onReport({ kind: "failed", reason: "The browser could not start a worker." });
  worker.postMessage(task);
  return worker;
}
