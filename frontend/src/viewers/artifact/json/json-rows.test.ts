import { describe, expect, it } from "vitest";

import { parentOf, rowsOf } from "./json-rows";

describe("the rows of a JSON tree", () => {
  it("are unfolded two levels deep at first", () => {
    const rows = rowsOf({ a: { b: { c: 1 } }, d: [] }, new Set());
    expect(rows.map(({ path }) => path)).toEqual(["", "/a", "/a/b", "/d"]);
  });

  it("fold and unfold", () => {
    expect(rowsOf({ a: { b: { c: 1 } } }, new Set(["/a/b"])).at(-1)).toMatchObject({ key: "c", depth: 3 });
    expect(rowsOf({ a: 1 }, new Set([""]))).toHaveLength(1);
  });

  it("are folded where there are too many of them", () => {
    expect(rowsOf({ list: Array.from({ length: 1000 }) }, new Set())).toHaveLength(2);
  });

  it("have paths that are never those of others", () => {
    const rows = rowsOf({ "a/b": 1, a: { b: 2 } }, new Set());
    expect(new Set(rows.map(({ path }) => path)).size).toBe(rows.length);
  });

  it("know the row that they are in", () => {
    const rows = rowsOf({ a: { b: 1, c: 2 } }, new Set());
    expect(parentOf(rows, 3)).toBe(1);
    expect(parentOf(rows, 0)).toBe(0);
  });
});
