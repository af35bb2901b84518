/** Where the lines of a text are: found while its bytes pass by, kept as blocks of some thousand lines. */
import { Sgr } from "./sgr";

/** A block ends with the line that makes it this long. */
export const BLOCK_BYTES = 64 * 1024;
/** Longer lines get a block of their own, so that it is known where to stop reading. */
export const LONG_LINE_BYTES = 16 * 1024;

const NEWLINE = 10;
const ESCAPE = 27;
const BRACKET = 91;
const LETTER_M = 109;
const SEQUENCE_MAX = 64;

/** The beginning of a block; what it holds ends where the next one begins. */
export type Block = {
  /** Bytes before it. */
  start: number;
  /** Lines before it. */
  line: number;
  /** The colours that are in force there, as parameters of an escape sequence. */
  sgr: string;
};

export class LineIndex {
  readonly blocks: Block[] = [{ start: 0, line: 0, sgr: "" }];
  /** Complete lines so far. */
  lines = 0;
  /** Bytes seen so far. */
  bytes = 0;
  private lineStart: Block = { start: 0, line: 0, sgr: "" };
  private readonly sgr = new Sgr();
  /** The beginning of an escape sequence whose end has not come yet. */
  private held: Uint8Array | undefined;

  add(chunk: Uint8Array): void {
    const bytes = this.held === undefined ? chunk : joined(this.held, chunk);
    const base = this.bytes - (this.held?.length ?? 0);
    this.held = undefined;
    this.bytes += chunk.length;
    let escape = bytes.indexOf(ESCAPE);
    let newline = bytes.indexOf(NEWLINE);
    while (newline !== -1) {
      while (escape !== -1 && escape < newline) escape = this.passEscape(bytes, escape);
      this.endLine(base + newline + 1);
      newline = bytes.indexOf(NEWLINE, newline + 1);
    }
    while (escape !== -1) escape = this.passEscape(bytes, escape);
  }

  /** The text is over; what comes after its last newline is a line as well. */
  end(): void {
    if (this.bytes > this.lineStart.start) this.endLine(this.bytes);
  }

  private endLine(end: number): void {
    const block = this.blocks.at(-1);
    if (block === undefined) return;
    const begun = this.lineStart;
    const isLong = end - begun.start > LONG_LINE_BYTES;
    this.lines += 1;
    this.lineStart = { start: end, line: this.lines, sgr: this.sgr.codes };
    if (isLong && block.start < begun.start) this.blocks.push(begun);
    if (isLong || end - block.start >= BLOCK_BYTES) this.blocks.push(this.lineStart);
  }

  /** Follows the sequence at this place; returns where the next one is. */
  private passEscape(bytes: Uint8Array, at: number): number {
    let end = at + 2;
    if (at + 1 < bytes.length && bytes[at + 1] !== BRACKET) return bytes.indexOf(ESCAPE, at + 1);
    while (end < bytes.length && isParameter(bytes[end])) end += 1;
    if (end >= bytes.length) {
      if (bytes.length - at < SEQUENCE_MAX) this.held = bytes.slice(at);
      return -1;
    }
    if (bytes[end] === LETTER_M) this.sgr.apply(String.fromCharCode(...bytes.subarray(at + 2, end)));
    return bytes.indexOf(ESCAPE, end);
  }
}

/** The place in the list of the block that has this line. */
export function blockOf(blocks: readonly Block[], line: number): number {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((blocks[middle]?.line ?? 0) <= line) low = middle;
    else high = middle - 1;
  }
  return low;
}

function isParameter(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x3f;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
