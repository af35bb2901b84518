import { describe, expect, it } from "vitest";

import { linesOf } from "./lines";
import { colorsOnly, plain, Sgr } from "./sgr";

describe("ANSI colours", () => {
  it("add up until they are reset", () => {
    const sgr = new Sgr();
    sgr.apply("1;31");
    sgr.apply("44");
    expect(sgr.codes).toBe("1;31;44");
    sgr.apply("22;39");
    expect(sgr.codes).toBe("44");
    sgr.apply("");
    expect(sgr.codes).toBe("");
  });

  it("are read with their own parameters where they come from a palette", () => {
    expect(new Sgr("38;5;208;1").codes).toBe("1;38;5;208");
    expect(new Sgr("48;2;1;2;3").codes).toBe("48;2;1;2;3");
    expect(new Sgr("38:5:208").codes).toBe("38;5;208");
  });

  it("go on in the next lines", () => {
    const bytes = new TextEncoder().encode("\u001b[31mred\nstill\u001b[0m\nplain\n");
    expect(linesOf(bytes, "").map(({ sgr }) => sgr)).toEqual(["", "31", ""]);
  });

  it("are no part of the text, nor is anything else that only terminals understand", () => {
    const line =
      "\u001b[1;31mERROR\u001b[0m \u001b[2K\u001b]8;;http://x\u0007link\u001b]8;;\u0007 \u001b(Bend";
    expect(plain(line)).toBe("ERROR link end");
    expect(colorsOnly(line)).toBe("\u001b[1;31mERROR\u001b[0m link end");
  });

  it("leave broken bytes as replacement characters, and Windows line ends out", () => {
    expect(linesOf(new Uint8Array([0x61, 0xff, 0x62, 13, 10, 0x63]), "").map(({ text }) => text)).toEqual([
      "a\ufffdb",
      "c",
    ]);
  });
});
