/** Results with everything that is asked for when one is shown, for tests. */
import type { Artifact, PastResult, Result } from "@/api/types";
import { aPastResult, aResult, aUser, onOnePage, PROJECT_ID } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { ResultView, type ResultViewProps } from "./result-view";

type Answers = {
  result?: Partial<Result>;
  history?: PastResult[];
  everywhere?: PastResult[];
  last_passed?: PastResult | null;
  failing_since?: PastResult | null;
  failures_in_a_row?: number;
  artifacts?: Artifact[];
};

export function serve({ history, everywhere = [], artifacts = [], ...answers }: Answers = {}): Result {
  const result = aResult({
    start_time: new Date(Date.now() - 3 * 3600_000).toISOString(),
    ...answers.result,
  });
  const own = aPastResult({ id: result.id, result: result.result, start_time: result.start_time });
  server.use(
    http.get("/result/{id}", ({ response }) => response(200).json(result)),
    http.get("/result/{id}/history", ({ query, response }) =>
      response(200).json({
        results: query.get("same") === "test" ? everywhere : (history ?? [own]),
        last_passed: answers.last_passed ?? null,
        failing_since: answers.failing_since ?? null,
        failures_in_a_row: answers.failures_in_a_row ?? 0,
      }),
    ),
    http.get("/artifact", ({ response }) =>
      response(200).json({ artifacts, pagination: onOnePage(artifacts.length) }),
    ),
  );
  return result;
}

export function answerAround(): void {
  server.use(
    http.get("/user", ({ response }) => response(200).json(aUser({ is_superadmin: true }))),
    http.get("/artifact/{id}/view", ({ response }) => response.untyped(new Response("", { status: 404 }))),
  );
}

export function show(result: Result, props: Partial<ResultViewProps> = {}, at = "/") {
  return renderPage(<ResultView resultId={result.id} projectId={PROJECT_ID} {...props} />, { at });
}

export function ago(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString();
}

export function path({ id }: { id: string }): string {
  return `/project/${PROJECT_ID}/results/${id}`;
}
