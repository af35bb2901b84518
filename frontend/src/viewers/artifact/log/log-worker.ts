/** The worker of the log viewer: one task, then it is over. */
import { runTask, type Task } from "./tasks";

addEventListener("message", ({ data }: MessageEvent<Task>) => {
  void runTask(data, (report) => postMessage(report));
});
