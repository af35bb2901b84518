import { describe, expect, it } from "vitest";

import { barHeight, HEIGHT_MAX_PX, LineScroll, ROW_PX } from "./line-scroll";

const LINES = 2_000_000;
const VIEW = 600;

function scrollOf(lines: number, sizeOf?: (line: number) => number): LineScroll {
  const scroll = new LineScroll(sizeOf);
  scroll.setLines(lines);
  scroll.view = VIEW;
  return scroll;
}
const firstOf = (scroll: LineScroll) => Math.floor(scroll.lineAt(scroll.offset));

describe("scrolling through two million lines", () => {
  it("needs no more height than browsers can do", () => {
    expect(barHeight(LINES)).toBe(HEIGHT_MAX_PX);
    expect(barHeight(10)).toBe(10 * ROW_PX);
  });

  it("goes line by line with the wheel, however far", () => {
    const scroll = scrollOf(LINES);
    for (let step = 0; step < 1000; step += 1) scroll.moved(scroll.top + 5 * ROW_PX);
    expect(firstOf(scroll)).toBe(5000);
    scroll.rest();
    expect(firstOf(scroll)).toBe(5000);
    expect(scroll.top).toBeLessThan(5000 * ROW_PX);
    for (let step = 0; step < 1100; step += 1) scroll.moved(Math.max(0, scroll.top - 5 * ROW_PX));
    scroll.rest();
    expect(firstOf(scroll)).toBe(0);
    expect(scroll.top).toBe(0);
  });

  it("goes with the bar to where it points", () => {
    const scroll = scrollOf(LINES);
    scroll.moved(HEIGHT_MAX_PX / 2);
    expect(firstOf(scroll)).toBeGreaterThan(LINES / 2 - 100);
    expect(firstOf(scroll)).toBeLessThan(LINES / 2 + 100);
  });

  it("ends with the last line at the bottom", () => {
    const scroll = scrollOf(LINES);
    scroll.moved(HEIGHT_MAX_PX - VIEW);
    expect(firstOf(scroll)).toBe(LINES - VIEW / ROW_PX);
    scroll.show(LINES - 1);
    expect(firstOf(scroll)).toBe(LINES - VIEW / ROW_PX);
    expect(scroll.top).toBe(HEIGHT_MAX_PX - VIEW);
  });

  it("shows a line in the middle, with the bar where it belongs", () => {
    const scroll = scrollOf(LINES);
    scroll.show(1_000_000);
    expect(firstOf(scroll)).toBe(1_000_000 - VIEW / ROW_PX / 2);
    expect(Math.abs(scroll.top - HEIGHT_MAX_PX / 2)).toBeLessThan(VIEW);
    scroll.show(0);
    expect(scroll.top).toBe(0);
  });

  it("knows lines that are higher than others", () => {
    const scroll = scrollOf(LINES, (line) => (line % 2 ? 3 * ROW_PX : ROW_PX));
    scroll.showFirst(1_000_000);
    scroll.moved(scroll.top + 8 * ROW_PX);
    expect(firstOf(scroll)).toBe(1_000_004);
  });
});

describe("the end of two million lines", () => {
  it("stays at the bottom when its lines turn out to be higher than thought", () => {
    const sizes = new Map<number, number>();
    const scroll = scrollOf(LINES, (line) => sizes.get(line) ?? ROW_PX);
    scroll.show(LINES - 1);
    for (let line = LINES - 40; line < LINES; line += 1) sizes.set(line, 2 * ROW_PX);
    scroll.rest();
    expect(firstOf(scroll)).toBe(LINES - VIEW / ROW_PX / 2);
  });
});

describe("scrolling through few lines", () => {
  it("is left to the browser", () => {
    const scroll = scrollOf(1000);
    expect(scroll.moved(5000)).toBe(false);
    expect(scroll.frame).toEqual({ base: 0, shift: 0 });
    expect(firstOf(scroll)).toBe(250);
  });
});
