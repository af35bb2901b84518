/** Two runs side by side, as the server compares them. */
import { api } from "@/api/client";

import { type Compared } from "./differences";

type Answer = Compared & { pagination: { totalItems: number }; warnings?: string[] };

export function useComparison(projectId: string, before: string, after: string) {
  const side = (run: string) => `project_id=${projectId},run_id=${run}`;
  // the specification has the parameters of all widgets as one object, whose keys it does not name
  const query: object = { additional_filters: [side(before), side(after)] };
  const answer = api.useQuery("get", "/widget/{id}", {
    params: { path: { id: "compare-runs-view" }, query },
  });
  return { ...answer, data: answer.data as Answer | undefined };
}
