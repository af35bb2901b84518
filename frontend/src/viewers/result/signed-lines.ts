/** A difference that a tool wrote with a sign before each line. */
import type { Side, SidedLine } from "./comparison";

/** `expected` is the sign of what was expected; lines of pytest that begin with `?` only point at letters. */
export function signed(
  lines: readonly string[],
  expected: "-" | "+",
): { kind: "lines"; lines: SidedLine[] } | undefined {
  const told = lines
    .filter((line) => !line.startsWith("?"))
    .map((line) => {
      const sign = line[0];
      const side: Side = sign === "-" || sign === "+" ? (sign === expected ? "expected" : "actual") : "both";
      return { side, text: line.slice(1).replace(/^ /, "") };
    });
  if (told.every(({ side }) => side === "both")) return undefined;
  const says = ({ side, text }: SidedLine) => side !== "both" || text.trim() !== "";
  return { kind: "lines", lines: told.slice(told.findIndex(says), told.findLastIndex(says) + 1) };
}
