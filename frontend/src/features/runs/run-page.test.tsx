import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";

import { aFailure, aFailureGroup, aRun, RUN_ID } from "@/testing/factories";
import { http, server } from "@/testing/server";

import { BASE, openRun, PREVIOUS_ID, serve } from "./run/testing";

vi.mock("@/viewers/result/result-view", () => ({
  ResultView: ({ resultId }: { resultId: string }) => <h2>Result {resultId}</h2>,
}));
vi.mock("@/viewers/artifact/artifact-list", () => ({
  ArtifactList: ({ runId }: { runId: string }) => <p>Artifacts of {runId}</p>,
}));

const GROUPS = [aFailureGroup({ results: [aFailure({ test_id: "test_pay" })] })];

beforeEach(() => serve({ groups: GROUPS }));

test("whoever opens a red run sees the failures, with the tab in the address", async () => {
  const { location } = openRun("#summary");
  expect(screen.getByRole("status")).toHaveTextContent("Loading the run");
  expect(await screen.findByRole("heading", { level: 1, name: "local 0197c0f6" })).toBeVisible();
  expect(await screen.findByRole("link", { name: "test_pay" })).toBeVisible();
  expect(location()).toBe(`${BASE}/failures`);
  expect(document.title).toBe("local 0197c0f6 · Ibutsu");
});

test("whoever opens a green run sees its results", async () => {
  serve({ run: aRun({ summary: { failures: 0, passes: 3 } }) });
  const { location } = openRun();
  await waitFor(() => expect(location()).toBe(`${BASE}/results`));
});

test("a tab that there is not leads to one that there is", async () => {
  const { location } = openRun("/nonsense");
  await waitFor(() => expect(location()).toBe(`${BASE}/failures`));
});

test("each count leads to the results with that outcome", async () => {
  openRun();
  expect(await screen.findByRole("link", { name: /1\s*Failed/ })).toHaveAttribute(
    "href",
    `${BASE}/results?filter=result%3Dfailed`,
  );
});

test("the header compares with the run before, and leads to it", async () => {
  openRun();
  expect(await screen.findByText(/4.2 points less/)).toBeVisible();
  expect(screen.getAllByRole("link", { name: "the previous run" })[0]).toHaveAttribute(
    "href",
    BASE.replace(RUN_ID, PREVIOUS_ID),
  );
  expect(screen.getByRole("link", { name: "Compare with previous" })).toHaveAttribute(
    "href",
    expect.stringContaining(`/compare?runs=${PREVIOUS_ID},${RUN_ID}`),
  );
});

test("the header shows where the run came from", async () => {
  const metadata = {
    jenkins: { job_name: "nightly", build_number: 10, build_url: "https://ci.example/10" },
    branch: "main",
    commit: "3435c378bb76d4357324dd7e69f3cd1812345678",
    tags: ["smoke"],
    evil: "javascript:alert(1)",
  };
  serve({ run: aRun({ metadata }), groups: GROUPS });
  openRun();
  expect(await screen.findByRole("heading", { level: 1, name: "nightly #10" })).toBeVisible();
  const link = screen.getByRole("link", { name: /Jenkins build/ });
  expect(link).toHaveAttribute("href", "https://ci.example/10");
  expect(link).toHaveAttribute("rel", "noreferrer");
  expect(screen.getByText("Branch main")).toBeVisible();
  expect(screen.getByText("3435c378")).toBeVisible();
  expect(screen.getByRole("link", { name: "smoke" })).toHaveAttribute(
    "href",
    expect.stringContaining("filter=metadata.tags%3Dsmoke"),
  );
  expect(screen.queryByRole("link", { name: /evil/i })).toBeNull();
});

test("a young run is live, an old one is not", async () => {
  openRun();
  await screen.findByText("66.6%");
  expect(screen.queryByText(/^Live/)).toBeNull();
  const now = new Date().toISOString();
  serve({ run: aRun({ created: now, start_time: now }), groups: GROUPS });
  openRun();
  expect(await screen.findByText(/^Live/)).toBeVisible();
});

test("when a live run ends, its last failures and its comparison are asked for", async () => {
  const now = new Date().toISOString();
  const run = { created: now, start_time: now };
  serve({ run: aRun({ ...run, summary: { tests: 2, passes: 2, failures: 0 } }), previousId: null });
  const { queryClient } = openRun("/failures");
  expect(await screen.findByRole("heading", { name: "Nothing failed" })).toBeVisible();
  expect(screen.getByText(/^Live/)).toBeVisible();
  serve({ run: aRun({ ...run, summary: { collected: 3, not_run: 0 } }), groups: GROUPS });
  await queryClient.invalidateQueries({ queryKey: ["get", "/run/{id}"] });
  expect(await screen.findByRole("link", { name: "test_pay" })).toBeVisible();
  expect(await screen.findByText(/4.2 points less/)).toBeVisible();
  expect(screen.queryByText(/^Live/)).toBeNull();
});

test("results without an outcome are counted as unknown", async () => {
  serve({ run: aRun({ summary: { tests: 8, passes: 0, failures: 7 } }), groups: GROUPS });
  openRun();
  expect(await screen.findByText("1 unknown")).toBeVisible();
});

test("a run that is not there is told so", async () => {
  server.use(
    http.get("/run/{id}", ({ response }) =>
      response(404).json(
        { type: "about:blank", title: "Not found", status: 404, detail: "Run not found" },
        {
          headers: { "Content-Type": "application/problem+json" },
        },
      ),
    ),
  );
  openRun();
  expect(await screen.findByRole("heading", { name: "There is no such thing as this run" })).toBeVisible();
});

test("a run of somebody else's project is told so", async () => {
  server.use(
    http.get("/run/{id}", ({ response }) =>
      response(403).json({ type: "about:blank", title: "No", status: 403, detail: "Forbidden" }),
    ),
  );
  openRun();
  expect(await screen.findByRole("heading", { name: "You may not see this run" })).toBeVisible();
});

test("an empty run says that nothing came yet", async () => {
  serve({ run: aRun({ summary: { tests: 0, passes: 0, failures: 0, pass_percent: 0 } }) });
  openRun();
  expect(await screen.findByRole("heading", { name: "This run has no results yet" })).toBeVisible();
  expect(screen.getByText("No results")).toBeVisible();
  expect(screen.queryByText(/passed$/)).toBeNull();
});

test("artifacts are those of the run", async () => {
  openRun("/artifacts");
  expect(await screen.findByText(`Artifacts of ${RUN_ID}`)).toBeVisible();
});

test("metadata is shown as a table and as JSON", async () => {
  serve({ run: aRun({ metadata: { jenkins: { build_url: "https://ci.example/10" }, text: "yes" } }) });
  const { user } = openRun("/metadata");
  const table = await screen.findByRole("table", { name: "Metadata" });
  expect(within(table).getByRole("row", { name: "text yes" })).toBeVisible();
  expect(within(table).getByRole("link", { name: "https://ci.example/10" })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "The run as JSON" }));
  expect(screen.getByText(/"pass_percent": 66/)).toBeVisible();
});
