/** Links to lines: `#L120` and `#L120-L130`.  Lines are counted from one in links and from zero inside. */

/** Both ends belong to it. */
export type LineRange = { from: number; to: number };

export function parseLines(hash: string): LineRange | undefined {
  const found = /^#L(\d+)(?:-L?(\d+))?$/.exec(hash);
  if (found === null) return undefined;
  const one = Number(found[1]) - 1;
  const other = found[2] === undefined ? one : Number(found[2]) - 1;
  return one < 0 || other < 0 ? undefined : { from: Math.min(one, other), to: Math.max(one, other) };
}

export function formatLines({ from, to }: LineRange): string {
  return from === to ? `#L${from + 1}` : `#L${from + 1}-L${to + 1}`;
}

/** The range that a click on a number makes; with Shift it begins where the present one does. */
export function extended(present: LineRange | undefined, line: number): LineRange {
  const from = present?.from ?? line;
  return { from: Math.min(from, line), to: Math.max(from, line) };
}
