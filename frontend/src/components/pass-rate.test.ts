import { describe, expect, it } from "vitest";

import { passRate, signed } from "./pass-rate";

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
