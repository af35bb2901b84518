/** The lines of a log on the server: the first ones at once, the others when they are looked at. */
import { problemOf } from "@/api/problem";

import { readBytes, Wishes } from "./byte-reader";
import { type Block, BLOCK_BYTES, blockOf, LineIndex, LONG_LINE_BYTES } from "./line-index";
import { type Line, linesOf } from "./lines";
import { plain } from "./sgr";
import { startTask } from "./start-task";
import { Store } from "./store";
import type { Report } from "./tasks";

const HEAD_BYTES = 128 * 1024;
const TAIL_BYTES = 64 * 1024;
/** No block is longer, but for one with a single long line. */
const READ_BYTES = BLOCK_BYTES + LONG_LINE_BYTES;
const LENGTHEN_BY = 4;
const BLOCKS_KEPT = 64;
const COPY_BYTES = 5 * 1024 * 1024;

export class LogSource extends Store {
  /** How many lines are known; all of them as soon as `isIndexed`. */
  lines = 0;
  indexedBytes = 0;
  isIndexed = false;
  /** The last lines, as long as their numbers are not known. */
  tail: readonly Line[] | undefined;
  problem: unknown;

  private blocks: readonly Block[] = [];
  private found: Block[] = [];
  private readonly kept = new Map<number, readonly Line[]>();
  private readonly wishes = new Wishes();
  private endTask: (() => void) | undefined;
  private controller = new AbortController();

  constructor(
    readonly url: string,
    readonly size: number,
  ) {
    super();
    this.isIndexed = size === 0;
  }

  /** Undefined as long as it is being read. */
  line(number: number): Line | undefined {
    const place = blockOf(this.blocks, number);
    const block = this.blocks[place];
    if (block === undefined) return undefined;
    const line = this.kept.get(place)?.[number - block.line];
    if (line === undefined && number < this.lines) this.wishes.add(place, () => this.readBlock(place));
    return line;
  }

  /** Reads more of a line that is cut. */
  lengthen(number: number): void {
    const place = blockOf(this.blocks, number);
    const line = this.kept.get(place)?.[0];
    if (line?.bytes === undefined) return;
    const bytes = Math.min(line.bytes, Math.max(READ_BYTES, line.text.length) * LENGTHEN_BY);
    this.wishes.add(place, () => this.readBlock(place, bytes));
  }

  /** Shows the end without waiting until everything before it is counted. */
  async readTail(): Promise<void> {
    await this.attempt(async () => {
      const bytes = await this.read(Math.max(0, this.size - TAIL_BYTES), this.size);
      if (!this.isIndexed) this.tail = linesOf(bytes, "").slice(this.size > TAIL_BYTES ? 1 : 0);
    });
  }

  leaveTail(): void {
    this.tail = undefined;
    this.changed();
  }

  /** Some lines as plain text, both ends included; undefined if they are too much for a clipboard. */
  async text(from: number, to: number): Promise<string | undefined> {
    const first = this.blocks[blockOf(this.blocks, from)];
    const last = blockOf(this.blocks, to);
    if (first === undefined) return "";
    const end = this.endOf(last);
    if (end - first.start > COPY_BYTES) return undefined;
    const lines = linesOf(await this.read(first.start, end), first.sgr);
    return lines
      .slice(from - first.line, to - first.line + 1)
      .map(({ text }) => plain(text))
      .join("\n");
  }

  retry(): void {
    this.problem = undefined;
    this.stop();
    this.start();
    this.changed();
  }

  protected start(): void {
    this.controller = new AbortController();
    if (!this.isIndexed) void this.attempt(() => this.readHead());
  }

  protected stop(): void {
    this.controller.abort();
    this.endTask?.();
    this.wishes.clear();
  }

  private async readHead(): Promise<void> {
    if (this.lines === 0) {
      const bytes = await this.read(0, Math.min(HEAD_BYTES, this.size));
      const index = new LineIndex();
      index.add(bytes);
      if (bytes.length >= this.size || index.lines === 0) index.end();
      this.blocks = index.blocks;
      this.lines = index.lines;
      this.isIndexed = bytes.length >= this.size;
      this.indexedBytes = bytes.length;
      this.blocks.forEach((block, place) => {
        const piece = bytes.subarray(block.start, this.blocks[place + 1]?.start);
        this.keep(place, piece, this.size);
      });
    }
    this.found = [];
    this.endTask?.();
    if (!this.isIndexed) {
      const url = new URL(this.url, location.origin).href;
      this.endTask = startTask({ kind: "index", url }, (report) => this.onReport(report));
    }
  }

  private onReport(report: Report): void {
    if (report.kind === "failed") this.problem = new Error(report.reason);
    if (report.kind === "index") {
      this.found.push(...report.blocks);
      this.indexedBytes = report.bytes;
      this.isIndexed = report.isDone;
      if (report.isDone || report.lines > this.lines) {
        this.blocks = this.found;
        this.lines = report.lines;
      }
      if (report.isDone) this.tail = undefined;
    }
    this.changed();
  }

  private async readBlock(place: number, bytes = READ_BYTES): Promise<void> {
    const block = this.blocks[place];
    if (block === undefined) return;
    await this.attempt(async () => {
      const piece = await this.read(block.start, Math.min(this.endOf(place), block.start + bytes));
      this.keep(place, piece, this.endOf(place));
    });
  }

  private keep(place: number, piece: Uint8Array, end: number): void {
    const block = this.blocks[place];
    if (block === undefined) return;
    const next = this.blocks[place + 1]?.line ?? this.lines;
    const lines = linesOf(piece, block.sgr).slice(0, next - block.line);
    const [line] = lines;
    if (line !== undefined && lines.length === 1 && piece.length < end - block.start)
      line.bytes = end - block.start;
    this.kept.delete(place);
    this.kept.set(place, lines);
    const [oldest] = this.kept.keys();
    if (this.kept.size > BLOCKS_KEPT && oldest !== undefined) this.kept.delete(oldest);
  }

  private endOf(place: number): number {
    const block = this.blocks[place];
    return this.blocks[place + 1]?.start ?? (this.isIndexed ? this.size : (block?.start ?? 0) + READ_BYTES);
  }

  private read(start: number, end: number): Promise<Uint8Array> {
    return readBytes(this.url, start, Math.min(end, this.size), this.controller.signal);
  }

  private async attempt(what: () => Promise<void>): Promise<void> {
    const { signal } = this.controller;
    try {
      await what();
    } catch (error) {
      if (signal.aborted) return;
      this.problem = problemOf(error);
    }
    if (!signal.aborted) this.changed();
  }
}
