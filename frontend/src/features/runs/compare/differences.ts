/** What is different between two runs, sorted by what it means. */
import type { Result } from "@/api/types";
import { isFailure } from "@/components/outcomes";

export type Difference = { test_id: string | null; before: Result | undefined; after: Result | undefined };
export type Differences = {
  worse: Difference[];
  better: Difference[];
  /** Neither, such as skipped now and passed before. */
  other: Difference[];
  onlyBefore: Difference[];
  onlyAfter: Difference[];
};

/** As the widget answers: pairs of results of the same test, and results of tests that only one run has. */
export type Compared = { results: Result[][]; only: { left: Result[]; right: Result[] } };

export function differencesOf({ results, only }: Compared): Differences {
  const pairs = results.map(([before, after]): Difference => ({
    test_id: (after ?? before)?.test_id ?? null,
    before,
    after,
  }));
  return {
    worse: pairs.filter((pair) => turnOf(pair) === "worse"),
    better: pairs.filter((pair) => turnOf(pair) === "better"),
    other: pairs.filter((pair) => turnOf(pair) === "other"),
    onlyBefore: only.left.map((before) => ({ test_id: before.test_id, before, after: undefined })),
    onlyAfter: only.right.map((after) => ({ test_id: after.test_id, before: undefined, after })),
  };
}

function turnOf({ before, after }: Difference): "worse" | "better" | "other" {
  const failed = isFailure(before?.result);
  const fails = isFailure(after?.result);
  return failed === fails ? "other" : fails ? "worse" : "better";
}
