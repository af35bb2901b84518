/** What is done beside the page, so that it never waits: a file is read through once, and told of in portions. */
import { type Block, LineIndex } from "./line-index";
import { LineSearch, patternOf, type Query } from "./line-search";

export type Task = { kind: "index"; url: string } | { kind: "search"; url: string; query: Query };

export type IndexReport = {
  kind: "index";
  /** Those since the report before. */
  blocks: Block[];
  lines: number;
  bytes: number;
  isDone: boolean;
};
export type SearchReport = {
  kind: "search";
  hits: Uint32Array;
  bytes: number;
  isDone: boolean;
  /** There are more than are told. */
  isFull: boolean;
};
export type Report = IndexReport | SearchReport | { kind: "failed"; reason: string; isSignedOut?: boolean };

const REPORT_EVERY_MS = 100;

export async function runTask(task: Task, report: (report: Report) => void): Promise<void> {
  try {
    await (task.kind === "index" ? indexLines(task.url, report) : search(task, report));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    report({ kind: "failed", reason, isSignedOut: error instanceof SignedOut });
  }
}

async function indexLines(url: string, report: (report: Report) => void): Promise<void> {
  const index = new LineIndex();
  let told = 0;
  const tell = (isDone: boolean) => {
    const blocks = index.blocks.slice(told);
    told = index.blocks.length;
    report({ kind: "index", blocks, lines: index.lines, bytes: index.bytes, isDone });
  };
  const due = clock();
  for await (const chunk of bytesOf(url)) {
    index.add(chunk);
    if (due()) tell(false);
  }
  index.end();
  tell(true);
}

async function search(
  { url, query }: Extract<Task, { kind: "search" }>,
  report: (report: Report) => void,
): Promise<void> {
  const found = new LineSearch(patternOf(query));
  let bytes = 0;
  const tell = (isDone: boolean) =>
    report({ kind: "search", hits: found.take(), bytes, isDone, isFull: found.isFull });
  const due = clock();
  for await (const chunk of bytesOf(url)) {
    found.add(chunk);
    bytes += chunk.length;
    if (found.isFull) break;
    if (due()) tell(false);
  }
  if (!found.isFull) found.end();
  tell(true);
}

async function* bytesOf(url: string): AsyncGenerator<Uint8Array> {
  const response = await fetch(url);
  if (response.status === 401) throw new SignedOut("You are signed out.");
  if (!response.ok || response.body === null) throw new Error(`The server answered ${response.status}.`);
  const reader = response.body.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    await reader.cancel();
  }
}

class SignedOut extends Error {}

/** True once in a while. */
function clock(): () => boolean {
  let last = performance.now();
  return () => {
    const isDue = performance.now() - last > REPORT_EVERY_MS;
    if (isDue) last = performance.now();
    return isDue;
  };
}
