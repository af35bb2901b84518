/** A traceback taken apart: which lines belong to one call, and whether that is code of one's own or of a library. */

export type LineKind = "plain" | "statement" | "error" | "place";
export type Line = { text: string; kind: LineKind };
export type Frame = { place: string; lines: Line[] };
/** What is around the calls, a call of one's own, or library calls that follow each other. */
export type Part =
  { kind: "text"; lines: Line[] } | { kind: "own"; lines: Line[] } | { kind: "library"; frames: Frame[] };

type Draft = { place: string | undefined; isLibrary: boolean; lines: string[] };

export function partsOf(traceback: string): Part[] {
  const drafts = draftsOf(traceback.replace(/\s+$/, "").split(/\r?\n/));
  const parts: Part[] = [];
  for (const { place, isLibrary, lines } of drafts) {
    const told = lines.slice(lines.findIndex((line) => line.trim() !== "")).map(lineOf);
    const last = parts.at(-1);
    if (place === undefined) parts.push({ kind: "text", lines: told });
    else if (!isLibrary) parts.push({ kind: "own", lines: told });
    else if (last?.kind === "library") last.frames.push({ place, lines: told });
    else parts.push({ kind: "library", frames: [{ place, lines: told }] });
  }
  return parts;
}

/** Such as `requests`, `lodash` or `org.junit`; nothing where the place does not tell. */
export function packageOf(place: string): string | undefined {
  const path = place.replaceAll("\\", "/");
  const folder =
    /(?:site-packages|dist-packages|node_modules)\/(?!.*node_modules\/)((?:@[^/]+\/)?[^/]+)\//.exec(path);
  return folder?.[1] ?? /^((?:java|kotlin|org|com|io)\w*\.\w+)\.[\w.$]+\(/.exec(place)?.[1];
}

const SEPARATOR = /^(?:_ ){5,}_?\s*$/;
const BETWEEN =
  /^(?:The above exception was|During handling of the above|Traceback \(most recent|Caused by: )/;
/** pytest: `path:12: in name` stands before the lines of a call, `path:12: ValueError` after them. */
const PYTEST = /^([^\s>:][^:\n]*?|[A-Za-z]:[^:\n]+):(\d+): ?(in .+|[\w.]*)$/;
const PYTHON = /^\s*File "([^"]+)", line \d+/;
/** One line is one call: JavaScript, Java, .NET, Go, Ruby and those that write `path:12`. */
const CALLS = [
  /^\s+at ((?:[\w$.-]+\/+)*[\w$.<>]+\((?:[\w$]+\.(?:java|kt|scala|groovy)(?::\d+)?|Native Method|Unknown Source)\))/,
  /^\s*(?:at|❯) (?:async )?(?:.*[( ])?((?:file:\/\/)?[^\s()]+):\d+(?::\d+)?\)?/,
  /^\s*at (?:new |async )?[\w.<> ]+ \((<anonymous>|native|index \d+)\)$/,
  /^\s+at (.+)$/,
  /^\s*\S.* \(((?:file:\/\/\/?|node:|\/)[^()]+):\d+(?::\d+)?\)$/,
  /^\t(\S+\.go):\d+(?: \+0x[\da-f]+)?$/,
  /^(?:\s*from )?(\S+\.\w{1,5}):\d+(?::in .*)?$/,
];

function draftsOf(lines: string[]): Draft[] {
  const done: Draft[] = [];
  let open: string[] = [];
  let header: string | undefined;
  const close = (place: string | undefined) => {
    if (open.length > 0)
      done.push({ place, isLibrary: place !== undefined && isLibrary(place), lines: open });
    open = [];
    header = undefined;
  };
  for (const line of lines) {
    const pytest = PYTEST.exec(line);
    const python = PYTHON.exec(line);
    const call = CALLS.map((pattern) => pattern.exec(line)).find((found) => found !== null);
    if (SEPARATOR.test(line)) {
      close(header);
    } else if (BETWEEN.test(line)) {
      close(header);
      open = [line];
      close(undefined);
    } else if (python || pytest?.[3]?.startsWith("in ")) {
      close(header);
      open = [line];
      header = python?.[1] ?? pytest?.[1];
    } else if (pytest) {
      open.push(line);
      close(pytest[1]);
    } else if (header === undefined && call) {
      const above = isGoCall(open.at(-1)) && call[0].startsWith("\t") ? open.splice(-1) : [];
      close(undefined);
      open = [...above, line];
      close(above[0]?.startsWith("testing.") ? GO : call[1]);
    } else {
      if (header !== undefined && /^\S/.test(line) && !line.startsWith("E ")) close(header);
      open.push(line);
    }
  }
  close(header);
  return done.filter(({ lines: own }) => own.some((line) => line.trim() !== ""));
}

const GO = "/usr/local/go/src/testing";

function isGoCall(line: string | undefined): boolean {
  return line !== undefined && /^[\w./*()-]+\(.*\)$/.test(line);
}

const PATHS =
  /(?:site-packages|dist-packages|node_modules|_modules|vendor|gems|rubygems|lib\/python[\d.]*|\.cargo\/registry|go\/pkg\/mod|_pytest|pluggy)\/|^node:|^internal\/|<frozen|^<anonymous>$|^(?:new \w+ )?\(?<anonymous>|^native$|^\/usr\/(?:local\/)?(?:lib|go)\/|^(?:async )?Promise\.|\/lib\/(?:unittest|asyncio|importlib)\//i;
const PACKAGES =
  /^(?:(?:app|java\.base|jdk\.\w+)\/\/?)?(?:javax?|jakarta|jdk|sun|com\.sun|kotlin|kotlinx|scala|groovy|org\.(?:junit|gradle|apache|mockito|hamcrest|assertj|springframework|testng|codehaus|opentest4j|eclipse)|junit|io\.netty|reactor|System|Microsoft|Xunit|NUnit)\./;

function isLibrary(place: string): boolean {
  return PATHS.test(place.replaceAll("\\", "/")) || PACKAGES.test(place);
}

function lineOf(text: string): Line {
  if (/^E(?:\s|$)/.test(text)) return { text, kind: "error" };
  if (/^>\s/.test(text)) return { text, kind: "statement" };
  const isPlace = PYTEST.test(text) || PYTHON.test(text) || CALLS.some((pattern) => pattern.test(text));
  return { text, kind: isPlace ? "place" : "plain" };
}
