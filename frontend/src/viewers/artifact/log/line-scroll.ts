/**
 * Scrolling through more lines than a browser can give a height to.
 *
 * A virtualizer knows a window of the lines only.  The scroll bar stands for all of them: small movements go
 * line by line, big ones to the part of the file that the bar points to, and when it rests, the bar is put where it
 * belongs.
 */
export const ROW_PX = 20;
/** So many lines have a height of their own at a time. */
export const WINDOW_LINES = 50_000;
/** Firefox ends at 17 million pixels, Chromium at 33. */
export const HEIGHT_MAX_PX = 8_000_000;
/** A movement by so many heights of the view is a drag of the bar. */
const JUMP_VIEWS = 4;

/** What the view is drawn from; a new one whenever something in it changes. */
export type Frame = {
  /** The first line of the window. */
  base: number;
  /** How many pixels rows are moved by, from their place in the window to their place under the bar. */
  shift: number;
};

type Sizes = (line: number) => number;

/** Whether so many lines need a window; the others are scrolled as anything else is. */
export function isTooMany(lines: number): boolean {
  return lines > WINDOW_LINES;
}

/** How high the bar takes so many lines to be. */
export function barHeight(lines: number): number {
  return Math.min(lines * ROW_PX, HEIGHT_MAX_PX);
}

export class LineScroll {
  frame: Frame = { base: 0, shift: 0 };
  /** Where the bar is. */
  top = 0;
  /** The height of what is seen. */
  view = 0;
  private lines = 0;
  /** Whether the last line was at the bottom, as far as heights were known; it stays there when more are. */
  private isAtEnd = false;

  constructor(private readonly sizeOf: Sizes = () => ROW_PX) {}

  get isScaled(): boolean {
    return isTooMany(this.lines);
  }

  setLines(lines: number): void {
    this.lines = lines;
    if (!this.isScaled) this.setFrame(0, 0);
  }

  /** Where the view begins, in pixels of the window. */
  get offset(): number {
    return this.top - this.frame.shift;
  }

  /** The bar has moved; true if it has to be put somewhere else (to `top`). */
  moved(top: number): boolean {
    const by = top - this.top;
    this.top = top;
    if (!this.isScaled) return false;
    if (Math.abs(by) > JUMP_VIEWS * this.view) {
      const part = top / Math.max(1, barHeight(this.lines) - this.view);
      if (part >= 1) this.showLast();
      else this.place(part * Math.max(0, this.lines - this.view / ROW_PX));
      return false;
    }
    this.keepInWindow();
    this.isAtEnd = this.touchesEnd();
    const isAtEdge = top <= 0 || top >= barHeight(this.lines) - this.view;
    return isAtEdge && this.rest();
  }

  /** Puts the bar where it belongs; true if that is somewhere else. */
  rest(): boolean {
    if (!this.isScaled) return false;
    if (this.isAtEnd) this.showLast();
    const { offset } = this;
    const top = this.barAt(offset);
    if (Math.abs(top - this.top) < 1) return false;
    this.top = top;
    this.setFrame(this.frame.base, top - offset);
    return true;
  }

  /** Scrolls so that this line is in the middle of the view. */
  show(line: number): void {
    this.showFirst(line - Math.floor(this.view / ROW_PX / 2));
  }

  /** Scrolls so that the view begins with this line. */
  showFirst(line: number): void {
    this.place(line);
    this.rest();
  }

  /** The window is scrolled to this offset, with the bar staying as it is. */
  setOffset(offset: number): void {
    this.setFrame(this.frame.base, this.top - offset);
  }

  /** The first line in the view, with what part of it is above. */
  lineAt(offset: number): number {
    let line = this.frame.base;
    let rest = offset;
    for (let size = this.sizeOf(line); rest >= size && line < this.lines - 1; size = this.sizeOf(line)) {
      rest -= size;
      line += 1;
    }
    return line + Math.min(1, rest / this.sizeOf(line));
  }

  private showLast(): void {
    const base = Math.max(0, this.lines - WINDOW_LINES);
    this.setFrame(base, this.top - (this.heightOf(base, this.lines) - this.view));
    this.isAtEnd = true;
  }

  /** `line` may have a fraction; it becomes the first one of the view. */
  private place(line: number): void {
    const first = Math.min(Math.max(0, line), this.lines - 1);
    const whole = Math.floor(first);
    const base = this.baseFor(whole);
    const wanted = this.heightOf(base, whole) + (first - whole) * this.sizeOf(whole);
    const most = this.heightOf(base, base + WINDOW_LINES) - this.view;
    this.setFrame(base, this.top - Math.max(0, Math.min(wanted, most)));
    this.isAtEnd = this.touchesEnd();
  }

  /** Moves the window before the view reaches its edge, and stops at the ends of the file. */
  private keepInWindow(): void {
    const { base } = this.frame;
    const end = base + WINDOW_LINES;
    const margin = (WINDOW_LINES * ROW_PX) / 10;
    const most = this.heightOf(base, end) - this.view;
    if ((this.offset < margin && base > 0) || (this.offset > most - margin && end < this.lines))
      this.place(this.lineAt(this.offset));
    else if (this.offset < 0) this.setOffset(0);
    else if (this.offset > most) this.setOffset(Math.max(0, most));
  }

  private barAt(offset: number): number {
    const range = Math.max(0, barHeight(this.lines) - this.view);
    if (this.frame.base === 0 && offset <= 0) return 0;
    if (this.touchesEnd()) return range;
    const part = this.lineAt(offset) / Math.max(1, this.lines - this.view / ROW_PX);
    return Math.round(Math.min(range - 1, Math.max(1, part * range)));
  }

  private touchesEnd(): boolean {
    const { base } = this.frame;
    const end = base + WINDOW_LINES;
    return end === this.lines && this.offset >= this.heightOf(base, end) - this.view - 1;
  }

  private baseFor(line: number): number {
    return Math.max(0, Math.min(line - WINDOW_LINES / 2, this.lines - WINDOW_LINES));
  }

  private heightOf(from: number, to: number): number {
    let height = 0;
    for (let line = from; line < to; line += 1) height += this.sizeOf(line);
    return height;
  }

  private setFrame(base: number, shift: number): void {
    if (base !== this.frame.base || shift !== this.frame.shift) this.frame = { base, shift };
  }
}
