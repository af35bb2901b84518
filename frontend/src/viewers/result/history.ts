/** How the test of a result ended before and after it. */
import { keepPreviousData } from "@tanstack/react-query";

import { api } from "@/api/client";

export const SHOWN = 50;

export type Same = "environment" | "test";

export function useHistory(resultId: string, same: Same) {
  return api.useQuery(
    "get",
    "/result/{id}/history",
    { params: { path: { id: resultId }, query: { same, limit: SHOWN } } },
    { placeholderData: keepPreviousData },
  );
}

export function resultPath(projectId: string, resultId: string): string {
  return `/project/${projectId}/results/${resultId}`;
}
