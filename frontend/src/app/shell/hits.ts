/** What a search found, as places to go to. */
import type { components } from "@/api/schema";
import { formatAgo } from "@/components/times";
import { formatFilter } from "@/filters/filter";

export type Hit = { kind: "Test" | "Run" | "Result"; label: string; about: string; to: string };

type Answer = components["schemas"]["SearchAnswer"];

export function hitsOf({ runs, results, tests }: Answer, projectId: string): Hit[] {
  const project = `/project/${projectId}`;
  return [
    ...runs.map((run) => ({
      kind: "Run" as const,
      label: [run.source, run.component, run.env].filter(Boolean).join(" · ") || run.id,
      about: `${run.summary.passes} of ${run.summary.tests} passed, ${formatAgo(run.start_time)}`,
      to: `${project}/runs/${run.id}`,
    })),
    ...results.map((result) => ({
      kind: "Result" as const,
      label: result.test_id ?? result.id,
      about: `${result.result ?? "unknown"}, ${formatAgo(result.start_time)}`,
      to: `${project}/results/${result.id}`,
    })),
    ...tests.map(({ test_id, last_seen }) => ({
      kind: "Test" as const,
      label: test_id,
      about: `last seen ${formatAgo(last_seen)}`,
      to: `${project}/results?${ofTest(test_id)}`,
    })),
  ];
}

function ofTest(testId: string): string {
  return new URLSearchParams({
    filter: formatFilter({ field: "test_id", operator: "=", value: testId }),
  }).toString();
}
