/** What was expected and what came instead, where a message says so beyond doubt. */
import { markedByPytest, ofPytest } from "./pytest-comparison";
import { signed } from "./signed-lines";

export type Pair = { label?: string; expected: string; actual: string };
export type Side = "expected" | "actual" | "both";
export type SidedLine = { side: Side; text: string };
export type Comparison =
  | { kind: "pairs"; pairs: Pair[] }
  /** `isCut` where the tool says that there is more. */
  | { kind: "lines"; lines: SidedLine[]; isCut?: boolean };

/** `traceback` is looked at where the message says nothing: some reports have only its first line as message. */
export function comparisonOf(message: string | null, traceback: string | null): Comparison | undefined {
  const said = linesOf(message);
  const rest = linesOf(traceback);
  return (
    ofPytest(said) ?? announced(said) ?? ofPytest(markedByPytest(rest)) ?? announced(rest) ?? sentence(said)
  );
}

function linesOf(text: string | null): string[] {
  return (text ?? "").split(/\r?\n/);
}

/** Each first line of a difference, perhaps the one after it, and which sign it gives to what was expected. */
const HEADS: { first: RegExp; second?: RegExp; expected: "-" | "+" }[] = [
  {
    first: /^\s*- Expected(?:\s+- \d+)?$/,
    second: /^\s*\+ (?:Received|Actual)(?:\s+\+ \d+)?$/,
    expected: "-",
  },
  { first: /^\s*--- Expected$/, second: /^\s*\+\+\+ Actual$/, expected: "-" },
  { first: /^\s*\+ expected - actual$/, expected: "+" },
  { first: /^\s*\+ actual - expected$/, expected: "-" },
];

function announced(lines: string[]): Comparison | undefined {
  for (const { first, second, expected } of HEADS) {
    const start = lines.findIndex(
      (line, at) => first.test(line) && (second?.test(lines[at + 1] ?? "") ?? true),
    );
    if (start < 0) continue;
    const depth = lines[start]?.search(/\S/);
    const after = lines.slice(start + (second ? 2 : 1)).map((line) => line.slice(depth));
    const end = after.findIndex((line) => !/^(?:[-+ ]|@@|$)/.test(line) || /^\s+(?:at |❯ )/.test(line));
    const diff = (end < 0 ? after : after.slice(0, end)).filter((line) => !line.startsWith("@@"));
    const found = signed(diff, expected);
    if (found) return found;
  }
  return named(lines);
}

const EXPECTED = /^\s*(?:Error:\s+)?expected\s*:\s*(\S.*?)\s*$/i;
const ACTUAL = /^\s*(?:actual|received|but was|got)\s*:\s*(\S.*?)\s*$/i;

/** Two lines that follow each other and name what they hold. */
function named(lines: string[]): Comparison | undefined {
  for (const [at, line] of lines.entries()) {
    const next = lines[at + 1] ?? "";
    const expected = (EXPECTED.exec(line) ?? EXPECTED.exec(next))?.[1];
    const actual = (ACTUAL.exec(next) ?? ACTUAL.exec(line))?.[1];
    if (expected === undefined || actual === undefined) continue;
    const isObject = expected.endsWith(",") && actual.endsWith(",");
    const told = (value: string) => (isObject ? value.slice(0, -1) : value);
    return { kind: "pairs", pairs: [{ expected: told(expected), actual: told(actual) }] };
  }
  return undefined;
}

/** "expected 1 to be 2" names a value only if it is none of the words with which other assertions go on. */
const NO_VALUE =
  "(?!(?:true|false|null|undefined|an?|the|at|above|below|empty|close|one|within|greater|less)\\b)";
const SENTENCES = [
  /expected:?\s*<(?<expected>.*)> but was:?\s*<(?<actual>.*)>/is,
  /expected:?\s*<(?<expected>.*)>\.\s*actual:?\s*<(?<actual>.*)>/is,
  /expected \[(?<expected>.*)\] but found \[(?<actual>.*)\]/is,
  new RegExp(
    `^(?:\\w*Error: )?expected (?<actual>.+) to (?:be|equal|deeply equal|strictly equal|eql) ${NO_VALUE}(?<expected>.+?)(?: // .*)?$`,
    "m",
  ),
];

function sentence(lines: string[]): Comparison | undefined {
  const text = lines.join("\n");
  for (const pattern of SENTENCES) {
    const { expected, actual } = pattern.exec(text)?.groups ?? {};
    if (expected !== undefined && actual !== undefined)
      return { kind: "pairs", pairs: [{ expected, actual }] };
  }
  return undefined;
}
