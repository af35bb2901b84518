/** The page of a run for tests, with a server that answers what they say. */
import type { FailureGroup, Result, Run, RunTest } from "@/api/types";
import { aRun, aUser, onOnePage, PROJECT_ID, RUN_ID } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { RunPage } from "../run-page";

export const BASE = `/project/${PROJECT_ID}/runs/${RUN_ID}`;
export const PREVIOUS_ID = "0197c0f6-9999-7c3e-9b6a-3f0f5c1a2b4d";

export function serve({
  run = aRun(),
  groups = [],
  results = [],
  tests = [],
  previousId = PREVIOUS_ID,
  isMaintainer = true,
}: {
  run?: Run;
  groups?: FailureGroup[];
  results?: Result[];
  tests?: RunTest[];
  previousId?: string | null;
  isMaintainer?: boolean;
} = {}): void {
  server.use(
    http.get("/user", ({ response }) => response(200).json(aUser({ is_superadmin: isMaintainer }))),
    http.get("/project/{id}/members", ({ response }) =>
      response(200).json({ members: [], pagination: onOnePage(0) }),
    ),
    http.get("/run/{id}", ({ response }) => response(200).json(run)),
    http.get("/run/{id}/failures", ({ response }) =>
      response(200).json({
        failures: groups.reduce((sum, { count }) => sum + count, 0),
        previous_run_id: previousId,
        is_complete: true,
        groups,
      }),
    ),
    http.get("/runs/comparisons", ({ response }) =>
      response(200).json({
        comparisons: [{ id: run.id, previous_run_id: previousId, change: previousId === null ? null : -4.2 }],
      }),
    ),
    http.get("/result", ({ response }) =>
      response(200).json({ results, pagination: onOnePage(results.length) }),
    ),
    http.get("/run/{id}/tests", ({ response }) => response(200).json({ tests, is_complete: true })),
  );
}

export function openRun(at = "") {
  return renderPage(<RunPage />, {
    path: "/project/:projectId/runs/:runId/:tab?/:resultId?",
    at: BASE + at,
  });
}
