import { screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import { aUser, onOnePage, PROJECT_ID } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { FilterBar } from "./filter-bar";
import { useList } from "./use-list";

function Bar({ entity = "result", error }: { entity?: "run" | "result"; error?: unknown }) {
  return <FilterBar entity={entity} projectId={PROJECT_ID} list={useList()} error={error} />;
}

beforeEach(() => {
  server.use(
    http.get("/user", ({ response }) => response(200).json(aUser({ is_superadmin: true }))),
    http.get("/project/filter-params/{id}", ({ response }) => response(200).json(["test_id", "data.team"])),
    http.get("/project/{id}/field-values", ({ query, response }) =>
      response(200).json({
        values: [
          { value: "qa", count: 12 },
          { value: "stage", count: 3 },
        ].filter(({ value }) => query.get("field") === "env" && value.startsWith(query.get("prefix") ?? "")),
        is_complete: true,
      }),
    ),
    http.get("/saved-filter", ({ response }) =>
      response(200).json({ saved_filters: [], pagination: onOnePage(0) }),
    ),
  );
});

function show(search = "", props: Parameters<typeof Bar>[0] = {}) {
  const page = renderPage(<Bar {...props} />, { at: `/list${search}` });
  const conditions = () => new URL(page.location(), "http://x").searchParams.getAll("filter");
  return { ...page, conditions, box: screen.getByRole("combobox", { name: /^Filter/ }) };
}

describe("the box", () => {
  it("leads from a field over an operator to a value, with nothing but Tab and Enter", async () => {
    const { user, box, conditions } = show();
    await user.type(box, "en");
    expect(screen.getByRole("option", { name: "env environment" })).toBeVisible();
    await user.keyboard("{Tab}");
    expect(box).toHaveValue("env");
    expect(screen.getByRole("option", { name: "env is not !" })).toBeVisible();
    await user.keyboard("{Tab}");
    expect(box).toHaveValue("env=");
    await screen.findByRole("option", { name: "qa 12 results" });
    await user.keyboard("{ArrowDown}{ArrowDown}");
    expect(box).toHaveAttribute("aria-activedescendant", screen.getByRole("option", { name: /^stage/ }).id);
    await user.keyboard("{Enter}");
    expect(conditions()).toEqual(["env=stage"]);
    expect(box).toHaveValue("");
    expect(box).toHaveFocus();
  });

  it("takes several conditions at once, as one step back in the history", async () => {
    const { user, box, conditions, router } = show("?page=3");
    await user.type(box, "result=failed env!qa, duration>=10{Enter}");
    expect(conditions()).toEqual(["result=failed", "env!qa", "duration)10"]);
    await router.navigate(-1);
    await waitFor(() => expect(conditions()).toEqual([]));
  });

  it("takes a plain word for a part of the test's name", async () => {
    const { user, box, conditions } = show();
    await user.type(box, "login{Enter}");
    expect(conditions()).toEqual(["test_id%login"]);
    expect(screen.getByRole("button", { name: "Edit test_id contains login" })).toBeVisible();
  });

  it("keeps relative times relative", async () => {
    const { user, box, conditions } = show();
    await user.type(box, "start_time>7 days{Enter}");
    expect(conditions()).toEqual(["start_time>-7d"]);
    expect(screen.getByRole("button", { name: "Edit start_time in the last 7 days" })).toBeVisible();
  });

  it("adds a chosen value to a list, and goes on with it", async () => {
    const { user, box, conditions } = show();
    await user.type(box, "env*q");
    await user.click(await screen.findByRole("option", { name: /^qa/ }));
    expect(box).toHaveValue("env*qa;");
    await user.type(box, "stage{Enter}");
    expect(conditions()).toEqual(["env*qa;stage"]);
  });

  it("does not show values that came for another beginning", async () => {
    const { user, box } = show();
    await user.type(box, "env=");
    await screen.findByRole("option", { name: /^qa/ });
    await user.type(box, "s");
    expect(screen.queryByRole("option", { name: /^qa/ })).toBeNull();
    expect(screen.getByRole("option", { name: /^stage/ })).toBeVisible();
  });

  it("takes the last condition back with Backspace, and Enter replaces it", async () => {
    const { user, box, conditions } = show("?filter=result%3Dfailed&filter=env%3Dqa");
    await user.click(box);
    await user.keyboard("{Backspace}");
    expect(box).toHaveValue("env=qa");
    expect(conditions()).toHaveLength(2);
    await user.clear(box);
    await user.type(box, "env=stage{Enter}");
    expect(conditions()).toEqual(["result=failed", "env=stage"]);
  });

  it("edits the condition that is clicked, in its place; Escape leaves it as it was", async () => {
    const { user, box, conditions } = show("?filter=result%3Dfailed&filter=env%3Dqa");
    await user.click(screen.getByRole("button", { name: "Edit result is failed" }));
    expect(box).toHaveFocus();
    await user.clear(box);
    await user.type(box, "result=error{Escape}{Enter}");
    expect(conditions()).toEqual(["result=error", "env=qa"]);
    await user.click(screen.getByRole("button", { name: "Edit result is error" }));
    await user.keyboard("{Escape}{Escape}");
    expect(box).toHaveValue("");
    expect(conditions()).toEqual(["result=error", "env=qa"]);
  });

  it("loses a condition by its cross, and all of them at once", async () => {
    const { user, conditions, box } = show("?filter=result%3Dfailed&filter=env%3Dqa&filter=source%3Dx");
    await user.click(screen.getByRole("button", { name: "Remove env is qa" }));
    expect(conditions()).toEqual(["result=failed", "source=x"]);
    expect(box).toHaveFocus();
    await user.click(screen.getByRole("button", { name: "Clear all" }));
    expect(conditions()).toEqual([]);
  });

  it("says what is wrong with what was typed", async () => {
    const { user, box, conditions } = show();
    await user.type(box, "env={Escape}{Enter}");
    expect(box).toBeInvalid();
    expect(box).toHaveAccessibleDescription(/env is … what/);
    expect(conditions()).toEqual([]);
  });

  it("tells in the server's words what it does not accept, and marks the condition", () => {
    const errors = [{ field: "colour", message: "Unknown field 'colour': did you mean source?" }];
    const error = { type: "about:blank", title: "Bad Request", status: 400, detail: "no", errors };
    const { box } = show("?filter=colour%3Dred", { error });
    expect(box).toHaveAccessibleDescription(/Unknown field 'colour'/);
  });

  it("has the keys after a slash, and gives them back with Escape", async () => {
    const { user, box } = show();
    await user.keyboard("/");
    expect(box).toHaveFocus();
    expect(box).toHaveValue("");
    await user.keyboard("{ArrowDown}");
    expect(box).toHaveAttribute("aria-expanded", "true");
    await user.keyboard("{Escape}");
    expect(box).toHaveAttribute("aria-expanded", "false");
  });
});

describe("quick filters", () => {
  it("are on or off, and one span takes the place of another", async () => {
    const { user, conditions } = show("", { entity: "run" });
    await user.click(screen.getByRole("button", { name: "With failures" }));
    await user.click(screen.getByRole("button", { name: "Last 24 h" }));
    expect(screen.getByRole("button", { name: "Last 24 h", pressed: true })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "7 days" }));
    expect(conditions()).toEqual(["summary.failures>0", "start_time>-7d"]);
    await user.click(screen.getByRole("button", { name: "With failures" }));
    expect(conditions()).toEqual(["start_time>-7d"]);
  });
});
