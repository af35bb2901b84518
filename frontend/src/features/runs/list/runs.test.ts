import { describe, expect, it } from "vitest";

import { aRun, newId } from "@/testing/factories";

import { batchesOf } from "./edit";

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
