import { describe, expect, it } from "vitest";

import { levelOf } from "./levels";
import { SHOWN_CHARACTERS, shownOf } from "./shown-line";

describe("what is shown of a line", () => {
  it("is all of it, usually", () => {
    expect(shownOf({ text: "one", sgr: "31" }, undefined)).toEqual({
      text: "one",
      sgr: "31",
      from: 0,
      overwritten: 0,
      isCut: false,
    });
  });

  it("is the last state of a line that was overwritten, and all of them if somebody asks", () => {
    const line = { text: "\u001b[32m 10 %\r 50 %\r100 %", sgr: "" };
    expect(shownOf(line, undefined)).toMatchObject({ text: "100 %", sgr: "32", from: 12, overwritten: 2 });
    expect(shownOf(line, 5000).text).toBe("\u001b[32m 10 %␍ 50 %␍100 %");
  });

  it("is the beginning of a very long one, and more if somebody asks", () => {
    const line = { text: "x".repeat(10_000), sgr: "" };
    expect(shownOf(line, undefined)).toMatchObject({ text: "x".repeat(SHOWN_CHARACTERS), isCut: true });
    expect(shownOf(line, 20_000)).toMatchObject({ text: line.text, isCut: false });
    expect(shownOf({ ...line, bytes: 1_000_000 }, 20_000).isCut).toBe(true);
  });

  it("ends with no half of an escape sequence", () => {
    const text = `${"x".repeat(SHOWN_CHARACTERS - 2)}\u001b[31mred`;
    expect(shownOf({ text, sgr: "" }, undefined).text).toBe("x".repeat(SHOWN_CHARACTERS - 2));
  });
});

describe("the level of a line", () => {
  it("is told by the words that programs use", () => {
    for (const line of [
      "ERROR: no",
      "E  AssertionError: x",
      "Traceback (most recent",
      "FAILED test_a",
      "fatal: bad",
    ])
      expect(levelOf(line)).toBe("error");
    for (const line of ["WARNING x", "warning: y"]) expect(levelOf(line)).toBe("warning");
    for (const line of ["0 errors", "error_count", "mirror", "INFO terror", "0 failed"])
      expect(levelOf(line)).toBeUndefined();
  });
});
