import { describe, expect, it } from "vitest";

import { passRate, passShare, signed } from "./pass-rate";

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
  it("in a sentence says when there is nothing to tell", () => {
    expect(passShare({ tests: 3, passes: 2 })).toBe("66.6% passed");
    expect(passShare({ tests: 0, passes: 0 })).toBe("no tests");
  });
  it.each([
    [2.5, "+2.5"],
    [-10, "−10"],
    [0, "±0"],
  ])("that changed by %d says %s", (change, text) => expect(signed(change)).toBe(text));
});
