import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";

import { aRunTest } from "@/testing/factories";

import { BASE, openRun, serve } from "./testing";

beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe = () => undefined;
      disconnect = () => undefined;
    },
  );
});

test("the slowest tests are in a table, slowest first, each a link to its result", async () => {
  serve({
    tests: [
      aRunTest({ id: "a", test_id: "test_quick", duration: 0.1, worker: "gw0" }),
      aRunTest({ id: "b", test_id: "test_slow", duration: 9, worker: "gw1", result: "failed" }),
    ],
  });
  openRun("/timeline");
  const table = await screen.findByRole("table", { name: "The slowest tests" });
  const [, first] = within(table).getAllByRole("row");
  expect(first).toHaveTextContent("9 sFailedtest_slowgw1");
  expect(within(table).getByRole("link", { name: "test_slow" })).toHaveAttribute(
    "href",
    `${BASE}/timeline/b`,
  );
  expect(screen.getByRole("heading", { name: "2 tests in 9 s, by 2 workers" })).toBeVisible();
  expect(screen.getByRole("list", { name: "Colours" })).toHaveTextContent("FailedPassed");
});

test("a run without results says so", async () => {
  serve();
  openRun("/timeline");
  expect(await screen.findByRole("heading", { name: "This run has no results yet" })).toBeVisible();
});
