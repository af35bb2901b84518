import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import type { SavedFilter } from "@/api/types";
import { aUser, newId, onOnePage, PROJECT_ID } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { SavedFilters } from "./saved-filters";
import { useList } from "./use-list";

function Menu() {
  return <SavedFilters entity="result" projectId={PROJECT_ID} list={useList()} />;
}

function aSavedFilter(facts: Partial<SavedFilter> = {}): SavedFilter {
  return {
    id: newId(),
    project_id: PROJECT_ID,
    user_id: aUser().id,
    name: "Failures on stage",
    entity: "result",
    filters: ["result=failed", "env=stage"],
    sort: null,
    is_shared: false,
    created: "2026-11-20T08:41:59Z",
    ...facts,
  };
}

let saved: SavedFilter[];

beforeEach(() => {
  saved = [];
  server.use(
    http.get("/user", ({ response }) => response(200).json(aUser({ is_superadmin: true }))),
    http.get("/saved-filter", ({ response }) =>
      response(200).json({ saved_filters: saved, pagination: onOnePage(saved.length) }),
    ),
  );
});

function show(search = "") {
  return renderPage(<Menu />, { at: `/list${search}` });
}

describe("saved filters", () => {
  it("are listed, one's own and those of others, and shown by a click", async () => {
    saved = [
      aSavedFilter(),
      aSavedFilter({ name: "Slow ones", filters: ["duration>60"], sort: "-start_time", is_shared: true }),
      aSavedFilter({ name: "Runs only", entity: "run" }),
    ];
    const { user, location } = show();
    await user.click(screen.getByRole("button", { name: "Saved filters" }));
    expect(await screen.findByText("result is failed, env is stage")).toBeVisible();
    expect(screen.queryByText("Runs only")).toBeNull();
    await user.click(screen.getByText("Slow ones"));
    expect(location()).toBe("/list?filter=duration%3E60&sort=-start_time");
    expect(screen.getByRole("button", { name: "Slow ones" })).toBeVisible();
  });

  it("are saved under a name, with times that go on moving, and shared by maintainers", async () => {
    let body: unknown;
    server.use(
      http.post("/saved-filter", async ({ request, response }) => {
        body = await request.json();
        return response(201).json(aSavedFilter());
      }),
    );
    const { user } = show("?filter=env%3Dqa&filter=start_time%3E-7d&sort=-start_time");
    await user.click(screen.getByRole("button", { name: "Saved filters" }));
    await user.click(await screen.findByText("Save this filter…"));
    await user.type(screen.getByRole("textbox", { name: /Name/ }), "On qa");
    await user.click(screen.getByRole("checkbox", { name: /Shared/ }));
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("Saved as On qa")).toBeVisible();
    expect(body).toEqual({
      project_id: PROJECT_ID,
      entity: "result",
      name: "On qa",
      is_shared: true,
      filters: ["env=qa", "start_time>-7d"],
      sort: "-start_time",
    });
  });

  it("are not saved under a name that is taken, which is told at the name", async () => {
    const detail = "A saved filter with the name On qa already exists";
    server.use(
      http.post("/saved-filter", ({ response }) =>
        response(409).json({ type: "about:blank", title: "Conflict", status: 409, detail }),
      ),
    );
    const { user } = show("?filter=env%3Dqa");
    await user.click(screen.getByRole("button", { name: "Saved filters" }));
    await user.click(await screen.findByText("Save this filter…"));
    await user.type(screen.getByRole("textbox", { name: /Name/ }), "On qa{Enter}");
    expect(await screen.findByText(detail)).toBeVisible();
  });

  it("are renamed, set to what is shown, and deleted after a second click", async () => {
    saved = [aSavedFilter()];
    const changes: unknown[] = [];
    server.use(
      http.put("/saved-filter/{id}", async ({ request, response }) => {
        changes.push(await request.json());
        return response(200).json(aSavedFilter());
      }),
      http.delete("/saved-filter/{id}", ({ response }) => {
        changes.push("deleted");
        return response(200).json("OK");
      }),
    );
    const { user } = show("?filter=env%3Dqa");
    await user.click(screen.getByRole("button", { name: "Saved filters" }));
    await user.click(await screen.findByText("Change saved filters…"));
    const dialog = within(screen.getByRole("dialog"));
    await user.type(dialog.getByRole("textbox"), " now");
    await user.click(dialog.getByRole("button", { name: "Rename" }));
    await user.click(await dialog.findByRole("button", { name: "Set to what is shown" }));
    await waitFor(() => expect(changes).toHaveLength(2));
    await user.click(dialog.getByRole("button", { name: "Delete Failures on stage" }));
    await user.click(dialog.getByRole("button", { name: "Really delete Failures on stage" }));
    await waitFor(() =>
      expect(changes).toEqual([
        { name: "Failures on stage now" },
        { filters: ["env=qa"], sort: null },
        "deleted",
      ]),
    );
  });
});
