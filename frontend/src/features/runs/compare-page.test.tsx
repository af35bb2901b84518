import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";

import { aResult, aRun, newId, onOnePage, PROJECT_ID, RUN_ID } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { ComparePage } from "./compare-page";
import { differencesOf } from "./compare/differences";

const OTHER_ID = newId();
const AT = `/project/${PROJECT_ID}/compare`;
const RUNS = [
  aRun({ metadata: { title: "Before the change" } }),
  aRun({ id: OTHER_ID, env: "stage", metadata: { title: "After the change" } }),
];
const NOTHING = { results: [], only: { left: [], right: [] }, pagination: { totalItems: 0 } };

let sides: string[];
let answer: object;

beforeEach(() => {
  answer = NOTHING;
  server.use(
    http.get("/run", ({ response }) => response(200).json({ runs: RUNS, pagination: onOnePage(2) })),
    http.get("/run/{id}", ({ params, response }) =>
      response(200).json(RUNS.find(({ id }) => id === params.id) ?? aRun()),
    ),
    http.get("/widget/{id}", ({ request, response }) => {
      sides = new URL(request.url).searchParams.getAll("additional_filters");
      return response(200).json(answer as never);
    }),
  );
});

function show(search = `?runs=${RUN_ID},${OTHER_ID}`) {
  return renderPage(<ComparePage />, { path: "/project/:projectId/compare", at: AT + search });
}

it("says that a run has no tests", async () => {
  const summary = { tests: 0, passes: 0, failures: 0, errors: 0, skips: 0 };
  server.use(http.get("/run/{id}", ({ response }) => response(200).json(aRun({ summary }))));
  show();
  await waitFor(() => expect(screen.getAllByText("no tests")).toHaveLength(2));
});

it("shows what got worse with its reason, what got better, and what only one run has", async () => {
  const broken = aResult({ test_id: "t.broken", result: "failed", metadata: { message: "assert 2 == 3" } });
  answer = {
    ...NOTHING,
    results: [
      [aResult({ test_id: "t.broken" }), broken],
      [aResult({ test_id: "t.mended", result: "error" }), aResult({ test_id: "t.mended" })],
    ],
    only: { left: [aResult({ test_id: "t.gone" })], right: [] },
  };
  show();
  const worse = within(await screen.findByRole("grid", { name: "Worse (1)" }));
  expect(worse.getByText("assert 2 == 3")).toBeVisible();
  expect(worse.getByRole("link", { name: /Failed after: t.broken/ })).toHaveAttribute(
    "href",
    `/project/${PROJECT_ID}/results/${broken.id}`,
  );
  expect(screen.getByRole("grid", { name: "Better (1)" })).toBeVisible();
  expect(screen.getByRole("grid", { name: "Only in the run before (1)" })).toHaveTextContent("not in it");
  expect(sides).toEqual([RUN_ID, OTHER_ID].map((id) => `project_id=${PROJECT_ID},run_id=${id}`));
});

it("says that nothing is different", async () => {
  show();
  expect(await screen.findByText("No test ended differently")).toBeVisible();
  expect(await screen.findByRole("link", { name: "Before the change" })).toHaveAttribute(
    "href",
    `/project/${PROJECT_ID}/runs/${RUN_ID}`,
  );
});

it("tells what the server left out", async () => {
  answer = { ...NOTHING, warnings: ["No run has results that fulfil it"] };
  show();
  expect(await screen.findByText("No run has results that fulfil it")).toBeVisible();
  expect(screen.queryByText("No test ended differently")).toBeNull();
});

it("swaps the runs", async () => {
  const { user, location } = show();
  await user.click(screen.getByRole("button", { name: "Swap" }));
  expect(decodeURIComponent(location())).toBe(`${AT}?runs=${OTHER_ID},${RUN_ID}`);
});

it("lets people choose runs by typing parts of what they are", async () => {
  const { user, location } = show("");
  expect(screen.getByText("Choose two runs")).toBeVisible();
  await user.type(screen.getByRole("combobox", { name: "Run after" }), "stage after");
  expect(await screen.findByRole("option", { name: /After the change/ })).toBeVisible();
  expect(screen.queryByRole("option", { name: /Before the change/ })).toBeNull();
  await user.keyboard("{ArrowDown}{Enter}");
  expect(decodeURIComponent(location())).toBe(`${AT}?runs=,${OTHER_ID}`);
  expect(await screen.findByRole("link", { name: "After the change" })).toBeVisible();
  await user.click(screen.getByRole("combobox", { name: "Run before" }));
  await user.click(await screen.findByRole("option", { name: /Before the change/ }));
  await waitFor(() => expect(decodeURIComponent(location())).toBe(`${AT}?runs=${RUN_ID},${OTHER_ID}`));
});

it("tells why runs cannot be compared, and tries again", async () => {
  const problem = { type: "about:blank", title: "Timeout", status: 504, detail: "It took too long" };
  server.use(http.get("/widget/{id}", ({ response }) => response(504).json(problem as never)));
  show();
  expect(await screen.findByText("It took too long")).toBeVisible();
  expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
});

it("a failure that became an error, and a skipped test that passed, are neither worse nor better", () => {
  const pair = (before: "failed" | "skipped", after: "error" | "passed") => [
    aResult({ result: before }),
    aResult({ result: after }),
  ];
  const found = differencesOf({
    results: [pair("failed", "error"), pair("skipped", "passed")],
    only: { left: [], right: [] },
  });
  expect(found).toMatchObject({ worse: [], better: [], other: [{}, {}] });
});
