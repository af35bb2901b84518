/** Finds a text or an expression in the lines of a file whose bytes pass by. */
import { plain } from "./sgr";

export type Query = { text: string; isRegex: boolean; isCaseSensitive: boolean };

/** More would help nobody, and would fill the memory. */
export const HITS_MAX = 200_000;
/** A line is searched in pieces of this length; what spans two of them is not found. */
export const PIECE_CHARACTERS = 1024 * 1024;
/** Numbers per hit: its line, and where in the line without escape sequences it begins and ends. */
export const PER_HIT = 3;

/** Throws a SyntaxError for an expression that is none. */
export function patternOf({ text, isRegex, isCaseSensitive }: Query): RegExp {
  const source = isRegex ? text : text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(source, isCaseSensitive ? "g" : "gi");
}

export class LineSearch {
  /** Lines searched so far. */
  lines = 0;
  isFull = false;
  private readonly decoder = new TextDecoder();
  private rest = "";
  /** How much of the line that `rest` belongs to was searched already. */
  private column = 0;
  private hits: number[] = [];
  private found = 0;

  constructor(
    private readonly pattern: RegExp,
    private readonly max = HITS_MAX,
  ) {}

  add(chunk: Uint8Array): void {
    this.search(this.decoder.decode(chunk, { stream: true }));
  }

  end(): void {
    this.search(this.decoder.decode());
    if (this.rest !== "" || this.column > 0) {
      this.match(this.rest);
      this.lines += 1;
    }
  }

  /** The hits since this was asked last, `PER_HIT` numbers for each. */
  take(): Uint32Array {
    const taken = Uint32Array.from(this.hits);
    this.hits = [];
    return taken;
  }

  private search(decoded: string): void {
    const text = this.rest + decoded;
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1 && !this.isFull; end = text.indexOf("\n", start)) {
      this.match(text.slice(start, text[end - 1] === "\r" ? end - 1 : end));
      this.lines += 1;
      this.column = 0;
      start = end + 1;
    }
    this.rest = text.slice(start);
    if (this.rest.length > PIECE_CHARACTERS) {
      this.match(this.rest);
      this.column += plain(this.rest).length;
      this.rest = "";
    }
  }

  private match(line: string): void {
    const text = plain(line);
    this.pattern.lastIndex = 0;
    for (let hit = this.pattern.exec(text); hit !== null; hit = this.pattern.exec(text)) {
      if (hit[0] === "") this.pattern.lastIndex += 1;
      else if (!this.keep(hit.index, this.pattern.lastIndex)) return;
    }
  }

  private keep(start: number, end: number): boolean {
    this.isFull = this.found === this.max;
    if (this.isFull) return false;
    this.found += 1;
    this.hits.push(this.lines, this.column + start, this.column + end);
    return true;
  }
}
