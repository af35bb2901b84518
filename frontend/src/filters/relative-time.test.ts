import { describe, expect, it } from "vitest";

import type { Filter } from "./filter";
import { absolute, relativeOf, shortened } from "./relative-time";
import { describeFilter } from "./words";

const NOW = new Date("2026-11-20T12:34:56.789Z").getTime();

function started(operator: Filter["operator"], value: string): Filter {
  return { field: "start_time", operator, value };
}

describe("what people type", () => {
  it.each([
    ["7d", "-7d"],
    ["-7d", "-7d"],
    ["7 days", "-7d"],
    ["7 days ago", "-7d"],
    ["1 hour", "-1h"],
    ["last week", "-1w"],
    ["3 months", "-3mo"],
    ["Yesterday", "yesterday"],
    ["today", "today"],
  ])("%s is %s", (text, short) => expect(relativeOf(text)).toBe(short));
  it.each(["2026-01-31", "now", "7", "7 years", ""])("%j is no relative time", (text) => {
    expect(relativeOf(text)).toBeUndefined();
  });
  it("is shortened for times only", () => {
    expect(shortened(started(">", "7 days")).value).toBe("-7d");
    expect(shortened({ field: "test_id", operator: "%", value: "7 days" }).value).toBe("7 days");
  });
});

describe("what the server is asked", () => {
  it.each([
    ["-1h", "2026-11-20T11:34:00.000Z"],
    ["-7d", "2026-11-13T12:34:00.000Z"],
    ["-2w", "2026-11-06T12:34:00.000Z"],
    ["-1mo", "2026-10-20T12:34:00.000Z"],
  ])("for %s is %s, in whole minutes", (value, moment) => {
    expect(absolute(started(">", value), NOW).value).toBe(moment);
  });
  it.each([
    ["-1mo", "2026-03-31T12:34:56Z", "2026-02-28"],
    ["-13mo", "2026-03-31T12:34:56Z", "2025-02-28"],
    ["-1mo", "2028-03-30T12:34:56Z", "2028-02-29"],
    ["-3mo", "2026-03-31T12:34:56Z", "2025-12-31"],
  ])("for %s at %s is no later day than there is: %s", (value, now, day) => {
    expect(absolute(started(">", value), Date.parse(now)).value.slice(0, 10)).toBe(day);
  });
  it("for yesterday is when that began here", () => {
    const midnight = new Date(NOW);
    midnight.setHours(0, 0, 0, 0);
    midnight.setDate(midnight.getDate() - 1);
    expect(absolute(started(")", "yesterday"), NOW).value).toBe(midnight.toISOString());
  });
  it.each([
    started(">", "2026-01-31"),
    started("@", "y"),
    { field: "metadata.x", operator: "=", value: "-7d" } as const,
  ])("is left as it is in %j", (filter) => expect(absolute(filter, NOW)).toEqual(filter));
});

describe("what people read", () => {
  it.each([
    [started(">", "-7d"), "start_time in the last 7 days"],
    [started(">", "-1h"), "start_time in the last 1 hour"],
    [started("<", "-1w"), "start_time before 1 week ago"],
    [started(")", "yesterday"), "start_time since yesterday"],
    [started(">", "2026-01-31"), "start_time after 2026-01-31"],
    [started("@", "n"), "start_time is missing"],
  ])("%j is: %s", (filter, words) => expect(describeFilter(filter, "run")).toBe(words));
  it("is without the prefix of metadata, and with the start of ids", () => {
    expect(describeFilter({ field: "metadata.branch", operator: "*", value: "a;b" }, "run")).toBe(
      "branch is one of a, b",
    );
    expect(
      describeFilter(
        { field: "run_id", operator: "=", value: "0197c0f6-7d1c-7c3e-9b6a-3f0f5c1a2b4d" },
        "result",
      ),
    ).toBe("run_id is 0197c0f6…");
  });
});
