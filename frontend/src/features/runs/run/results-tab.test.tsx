import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";

import { aResult, aRun, onOnePage, PROJECT_ID, RUN_ID } from "@/testing/factories";
import { http, server } from "@/testing/server";

import { BASE, openRun, serve } from "./testing";

vi.mock("@/viewers/result/result-view", () => ({
  ResultView: ({ resultId }: { resultId: string }) => <h2>Result {resultId}</h2>,
}));

const RESULTS = [
  aResult({
    id: "pay",
    test_id: "test_pay",
    result: "failed",
    metadata: {
      exception_name: "KeyError",
      message: "KeyError: 'a'\nmore",
      classification: "product_failure",
    },
  }),
  aResult({ id: "add", test_id: "test_add" }),
];

let asked: URLSearchParams[];

beforeEach(() => {
  asked = [];
  serve({ run: aRun({ summary: { tests: 3, passes: 1, failures: 1, skips: 1 } }) });
  server.use(
    http.get("/result", ({ request, response }) => {
      asked.push(new URL(request.url).searchParams);
      return response(200).json({ results: RESULTS, pagination: onOnePage(2) });
    }),
  );
});

test("all results of the run are listed, with the reason of those that failed", async () => {
  openRun("/results");
  const row = await screen.findByRole("row", { name: /test_pay/ });
  expect(row).toHaveTextContent("Product failure KeyError: 'a'");
  expect(within(row).getByRole("link")).toHaveAttribute("href", `${BASE}/results/pay`);
  expect(asked[0]?.getAll("filter")).toEqual([`run_id=${RUN_ID}`, `project_id=${PROJECT_ID}`]);
});

test("outcomes are chosen one after another, and the address keeps them", async () => {
  const { user, location } = openRun("/results?sort=-duration");
  await user.click(await screen.findByRole("button", { name: "Failed 1" }));
  await user.click(screen.getByRole("button", { name: "Skipped 1" }));
  expect(location()).toBe(`${BASE}/results?sort=-duration&filter=result*failed%3Bskipped`);
  expect(screen.getByRole("button", { name: "Failed 1" })).toHaveAttribute("aria-pressed", "true");
  await waitFor(() => expect(asked.at(-1)?.getAll("filter")).toContain("result*failed;skipped"));
  expect(asked.at(-1)?.get("sort")).toBe("-duration");
  await user.click(screen.getByRole("button", { name: "Failed 1" }));
  await user.click(screen.getByRole("button", { name: "Skipped 1" }));
  expect(location()).toBe(`${BASE}/results?sort=-duration`);
});

test("a part of a name finds tests, once one pauses", async () => {
  const { user, location } = openRun("/results?filter=result=failed");
  await user.type(await screen.findByRole("textbox", { name: "Find tests by name" }), "pay");
  await waitFor(() => expect(location()).toBe(`${BASE}/results?filter=result%3Dfailed&filter=test_id%25pay`));
  expect(asked.filter((query) => query.getAll("filter").some((one) => /^test_id%(p|pa)$/.test(one)))).toEqual(
    [],
  );
});

test("an outcome that is chosen while the search still waits is kept", async () => {
  const { user, location } = openRun("/results");
  await user.type(await screen.findByRole("textbox", { name: "Find tests by name" }), "pay");
  await user.click(screen.getByRole("button", { name: "Failed 1" }));
  await waitFor(() => expect(location()).toBe(`${BASE}/results?filter=result%3Dfailed&filter=test_id%25pay`));
});

test("what a link asked for besides is shown and can be taken away", async () => {
  const { user, location } = openRun("/results?filter=metadata.exception_name=KeyError");
  await user.click(await screen.findByRole("button", { name: "Remove metadata.exception_name=KeyError" }));
  expect(location()).toBe(`${BASE}/results`);
});

test("a heading sorts on the server", async () => {
  const { user } = openRun("/results");
  await user.click(await screen.findByRole("button", { name: "Duration" }));
  await waitFor(() => expect(asked.at(-1)?.get("sort")).toBe("-duration"));
});

test("j and k follow the list, and filters stay", async () => {
  const { user, location } = openRun("/results?sort=test_id");
  await user.click(await screen.findByRole("link", { name: "test_pay" }));
  expect(await screen.findByRole("heading", { name: "Result pay" })).toBeVisible();
  await user.keyboard("j");
  await waitFor(() => expect(location()).toBe(`${BASE}/results/add?sort=test_id`));
  expect(screen.queryByRole("columnheader", { name: "Reason" })).toBeNull();
});

test("filters that nothing fulfils are told from a run without results", async () => {
  server.use(
    http.get("/result", ({ response }) => response(200).json({ results: [], pagination: onOnePage(0) })),
  );
  const { user } = openRun("/results?filter=env=qa");
  expect(await screen.findByRole("heading", { name: "No results with these filters" })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Remove env=qa" }));
  expect(await screen.findByRole("heading", { name: "This run has no results yet" })).toBeVisible();
});

test("results that cannot be loaded are told so", async () => {
  server.use(
    http.get("/result", ({ response }) =>
      response(500).json({ type: "", title: "Oh", status: 500, detail: "It broke" }),
    ),
  );
  openRun("/results");
  expect(await screen.findByText("It broke")).toBeVisible();
});
