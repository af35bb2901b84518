import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";

import type { Run } from "@/api/types";
import { aRun, aUser, newId, onOnePage, PROJECT_ID, RUN_ID } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { RunListPage } from "./run-list-page";

const PATH = "/project/:projectId/runs";
const AT = `/project/${PROJECT_ID}/runs`;
const OTHER_ID = newId();

let runs: Run[];
let asked: URLSearchParams[];

beforeEach(() => {
  asked = [];
  runs = [
    aRun({
      metadata: { jenkins: { job_name: "nightly", build_number: "10" }, branch: "main", tags: ["old"] },
    }),
    aRun({
      id: OTHER_ID,
      env: "stage",
      metadata: { title: "Release check" },
      start_time: "2026-11-19T08:41:00Z",
    }),
  ];
  server.use(
    http.get("/user", ({ response }) => response(200).json(aUser({ is_superadmin: true }))),
    http.get("/project/filter-params/{id}", ({ response }) => response(200).json([])),
    http.get("/saved-filter", ({ response }) =>
      response(200).json({ saved_filters: [], pagination: onOnePage(0) }),
    ),
    http.get("/run", ({ request, response }) => {
      asked.push(new URL(request.url).searchParams);
      return response(200).json({ runs, pagination: onOnePage(runs.length) });
    }),
    http.get("/runs/comparisons", ({ response }) =>
      response(200).json({
        comparisons: [
          { id: RUN_ID, previous_run_id: OTHER_ID, change: -2.5 },
          { id: OTHER_ID, previous_run_id: null, change: null },
        ],
      }),
    ),
  );
});

function show(search = "") {
  return renderPage(<RunListPage />, { path: PATH, at: AT + search });
}

async function rowOf(name: string) {
  return within(await screen.findByRole("row", { name: new RegExp(name) }));
}

it("lists runs with their names, their counts, and what became of their pass rates", async () => {
  show();
  const row = await rowOf("nightly #10");
  expect(row.getByRole("link", { name: "nightly #10" })).toHaveAttribute("href", `${AT}/${RUN_ID}`);
  expect(row.getByRole("img", { name: "1 failed, 2 passed" })).toBeVisible();
  expect(row.getByText("66.6%")).toBeVisible();
  expect(await row.findByRole("link", { name: /−2.5 points since/ })).toHaveAttribute(
    "href",
    `/project/${PROJECT_ID}/compare?runs=${OTHER_ID},${RUN_ID}`,
  );
  expect(row.getByText("7.3 s")).toHaveAttribute("title", "The tests together took 12.5 s");
  expect((await rowOf("Release check")).getByText("–")).toBeVisible();
});

it("asks the server for what the address says", async () => {
  show("?filter=env%3Dqa&sort=-duration&page=2&pageSize=50");
  await screen.findByRole("link", { name: "nightly #10" });
  expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({ sort: "-duration", page: "2", pageSize: "50" });
  expect(asked[0]?.getAll("filter")).toEqual([`project_id=${PROJECT_ID}`, "env=qa"]);
});

it("asks for relative times as whole minutes", async () => {
  show("?filter=start_time%3E-24h");
  await screen.findByRole("link", { name: "nightly #10" });
  expect(asked[0]?.getAll("filter")[1]).toMatch(/^start_time>\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/);
});

it("narrows the list down by a click on a badge, and Back undoes it", async () => {
  const { user, location, router } = show();
  await user.click((await rowOf("Release check")).getByRole("button", { name: "stage" }));
  expect(location()).toBe(`${AT}?filter=env%3Dstage`);
  await router.navigate(-1);
  await waitFor(() => expect(location()).toBe(AT));
});

it("sorts by the server", async () => {
  const { user, location } = show();
  await screen.findByRole("link", { name: "nightly #10" });
  await user.click(screen.getByRole("button", { name: "Pass rate" }));
  expect(location()).toBe(`${AT}?sort=-pass_percent`);
  await waitFor(() => expect(asked.at(-1)?.get("sort")).toBe("-pass_percent"));
});

it("leads to the first results where there is no run", async () => {
  runs = [];
  show();
  expect(await screen.findByRole("link", { name: "Send first results" })).toHaveAttribute(
    "href",
    `/project/${PROJECT_ID}/start`,
  );
});

it("offers to clear the filter where no run matches", async () => {
  runs = [];
  const { user, location } = show("?filter=env%3Dnowhere");
  await user.click(await screen.findByRole("button", { name: "Clear filters" }));
  expect(location()).toBe(AT);
});

it("leads back from a page that is not there", async () => {
  runs = [];
  const { user, location } = show("?page=9");
  await user.click(await screen.findByRole("button", { name: "First page" }));
  expect(location()).toBe(AT);
});

it("tells at the box what the server does not understand", async () => {
  server.use(
    http.get("/run", ({ response }) => response(400).json(refused(400, "Unknown field 'colour'") as never)),
  );
  show("?filter=colour%3Dred");
  expect(await screen.findByText("The filter is not understood")).toBeVisible();
  expect(screen.getByRole("combobox", { name: "Filter runs" })).toHaveAccessibleDescription(
    /Unknown field 'colour'/,
  );
});

it("tells why runs could not be loaded, and tries again", async () => {
  let isDown = true;
  server.use(
    http.get("/run", ({ response }) =>
      isDown
        ? response(500).json(refused(500, "The database is away") as never)
        : response(200).json({ runs, pagination: onOnePage(2) }),
    ),
  );
  const { user } = show();
  expect(await screen.findByText("The database is away")).toBeVisible();
  isDown = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("link", { name: "nightly #10" })).toBeVisible();
});

it("compares exactly two runs, the earlier one before the later one", async () => {
  const { user } = show();
  await select(user, "nightly #10");
  expect(screen.getByRole("button", { name: "Compare" })).toHaveAttribute("aria-disabled", "true");
  await select(user, "Release check");
  expect(screen.getByRole("link", { name: "Compare" })).toHaveAttribute(
    "href",
    `/project/${PROJECT_ID}/compare?runs=${OTHER_ID},${RUN_ID}`,
  );
});

it("adds tags to those that runs have, and sets metadata", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post("/runs/bulk-update", async ({ request, response }) => {
      sent.push([new URL(request.url).searchParams.getAll("filter")[1], await request.json()]);
      return response(200).json({ runs: [], pagination: onOnePage(0) });
    }),
  );
  const { user } = show();
  await select(user, "nightly #10");
  await select(user, "Release check");
  await user.click(screen.getByRole("button", { name: "Edit…" }));
  await user.type(screen.getByRole("textbox", { name: /Tags/ }), "seen, old");
  await user.type(screen.getByRole("textbox", { name: "Key 1" }), "reviewer");
  await user.type(screen.getByRole("textbox", { name: "Value 1" }), "ana");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Changed 2 runs")).toBeVisible();
  expect(sent).toEqual([
    [`id*${RUN_ID}`, { metadata: { reviewer: "ana", tags: ["old", "seen"] } }],
    [`id*${OTHER_ID}`, { metadata: { reviewer: "ana", tags: ["seen", "old"] } }],
  ]);
});

it("keeps runs for ever", async () => {
  const sent: unknown[] = [];
  server.use(
    http.put("/run/{id}", async ({ request, response }) => {
      sent.push(await request.json());
      return response(200).json(aRun({ is_kept: true }));
    }),
  );
  const { user } = show();
  await select(user, "nightly #10");
  await user.click(screen.getByRole("button", { name: "Keep" }));
  expect(await screen.findByText("Keeping 1 run")).toBeVisible();
  expect(sent).toEqual([{ is_kept: true }]);
});

it("deletes runs once that is confirmed, and names those that are still there", async () => {
  server.use(
    http.delete("/run/{id}", ({ params, response }) =>
      params.id === RUN_ID
        ? response(200).json("OK")
        : response(403).json(refused(403, "It is being imported") as never),
    ),
  );
  const { user } = show();
  await select(user, "nightly #10");
  await select(user, "Release check");
  await user.click(screen.getByRole("button", { name: "Delete…" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete" }));
  expect(await screen.findByText("Deleted 1 run")).toBeVisible();
  expect(screen.getByText("Not deleted: Release check")).toBeVisible();
  expect(screen.getByText("It is being imported")).toBeVisible();
});

it("offers those who may only look nothing but to compare", async () => {
  server.use(
    http.get("/user", ({ response }) => response(200).json(aUser())),
    http.get("/project/{id}/members", ({ response }) =>
      response(200).json({ members: [], pagination: onOnePage(0) }),
    ),
  );
  const { user } = show();
  await select(user, "nightly #10");
  expect(screen.getByRole("button", { name: "Compare" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Delete…" })).toBeNull();
});

it("marks runs that are kept", async () => {
  runs = [aRun({ is_kept: true, metadata: { title: "Release" } })];
  show();
  expect((await rowOf("Release")).getByText("Kept for ever")).toBeInTheDocument();
});

async function select(user: ReturnType<typeof show>["user"], name: string) {
  await user.click(await screen.findByRole("checkbox", { name: `Select ${name}` }));
}

function refused(status: number, detail: string) {
  return { type: "about:blank", title: "Refused", status, detail };
}
