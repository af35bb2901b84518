import { describe, expect, it } from "vitest";

import { blockOf, LineIndex, LONG_LINE_BYTES } from "./line-index";
import { linesOf } from "./lines";

const encoder = new TextEncoder();

function indexOf(text: string, chunk = 1000): LineIndex {
  const bytes = encoder.encode(text);
  const index = new LineIndex();
  for (let at = 0; at < bytes.length; at += chunk) index.add(bytes.subarray(at, at + chunk));
  index.end();
  return index;
}

describe("the index of lines", () => {
  it("counts lines, with and without a newline at the end", () => {
    expect(indexOf("").lines).toBe(0);
    expect(indexOf("one").lines).toBe(1);
    expect(indexOf("one\n").lines).toBe(1);
    expect(indexOf("one\r\n\ntwo").lines).toBe(3);
  });

  it("is the same however the bytes are cut into chunks", () => {
    const text = Array.from({ length: 5000 }, (_, line) => `\u001b[3${line % 8}mline ${line} añadir €`).join(
      "\n",
    );
    const [whole, ...others] = [1_000_000, 1, 7, 4096].map((chunk) => indexOf(text, chunk));
    for (const other of others) {
      expect(other.blocks).toEqual(whole?.blocks);
      expect(other.lines).toBe(5000);
    }
  });

  it("leads to the bytes of any line", () => {
    const lines = Array.from({ length: 20_000 }, (_, line) => `line ${line}`);
    const bytes = encoder.encode(lines.join("\n"));
    const { blocks } = indexOf(lines.join("\n"));
    expect(blocks.length).toBeGreaterThan(2);
    for (const line of [0, 1, 9_999, 19_999]) {
      const place = blockOf(blocks, line);
      const block = blocks[place] ?? { start: 0, line: 0, sgr: "" };
      const found = linesOf(bytes.subarray(block.start, blocks[place + 1]?.start), block.sgr);
      expect(found[line - block.line]?.text).toBe(`line ${line}`);
    }
  });

  it("gives a very long line a block of its own", () => {
    const { blocks, lines } = indexOf(`first\n${"x".repeat(LONG_LINE_BYTES + 1)}\nlast\n`);
    expect(lines).toBe(3);
    expect(blocks.map(({ line }) => line)).toEqual([0, 1, 2]);
  });

  it("knows the colours that are in force where a block begins, also if a sequence was split between chunks", () => {
    const filler = `${"x".repeat(99)}\n`.repeat(700);
    for (const chunk of [1, 3, 1000]) {
      const { blocks } = indexOf(`\u001b[1;31mred\n${filler}`, chunk);
      expect(blocks.at(-1)).toMatchObject({ sgr: "1;31" });
    }
    expect(indexOf(`\u001b[31mred\u001b[0m\n${filler}`, 5).blocks.at(-1)?.sgr).toBe("");
  });
});
