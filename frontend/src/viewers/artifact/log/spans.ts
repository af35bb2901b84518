/** A line as pieces of text with classes: ANSI colours by Anser, and what was found in it. */
import Anser from "anser";

import { colorsOnly } from "./sgr";

export type Span = { text: string; className: string };
export type Mark = { start: number; end: number; isCurrent: boolean };

type Color = readonly [number, number, number];

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;
const NAMED: readonly Color[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
];
const STEPS = [0, 95, 135, 175, 215, 255];

/** `sgr` are the colours that the lines before have left in force. */
export function spansOf(text: string, sgr: string): Span[] {
  if (sgr === "" && !text.includes("\u001b")) return [{ text, className: "" }];
  const begun = sgr === "" ? "" : `\u001b[${sgr}m`;
  return Anser.ansiToJson(begun + colorsOnly(text), { use_classes: true, remove_empty: true }).map(
    (piece) => ({
      text: piece.content,
      className: classesOf(piece),
    }),
  );
}

/** The same text with what was found in pieces of its own. */
export function marked(spans: readonly Span[], marks: readonly Mark[]): Span[] {
  if (marks.length === 0) return [...spans];
  const pieces: Span[] = [];
  let at = 0;
  for (const span of spans) {
    const end = at + span.text.length;
    const edges = [at, ...marks.flatMap((mark) => [mark.start, mark.end]), end]
      .filter((edge) => edge >= at && edge <= end)
      .sort((one, other) => one - other);
    for (let edge = 1; edge < edges.length; edge += 1) {
      const from = edges[edge - 1] ?? at;
      const to = edges[edge] ?? end;
      if (from === to) continue;
      const mark = marks.find(({ start, end: last }) => start <= from && to <= last);
      const hit = mark === undefined ? "" : mark.isCurrent ? "log-hit log-hit-current" : "log-hit";
      pieces.push({
        text: span.text.slice(from - at, to - at),
        className: [span.className, hit].filter(Boolean).join(" "),
      });
    }
    at = end;
  }
  return pieces;
}

/** Of the many colours only sixteen are left, which both themes make readable. */
function classesOf({ fg, bg, fg_truecolor, bg_truecolor, decorations }: Anser.AnserJsonEntry): string {
  const classes: string[] = decorations.map((decoration) => `ansi-${decoration}`);
  if (bg) classes.push(`${named(bg, bg_truecolor)}-bg`);
  else if (fg) classes.push(`${named(fg, fg_truecolor)}-fg`);
  return classes.join(" ");
}

function named(name: string, truecolor: string): string {
  if (name === "ansi-truecolor") return nearest(truecolor.split(",").map(Number) as unknown as Color);
  const index = /^ansi-palette-(\d+)$/.exec(name)?.[1];
  return index === undefined ? name : nearest(paletteColor(Number(index)));
}

function paletteColor(index: number): Color {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const cube = index - 16;
  const step = (place: number) => STEPS[Math.floor(cube / place) % 6] ?? 0;
  return [step(36), step(6), step(1)];
}

function nearest(color: Color): string {
  const distances = NAMED.map((one) =>
    one.reduce((sum, part, at) => sum + (part - (color[at] ?? 0)) ** 2, 0),
  );
  return `ansi-${NAMES[distances.indexOf(Math.min(...distances))] ?? "white"}`;
}
