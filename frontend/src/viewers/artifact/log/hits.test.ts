import { describe, expect, it } from "vitest";

import { Hits } from "./hits";
import { nextPlace } from "./next-place";

function hitsIn(...lines: number[]): Hits {
  const hits = new Hits();
  hits.add(Uint32Array.from(lines.flatMap((line, at) => [line, at, at + 1])));
  return hits;
}

describe("hits", () => {
  it("are found by their line", () => {
    const hits = hitsIn(2, 5, 5, 9);
    expect(hits.inLine(5)).toHaveLength(2);
    expect(hits.inLine(6)).toEqual([]);
    expect(hits.firstFrom(6)).toBe(3);
  });

  it("may be very many", () => {
    const hits = new Hits();
    for (let line = 0; line < 3000; line += 1) hits.add(Uint32Array.from([line, 0, 1]));
    expect(hits.at(2999)).toEqual({ line: 2999, start: 0, end: 1 });
    expect(hits.at(3000)).toBeUndefined();
  });
});

describe("the next hit", () => {
  const hits = hitsIn(2, 5, 9);

  it("is the one behind the line where somebody is, and the previous one that before it", () => {
    expect(nextPlace(hits, 1, { line: 3 }, true)).toBe(1);
    expect(nextPlace(hits, -1, { line: 5 }, true)).toBe(0);
  });

  it("follows the hit where somebody is, and goes around the end", () => {
    expect(nextPlace(hits, 1, { place: 0 }, true)).toBe(1);
    expect(nextPlace(hits, 1, { place: 2 }, true)).toBe(0);
    expect(nextPlace(hits, -1, { place: 0 }, true)).toBe(2);
  });

  it("is not known as long as it may still be found", () => {
    expect(nextPlace(hits, 1, { line: 10 }, false)).toBeUndefined();
    expect(nextPlace(hitsIn(), 1, { line: 0 }, true)).toBeUndefined();
  });
});
