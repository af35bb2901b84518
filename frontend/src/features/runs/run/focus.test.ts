import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { focusHeading } from "./focus";

let panel: HTMLElement;
let link: HTMLElement;
let box: HTMLElement;

beforeEach(() => {
  document.body.innerHTML = `<a href="/">Result</a><input /><section></section>`;
  [link, box, panel] = [...document.body.children] as [HTMLElement, HTMLElement, HTMLElement];
  link.focus();
});
afterEach(() => {
  vi.useRealTimers();
  document.body.innerHTML = "";
});

/** Observers of the panel are told a moment later. */
async function load(): Promise<void> {
  panel.innerHTML = "<h2>Result</h2>";
  await Promise.resolve();
}

test("the heading of a result that comes late gets the focus", async () => {
  focusHeading(panel);
  await load();
  expect(panel.firstElementChild).toHaveFocus();
});

test("whoever went elsewhere meanwhile stays there", async () => {
  focusHeading(panel);
  box.focus();
  await load();
  expect(box).toHaveFocus();
});

test("a result that comes much later leaves the focus where it is", async () => {
  vi.useFakeTimers();
  focusHeading(panel);
  vi.advanceTimersByTime(6000);
  await load();
  expect(link).toHaveFocus();
});
