/** What was expected beside what came, with what differs marked. */
import { type ChangeObject, diffChars, diffWordsWithSpace } from "diff";
import { useMemo } from "react";

import type { Comparison, Pair, Side, SidedLine } from "./comparison";

const LONG = 200;
/** Of texts beyond these, nothing is marked: the page would stand still meanwhile. */
const MOST = 4_000;
const MOST_TOGETHER = 20_000;
const MOST_MS = 200;
/** Texts that have less than this share in common are not alike: marking letters would only confuse. */
const ALIKE = 0.5;

export default function ComparisonView({ comparison }: { comparison: Comparison }) {
  return comparison.kind === "pairs" ? <Pairs pairs={comparison.pairs} /> : <Lines of={comparison} />;
}

function Pairs({ pairs }: { pairs: Pair[] }) {
  const marked = useMemo(() => {
    const mark = marker();
    return pairs.map(({ label, expected, actual }) => ({ label, parts: mark(expected, actual) }));
  }, [pairs]);
  return marked.map(({ label, parts }, index) => <PairView key={index} label={label} parts={parts} />);
}

function Lines({ of: { lines, isCut } }: { of: Extract<Comparison, { kind: "lines" }> }) {
  const marked = useMemo(() => withMarks(lines), [lines]);
  return (
    <figure className="comparison">
      <figcaption className="comparison-legend">
        <span className="comparison-expected">− expected</span>{" "}
        <span className="comparison-actual">+ actual</span>
        {isCut && <span className="result-subtle">, cut short by pytest: run it with -vv</span>}
      </figcaption>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
      <pre className="comparison-lines" tabIndex={0} aria-label="Difference">
        {marked.map(({ side, parts }, index) => (
          <span key={index} className={`comparison-line comparison-${side}`}>
            {SIGNS[side]} <Parts parts={parts} />
            {"\n"}
          </span>
        ))}
      </pre>
    </figure>
  );
}

function PairView({
  label,
  parts: [ofExpected, ofActual],
}: {
  label?: string;
  parts: [MarkedPart[], MarkedPart[]];
}) {
  return (
    <figure className="comparison">
      {label !== undefined && <figcaption className="comparison-legend">{label}</figcaption>}
      <dl className="comparison-pair">
        <dt>Expected</dt>
        <dd className="comparison-expected">
          <Parts parts={ofExpected} />
        </dd>
        <dt>Actual</dt>
        <dd className="comparison-actual">
          <Parts parts={ofActual} />
        </dd>
      </dl>
    </figure>
  );
}

const SIGNS: Record<Side, string> = { expected: "−", actual: "+", both: " " };

type MarkedPart = { text: string; differs: boolean };

function Parts({ parts }: { parts: MarkedPart[] }) {
  return parts.map(({ text, differs }, index) =>
    differs ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
  );
}

/** Lines that were replaced by as many others are compared letter by letter. */
function withMarks(lines: readonly SidedLine[]): { side: Side; parts: MarkedPart[] }[] {
  const mark = marker();
  const blocks = blocksOf(lines);
  const parts = blocks.map((block) => block.map(({ text }) => whole(text)));
  blocks.forEach((block, at) => {
    const next = blocks[at + 1];
    const previous = blocks[at - 1];
    const isReplaced = block[0]?.side !== "both" && next?.length === block.length && next[0]?.side !== "both";
    const isSecond = previous?.length === block.length && previous[0]?.side !== "both";
    if (!isReplaced || isSecond) return;
    const pairs = block.map(({ text }, line) => mark(text, next[line]?.text ?? ""));
    parts[at] = pairs.map(([one]) => one);
    parts[at + 1] = pairs.map(([, other]) => other);
  });
  return blocks.flatMap((block, at) =>
    block.map(({ side, text }, line) => ({ side, parts: parts[at]?.[line] ?? whole(text) })),
  );
}

/** Lines of the same side that follow each other. */
function blocksOf(lines: readonly SidedLine[]): SidedLine[][] {
  const blocks: SidedLine[][] = [];
  for (const line of lines) {
    const last = blocks.at(-1);
    if (last?.[0]?.side === line.side) last.push(line);
    else blocks.push([line]);
  }
  return blocks;
}

/** Marks what differs in two texts, as long as all that it was given so far is little and took little time. */
function marker(): (one: string, other: string) => [MarkedPart[], MarkedPart[]] {
  const end = Date.now() + MOST_MS;
  let left = MOST_TOGETHER;
  return (one, other) => {
    const length = Math.max(one.length, other.length);
    left -= length;
    const changes = length > MOST || left < 0 ? [] : changesOf(one, other, end - Date.now());
    const common = changes
      .filter(({ added, removed }) => !added && !removed)
      .reduce((sum, { value }) => sum + value.length, 0);
    if (common < length * ALIKE) return [whole(one), whole(other)];
    return [side(changes, "added"), side(changes, "removed")];
  };
}

/** Nothing if it would take longer than this; texts with more edits than letters are not alike anyway. */
function changesOf(one: string, other: string, timeout: number): ChangeObject<string>[] {
  const length = Math.max(one.length, other.length);
  const diff = length > LONG ? diffWordsWithSpace : diffChars;
  return diff(one, other, { timeout, maxEditLength: length }) ?? [];
}

function side(changes: ChangeObject<string>[], without: "added" | "removed"): MarkedPart[] {
  return changes
    .filter((change) => !change[without])
    .map(({ value, added, removed }) => ({ text: value, differs: added || removed }));
}

function whole(text: string): MarkedPart[] {
  return [{ text, differs: false }];
}
