import { describe, expect, it } from "vitest";

import { LineSearch, patternOf, PIECE_CHARACTERS, type Query } from "./line-search";

const encoder = new TextEncoder();

function find(
  text: string,
  query: Partial<Query>,
  { chunk = 1000, max }: { chunk?: number; max?: number } = {},
) {
  const bytes = encoder.encode(text);
  const search = new LineSearch(
    patternOf({ text: "", isRegex: false, isCaseSensitive: false, ...query }),
    max,
  );
  for (let at = 0; at < bytes.length; at += chunk) search.add(bytes.subarray(at, at + chunk));
  search.end();
  const numbers = [...search.take()];
  const hits = numbers.flatMap((line, at) =>
    at % 3 === 0 ? [[line, numbers[at + 1], numbers[at + 2]]] : [],
  );
  return { hits, search };
}

describe("a search in a log", () => {
  it("finds every place, with its line", () => {
    const { hits } = find("one two one\nnone\r\ntwo", { text: "ONE" });
    expect(hits).toEqual([
      [0, 0, 3],
      [0, 8, 11],
      [1, 1, 4],
    ]);
  });

  it("minds case if it is asked to", () => {
    expect(find("one ONE", { text: "ONE", isCaseSensitive: true }).hits).toEqual([[0, 4, 7]]);
  });

  it("takes the signs of expressions as they are, unless it is for an expression", () => {
    expect(find("a.c abc", { text: "a.c" }).hits).toHaveLength(1);
    expect(find("a.c abc", { text: "a.c", isRegex: true }).hits).toHaveLength(2);
    expect(find("ab\nb", { text: "^b$", isRegex: true }).hits).toEqual([[1, 0, 1]]);
    expect(find("aab", { text: "x*", isRegex: true }).hits).toEqual([]);
    expect(() => patternOf({ text: "(", isRegex: true, isCaseSensitive: false })).toThrow(SyntaxError);
  });

  it("finds what is split between chunks, even in the middle of a character", () => {
    const text = "first\nañadir «€» 😀 step\nlast";
    for (const chunk of [1, 2, 3, 5, 1000])
      expect(find(text, { text: "«€» 😀 s" }, { chunk }).hits).toEqual([[1, 7, 15]]);
  });

  it("counts places in the text as it is seen, without colours", () => {
    expect(find("\u001b[31mER\u001b[1mROR\u001b[0m x", { text: "ERROR x" }).hits).toEqual([[0, 0, 7]]);
  });

  it("goes on in lines that are longer than what it takes at once", () => {
    const text = `${"x".repeat(2 * PIECE_CHARACTERS)}needle\nneedle`;
    expect(find(text, { text: "needle" }, { chunk: 65_536 }).hits).toEqual([
      [0, 2 * PIECE_CHARACTERS, 2 * PIECE_CHARACTERS + 6],
      [1, 0, 6],
    ]);
  });

  it("stops where it has found too much", () => {
    const { hits, search } = find("x".repeat(50), { text: "x" }, { max: 10 });
    expect(hits).toHaveLength(10);
    expect(search.isFull).toBe(true);
  });
});
