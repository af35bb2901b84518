/** What was found, in the order of the file. */
import { PER_HIT } from "./line-search";

export type Hit = { line: number; start: number; end: number };

export class Hits {
  private numbers = new Uint32Array(PER_HIT * 1024);
  length = 0;

  add(more: Uint32Array): void {
    const used = this.length * PER_HIT;
    if (used + more.length > this.numbers.length) {
      const bigger = new Uint32Array(Math.max(this.numbers.length * 2, used + more.length));
      bigger.set(this.numbers.subarray(0, used));
      this.numbers = bigger;
    }
    this.numbers.set(more, used);
    this.length += more.length / PER_HIT;
  }

  at(place: number): Hit | undefined {
    if (place < 0 || place >= this.length) return undefined;
    const [line = 0, start = 0, end = 0] = this.numbers.subarray(place * PER_HIT, (place + 1) * PER_HIT);
    return { line, start, end };
  }

  /** The place of the first hit in this line or behind it. */
  firstFrom(line: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.numbers[middle * PER_HIT] ?? 0) < line) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  inLine(line: number): Hit[] {
    const found: Hit[] = [];
    for (let place = this.firstFrom(line); ; place += 1) {
      const hit = this.at(place);
      if (hit?.line !== line) return found;
      found.push(hit);
    }
  }
}
