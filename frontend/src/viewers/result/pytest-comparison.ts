/** What differs in the words of pytest, which explains `assert left == right`. */
import type { Comparison, Pair } from "./comparison";
import { signed } from "./signed-lines";

const ASSERT = /^(?:AssertionError: )?assert (.+)$/;

export function ofPytest(lines: readonly string[]): Comparison | undefined {
  const start = lines.findIndex((line) => ASSERT.test(line));
  if (start < 0) return undefined;
  const details = lines.slice(start + 1).map((line) => (line.startsWith("  ") ? line.slice(2) : line));
  return difference(details) ?? items(details) ?? values(ASSERT.exec(lines[start] ?? "")?.[1] ?? "");
}

/** The text of the last lines that pytest begins with `E`, without the indentation that they share. */
export function markedByPytest(lines: readonly string[]): string[] {
  const end = lines.findLastIndex(isMarked);
  const start = lines.slice(0, end + 1).findLastIndex((line) => !isMarked(line)) + 1;
  const marked = lines.slice(start, end + 1).map((line) => line.slice(1));
  const depths = marked.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  return marked.map((line) => line.slice(Math.min(...depths, 80)));
}

function isMarked(line: string): boolean {
  return /^E(?:\s|$)/.test(line);
}

const CUT = "...Full output truncated";

/** `-` is before what was expected, which is the right side of `==`, and `+` before what came. */
function difference(details: string[]): Comparison | undefined {
  const full = details.findIndex((line) => line.trim() === "Full diff:");
  const first = details.findIndex((line) => /^[-+] /.test(line) && !/^\+ +(?:where|and) /.test(line));
  if (first < 0) return undefined;
  const before = details
    .slice(0, first)
    .findLastIndex((line) => line.trim() === "" || !line.startsWith("  "));
  const diff = details.slice(full < 0 ? before + 1 : full + 1);
  const end = diff.findIndex((line) => !/^(?:[-+?] |[-+?]$| {2}|\s*$)/.test(line));
  const found = signed(end < 0 ? diff : diff.slice(0, end), "-");
  return details.some((line) => line.startsWith(CUT)) && found ? { ...found, isCut: true } : found;
}

/** `At index 3 diff: 4 != 5`, and the differing items of dictionaries: `{'price': 3} != {'price': 4}`. */
function items(details: string[]): Comparison | undefined {
  const pairs = details.flatMap((line): Pair[] => {
    const found = /^(?:At index (\d+) diff: (.+)|(\{.*\}))$/.exec(line);
    const [actual, expected, ...others] = (found?.[2] ?? found?.[3] ?? "").split(" != ");
    if (actual === undefined || expected === undefined || others.length > 0) return [];
    const index = found?.[1];
    if (index !== undefined) return [{ label: `At index ${index}`, actual, expected }];
    return [{ actual: actual.slice(1, -1), expected: expected.slice(1, -1) }];
  });
  return pairs.length > 0 ? { kind: "pairs", pairs } : undefined;
}

/** Values that pytest cut short, and conditions of several parts, do not tell what differs. */
function values(condition: string): Comparison | undefined {
  const [actual, expected, ...others] = condition.split(" == ");
  if (actual === undefined || expected === undefined || others.length > 0) return undefined;
  if (/\.\.\.| and | or |^not |^\(/.test(condition)) return undefined;
  return { kind: "pairs", pairs: [{ actual, expected }] };
}
