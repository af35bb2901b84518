/** Whether a project has a run. */
import { api } from "@/api/client";
import type { Run } from "@/api/types";

const POLL_MS = 3000;

/** `run` is the newest one, or null as long as there is none; with `isWaiting`, it is asked for until there is one. */
export function useFirstRun(projectId: string, { isWaiting }: { isWaiting: boolean }) {
  const { data, error, refetch } = api.useQuery(
    "get",
    "/run",
    { params: { query: { filter: [`project_id=${projectId}`], pageSize: 1 } } },
    { refetchInterval: ({ state }) => (isWaiting && !newest(state.data) ? POLL_MS : false) },
  );
  return { run: data && newest(data), error, refetch };
}

/** Of a page of runs; the operation can answer with a task as well, but never to a page of one. */
function newest(answer: object | undefined): Run | null {
  return answer !== undefined && "runs" in answer ? ((answer.runs as Run[])[0] ?? null) : null;
}
