import { describe, expect, it } from "vitest";

import { aRun, newId } from "@/testing/factories";

import { batchesOf } from "./edit";
import { passRate, signed } from "./pass-rate";
import { isLive } from "./use-runs";

describe("a pass rate", () => {
  it.each([
    [1000, 999, "99.9%"],
    [100_000, 99_999, "99.9%"],
    [3, 2, "66.6%"],
    [5, 5, "100%"],
    [5, 0, "0%"],
    [0, 0, "–"],
  ])("of %d tests, %d of which passed, is %s", (tests, passes, rate) => {
    expect(passRate({ tests, passes })).toBe(rate);
  });
  it.each([
    [2.5, "+2.5"],
    [-10, "−10"],
    [0, "±0"],
  ])("that changed by %d says %s", (change, text) => expect(signed(change)).toBe(text));
});

describe("a change of many runs", () => {
  it("is sent for 25 at once", () => {
    const runs = Array.from({ length: 60 }, () => aRun({ id: newId() }));
    const batches = batchesOf(runs, { metadata: { reviewer: "ana" }, tags: [] });
    expect(batches.map((batch) => batch.runs.length)).toEqual([25, 25, 10]);
    expect(batches[0]?.metadata).toEqual({ reviewer: "ana" });
  });
  it("is sent apart for runs with other tags, which they keep", () => {
    const runs = [aRun({ metadata: { tags: ["a"] } }), aRun({ metadata: { tags: "b" } })];
    expect(batchesOf(runs, { metadata: {}, tags: ["c"] }).map(({ metadata }) => metadata)).toEqual([
      { tags: ["a", "c"] },
      { tags: ["b", "c"] },
    ]);
  });
});

describe("a run may still change", () => {
  const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
  it.each([
    ["in its first hour", aRun({ start_time: ago(0.5) }), true],
    [
      "on its first day if tests have not been reported",
      aRun({ start_time: ago(5), summary: { not_run: 3 } }),
      true,
    ],
    ["not later", aRun({ start_time: ago(50), summary: { not_run: 3 } }), false],
    ["not if all was reported", aRun({ start_time: ago(5) }), false],
  ])("%s", (_, run, is) => expect(isLive(run)).toBe(is));
});
