/** What was expected beside what came, with what differs marked. */
import { type ChangeObject, diffChars, diffWordsWithSpace } from "diff";

import type { Comparison, Pair, Side, SidedLine } from "./comparison";

const LONG = 200;
const MOST = 20_000;
/** Texts that have less than this share in common are not alike: marking letters would only confuse. */
const ALIKE = 0.5;

export default function ComparisonView({ comparison }: { comparison: Comparison }) {
  if (comparison.kind === "pairs")
    return comparison.pairs.map((pair, index) => <PairView key={index} pair={pair} />);
  return (
    <figure className="comparison">
      <figcaption className="comparison-legend">
        <span className="comparison-expected">− expected</span>{" "}
        <span className="comparison-actual">+ actual</span>
        {comparison.isCut && <span className="result-subtle">, cut short by pytest: run it with -vv</span>}
      </figcaption>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
      <pre className="comparison-lines" tabIndex={0} aria-label="Difference">
        {withMarks(comparison.lines).map(({ side, parts }, index) => (
          <span key={index} className={`comparison-line comparison-${side}`}>
            {SIGNS[side]} <Parts parts={parts} />
            {"\n"}
          </span>
        ))}
      </pre>
    </figure>
  );
}

function PairView({ pair: { label, expected, actual } }: { pair: Pair }) {
  const [ofExpected, ofActual] = marked(expected, actual);
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
  const blocks = blocksOf(lines);
  const parts = blocks.map((block) => block.map(({ text }) => whole(text)));
  blocks.forEach((block, at) => {
    const next = blocks[at + 1];
    const previous = blocks[at - 1];
    const isReplaced = block[0]?.side !== "both" && next?.length === block.length && next[0]?.side !== "both";
    const isSecond = previous?.length === block.length && previous[0]?.side !== "both";
    if (!isReplaced || isSecond) return;
    const pairs = block.map(({ text }, line) => marked(text, next[line]?.text ?? ""));
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

function marked(one: string, other: string): [MarkedPart[], MarkedPart[]] {
  const length = Math.max(one.length, other.length);
  const changes = length > MOST ? [] : (length > LONG ? diffWordsWithSpace : diffChars)(one, other);
  const common = changes
    .filter(({ added, removed }) => !added && !removed)
    .reduce((sum, { value }) => sum + value.length, 0);
  if (common < length * ALIKE) return [whole(one), whole(other)];
  return [side(changes, "added"), side(changes, "removed")];
}

function side(changes: ChangeObject<string>[], without: "added" | "removed"): MarkedPart[] {
  return changes
    .filter((change) => !change[without])
    .map(({ value, added, removed }) => ({ text: value, differs: added || removed }));
}

function whole(text: string): MarkedPart[] {
  return [{ text, differs: false }];
}
