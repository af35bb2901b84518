import { describe, expect, it } from "vitest";

import { marked, spansOf } from "./spans";

describe("the pieces of a line", () => {
  it("have classes for their colours", () => {
    expect(spansOf("a \u001b[31mred\u001b[0m b", "")).toEqual([
      { text: "a ", className: "" },
      { text: "red", className: "ansi-red-fg" },
      { text: " b", className: "" },
    ]);
  });

  it("begin with the colours that the lines before have left", () => {
    expect(spansOf("on\u001b[0m off", "1;32")).toEqual([
      { text: "on", className: "ansi-bold ansi-green-fg" },
      { text: " off", className: "" },
    ]);
  });

  it("have one of sixteen colours where a palette or a true colour was meant", () => {
    expect(spansOf("x", "38;5;196")[0]?.className).toBe("ansi-red-fg");
    expect(spansOf("x", "38;2;10;200;180")[0]?.className).toBe("ansi-cyan-fg");
    expect(spansOf("x", "48;5;232")[0]?.className).toBe("ansi-black-bg");
  });

  it("are cut where something was found, also across colours", () => {
    const spans = spansOf("one \u001b[31mtwo\u001b[0m three", "");
    const pieces = marked(spans, [{ start: 2, end: 6, isCurrent: true }]);
    expect(pieces.map(({ text }) => text)).toEqual(["on", "e ", "tw", "o", " three"]);
    expect(pieces[1]?.className).toBe("log-hit log-hit-current");
    expect(pieces[2]?.className).toBe("ansi-red-fg log-hit log-hit-current");
    expect(pieces[3]?.className).toBe("ansi-red-fg");
  });
});
