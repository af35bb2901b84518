import { describe, expect, it } from "vitest";

import { extended, formatLines, parseLines } from "./line-links";

describe("links to lines", () => {
  it("name a line or a range, in either order", () => {
    expect(parseLines("#L120")).toEqual({ from: 119, to: 119 });
    expect(parseLines("#L120-L130")).toEqual({ from: 119, to: 129 });
    expect(parseLines("#L130-120")).toEqual({ from: 119, to: 129 });
  });

  it("are nothing else", () => {
    for (const hash of ["", "#L", "#L0", "#Lx", "#tab", "#L1-L0"]) expect(parseLines(hash)).toBeUndefined();
  });

  it("are written as they are read", () => {
    expect(formatLines({ from: 0, to: 0 })).toBe("#L1");
    expect(formatLines({ from: 119, to: 129 })).toBe("#L120-L130");
  });

  it("grow to both sides", () => {
    expect(extended({ from: 5, to: 5 }, 9)).toEqual({ from: 5, to: 9 });
    expect(extended({ from: 5, to: 9 }, 2)).toEqual({ from: 2, to: 5 });
    expect(extended(undefined, 2)).toEqual({ from: 2, to: 2 });
  });
});
