import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { aFailure, aFailureGroup, aRun } from "@/testing/factories";
import { http, server } from "@/testing/server";

import { BASE, openRun, PREVIOUS_ID, serve } from "./testing";

vi.mock("@/viewers/result/result-view", () => ({
  ResultView: ({ resultId }: { resultId: string }) => <h2>Result {resultId}</h2>,
}));
vi.mock("@/viewers/result/classification", async (original) => ({
  ...(await original<object>()),
  ClassifyMenu: ({ ids, onDone }: { ids: string[]; onDone: () => void }) => (
    <button onClick={onDone}>Classify {ids.join(" ")}</button>
  ),
}));

const OLD = aFailure({ id: "old", test_id: "test_old", is_new: false, previous_result: "failed" });
const PAY = aFailure({ id: "pay", test_id: "test_pay", classification: "product_failure" });
const GROUPS = [
  aFailureGroup({ message: "assert 2 == 3", reason: "assert 2 == 3\n2\n3\n4\n5\n6", results: [PAY, OLD] }),
  aFailureGroup({
    exception_name: "KeyError",
    message: "KeyError: 'a'",
    reason: null,
    results: [aFailure({ id: "key" })],
  }),
];

test("equal reasons are together, with what is new and how tests ended before", async () => {
  serve({ groups: GROUPS });
  openRun("/failures");
  expect(await screen.findByRole("heading", { level: 2 })).toHaveTextContent(
    "3 failures for 2 reasons, 2 new since the previous run",
  );
  const group = screen.getByRole("region", { name: "AssertionError assert 2 == 3" });
  expect(group).toHaveTextContent("1 new");
  const [pay, old] = within(group).getAllByRole("listitem");
  expect(pay).toHaveTextContent("NewProduct failurepassed before");
  expect(old).toHaveTextContent("failed before");
  expect(screen.getByRole("region", { name: "KeyError 'a'" })).toBeVisible();
});

test("the reason shows its first lines, and all when asked", async () => {
  serve({ groups: GROUPS });
  const { user } = openRun("/failures");
  const more = await screen.findByRole("button", { name: "1 more line" });
  expect(screen.queryByText(/6/, { selector: "pre" })).toBeNull();
  await user.click(more);
  expect(screen.getByText(/6/, { selector: "pre" })).toBeVisible();
});

test("five tests of a reason are shown, and all when asked", async () => {
  const results = Array.from({ length: 7 }, (_, n) => aFailure({ test_id: `test_${n}` }));
  serve({ groups: [aFailureGroup({ results, count: 340 })] });
  const { user } = openRun("/failures");
  await screen.findByRole("link", { name: "test_4" });
  expect(screen.queryByRole("link", { name: "test_5" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Show all 7 tests" }));
  expect(screen.getByRole("link", { name: "test_6" })).toBeVisible();
  expect(screen.getByRole("link", { name: "All of them in the results" })).toHaveAttribute(
    "href",
    `${BASE}/results?filter=result*failed%3Berror&filter=metadata.exception_name%3DAssertionError`,
  );
});

test("somebody narrows it to what is new, which a link can carry", async () => {
  serve({ groups: GROUPS });
  const { user, location } = openRun("/failures");
  await user.click(await screen.findByRole("switch", { name: "Only new failures" }));
  expect(screen.queryByRole("link", { name: "test_old" })).toBeNull();
  expect(location()).toBe(`${BASE}/failures?new=1`);
});

test("a run without new failures says so", async () => {
  serve({ groups: [aFailureGroup({ results: [OLD] })] });
  openRun("/failures?new=1");
  expect(await screen.findByRole("heading", { name: "No new failures" })).toBeVisible();
});

test("a maintainer selects a group and one more test and classifies them at once", async () => {
  serve({ groups: GROUPS });
  const { user } = openRun("/failures");
  await user.click(await screen.findByRole("checkbox", { name: "Select all of AssertionError" }));
  await user.click(screen.getByRole("checkbox", { name: "Select test_old" }));
  await user.click(screen.getByRole("checkbox", { name: "Select test_shop.TestCart.test_add" }));
  expect(screen.getByText("2 selected")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Classify pay key" }));
  expect(screen.getByRole("checkbox", { name: "Select test_pay" })).not.toBeChecked();
});

test("of too many failures or reasons it is said that these are not all", async () => {
  serve();
  server.use(
    http.get("/run/{id}/failures", ({ response }) =>
      response(200).json({ failures: 900, previous_run_id: PREVIOUS_ID, is_complete: false, groups: GROUPS }),
    ),
  );
  openRun("/failures");
  expect(await screen.findByRole("heading", { level: 2 })).toHaveTextContent(
    "900 failures for at least 2 reasons, at least 2 new since the previous run",
  );
  expect(screen.getByText(/the most frequent reasons of the newest/)).toBeVisible();
  expect(screen.getByRole("link", { name: "All 900 failures" })).toHaveAttribute(
    "href",
    `${BASE}/results?filter=result*failed%3Berror`,
  );
});

test("who may not classify selects nothing", async () => {
  serve({ groups: GROUPS, isMaintainer: false });
  openRun("/failures");
  await screen.findByRole("link", { name: "test_pay" });
  expect(screen.queryByRole("checkbox", { name: /^Select/ })).toBeNull();
});

test("a run without failures says so with its number of tests", async () => {
  serve({ run: aRun({ summary: { failures: 0 } }) });
  openRun("/failures");
  expect(await screen.findByRole("heading", { name: "Nothing failed" })).toBeVisible();
  expect(screen.getByText(/All 3 tests/)).toBeVisible();
});

test("when the failures cannot be loaded, one can try again", async () => {
  serve({ groups: GROUPS });
  server.use(
    http.get(
      "/run/{id}/failures",
      ({ response }) => response(500).json({ type: "", title: "Oh", status: 500, detail: "It broke" }),
      { once: true },
    ),
  );
  const { user } = openRun("/failures");
  await screen.findByText("It broke");
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("link", { name: "test_pay" })).toBeVisible();
});

test("a result opens beside the list, j and k go on, Escape closes it", async () => {
  serve({ groups: GROUPS });
  const { user, location, router } = openRun("/failures?new=1");
  await user.click(await screen.findByRole("link", { name: "test_pay" }));
  expect(location()).toBe(`${BASE}/failures/pay?new=1`);
  await waitFor(() => expect(screen.getByRole("heading", { name: "Result pay" })).toHaveFocus());
  expect(screen.getByRole("link", { name: "test_pay" })).toHaveAttribute("aria-current", "true");
  expect(screen.getByText("1 of 2")).toBeVisible();
  await user.keyboard("j");
  await waitFor(() => expect(screen.getByRole("heading", { name: "Result key" })).toHaveFocus());
  await user.keyboard("jk");
  await waitFor(() => expect(location()).toBe(`${BASE}/failures/pay?new=1`));
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.getByRole("link", { name: "test_pay" })).toHaveFocus());
  expect(location()).toBe(`${BASE}/failures?new=1`);
  await router.navigate(-1);
  expect(location(), "closing is no step that Back undoes").toBe(`${BASE}/failures?new=1`);
});

test("a group of which not all are here says how many are selected", async () => {
  const results = [aFailure({ id: "f1" }), aFailure({ id: "f2" })];
  serve({ groups: [aFailureGroup({ results, count: 340 })] });
  const { user } = openRun("/failures");
  const box = await screen.findByRole("checkbox", { name: "Select 2 of 340 of AssertionError" });
  expect(screen.queryByText(/2 of 340 selected/)).not.toBeInTheDocument();
  await user.click(box);
  expect(screen.getByText(/2 of 340 selected/)).toBeVisible();
  expect(screen.getByText("2 selected")).toBeVisible();
});

test("j opens the first failure when none is open", async () => {
  serve({ groups: GROUPS });
  const { user } = openRun("/failures");
  await screen.findByRole("link", { name: "test_pay" });
  await user.keyboard("j");
  expect(await screen.findByRole("heading", { name: "Result pay" })).toBeVisible();
});

test("a link to a result shows it with its test in the list, even if that is not among the first", async () => {
  const results = Array.from({ length: 7 }, (_, n) => aFailure({ id: `f${n}`, test_id: `test_${n}` }));
  serve({ groups: [aFailureGroup({ results })] });
  openRun("/failures/f6");
  expect(await screen.findByRole("heading", { name: "Result f6" })).toBeVisible();
  expect(await screen.findByRole("link", { name: "test_6" })).toHaveAttribute("aria-current", "true");
  expect(screen.queryByRole("link", { name: "Next" })).toBeNull();
  expect(screen.getByRole("link", { name: "Previous" })).toHaveAttribute("href", `${BASE}/failures/f5`);
});
