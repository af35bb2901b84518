import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { aFailureGroup, aRun, PROJECT_ID, RUN_ID } from "@/testing/factories";
import { http, server } from "@/testing/server";

import { openRun, serve } from "./testing";

const LIST = ["get", "/run", {}];
const RUN = aRun({ metadata: { branch: "main", team: "a" } });

async function openMenu(facts: Parameters<typeof serve>[0] = {}) {
  serve({ run: RUN, groups: [aFailureGroup()], ...facts });
  const page = openRun("/failures");
  await screen.findByRole("heading", { level: 2 });
  await page.user.click(screen.getByRole("button", { name: "Actions" }));
  return page;
}

test("anybody may take the run away as a file", async () => {
  await openMenu({ isMaintainer: false });
  const csv = await screen.findByRole("menuitem", { name: "Export as CSV" });
  expect(csv).toHaveAttribute("href", `/api/run/${RUN_ID}/export?format=csv`);
  expect(csv).toHaveAttribute("download", `run-${RUN_ID}.csv`);
  expect(screen.queryByRole("menuitem", { name: "Delete" })).toBeNull();
});

test("a maintainer keeps a run for ever", async () => {
  let sent: unknown;
  const { user, queryClient } = await openMenu();
  queryClient.setQueryData(LIST, {});
  server.use(
    http.put("/run/{id}", async ({ request, response }) => {
      sent = await request.json();
      return response(200).json({ ...RUN, is_kept: true });
    }),
    http.get("/run/{id}", ({ response }) => response(200).json({ ...RUN, is_kept: true })),
  );
  await user.click(screen.getByRole("menuitem", { name: "Keep for ever" }));
  expect(await screen.findByText("Kept for ever")).toBeVisible();
  expect(sent).toEqual({ is_kept: true });
  expect(queryClient.getQueryState(LIST)?.isInvalidated).toBe(true);
});

test("a refused change says why", async () => {
  const { user } = await openMenu();
  server.use(
    http.put("/run/{id}", ({ response }) =>
      response(403).json({ type: "", title: "No", status: 403, detail: "Forbidden for you" }),
    ),
  );
  await user.click(screen.getByRole("menuitem", { name: "Keep for ever" }));
  expect(await screen.findByText("Forbidden for you")).toBeVisible();
});

test("a maintainer edits the metadata, and what came meanwhile stays", async () => {
  let sent: { url: string; body: unknown } | undefined;
  const { user, queryClient } = await openMenu();
  queryClient.setQueryData(LIST, {});
  await user.click(screen.getByRole("menuitem", { name: "Edit metadata" }));
  const dialog = await screen.findByRole("dialog", { name: /Edit metadata/ });
  server.use(
    http.get("/run/{id}", ({ response }) =>
      response(200).json(aRun({ metadata: { ...RUN.metadata, late: true } })),
    ),
    http.put("/run/{id}", async ({ request, response }) => {
      sent = { url: request.url, body: await request.json() };
      return response(200).json(RUN);
    }),
  );
  const text = within(dialog).getByRole("textbox", { name: "Metadata as JSON" });
  fireEvent.change(text, { target: { value: '{"branch": "dev"' } });
  expect(within(dialog).getByRole("button", { name: "Save" })).toBeDisabled();
  expect(text).toHaveAttribute("aria-invalid", "true");
  fireEvent.change(text, { target: { value: '{"branch": "dev"}' } });
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent?.url).toContain("metadata=replace");
  expect(sent?.body).toEqual({ metadata: { branch: "dev", late: true } });
  expect(queryClient.getQueryState(LIST)?.isInvalidated).toBe(true);
});

test("a maintainer deletes the run and is back at the list", async () => {
  const { user, location } = await openMenu();
  server.use(http.delete("/run/{id}", ({ response }) => response(200).json("OK")));
  await user.click(screen.getByRole("menuitem", { name: "Delete" }));
  const dialog = await screen.findByRole("dialog", { name: /Delete local main/ });
  expect(dialog).toHaveTextContent("Its 3 results and all artifacts go with it.");
  await user.click(within(dialog).getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(location()).toBe(`/project/${PROJECT_ID}/runs`));
  expect(screen.getByText("The run was deleted")).toBeVisible();
});
