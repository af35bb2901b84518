import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { aProject, aRun, aUser, onOnePage, PROJECT_ID } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { lastProject } from "../last-project";
import { Shell } from "./shell";

const PATH = "/project/:projectId/runs";
const AT = `/project/${PROJECT_ID}/runs`;
const OTHER = "0197c0f6-1111-7c3e-9b6a-000000000002";

beforeEach(() => {
  window.innerWidth = 1440;
  server.use(
    http.get("/user", ({ response }) => response(200).json(aUser())),
    http.get("/project/{id}", ({ response }) => response(200).json(aProject())),
    http.get("/project", ({ query, response }) => {
      const all = [aProject(), aProject({ id: OTHER, name: "website", title: null })];
      const wanted = query.get("filter")?.replace("name%", "") ?? "";
      const projects = all.filter(({ name }) => name.includes(wanted));
      return response(200).json({ projects, pagination: onOnePage(projects.length) });
    }),
  );
});

test("the place where somebody is is marked", async () => {
  renderPage(<Shell />, { path: PATH, at: AT });
  const places = screen.getByRole("navigation", { name: "Places" });
  expect(within(places).getByRole("link", { name: "Runs" })).toHaveAttribute("aria-current", "page");
  expect(within(places).getByRole("link", { name: "Results" })).not.toHaveAttribute("aria-current");
  expect(await screen.findByDisplayValue("My Project")).toBeVisible();
  expect(lastProject()).toBe(PROJECT_ID);
});

test("a project of others is refused, whatever its pages ask, and is not opened the next time", async () => {
  const problem = { type: "about:blank", title: "Unauthorized", status: 401, detail: "not a member" };
  server.use(http.get("/project/{id}", ({ response }) => response(401).json(problem as never)));
  renderPage(<Shell />, { path: PATH, at: AT });
  expect(await screen.findByText("You may not see this project")).toBeVisible();
  expect(lastProject()).toBeUndefined();
});

test("who could not sign out is told so, and is still there", async () => {
  const problem = { type: "about:blank", title: "x", status: 503, detail: "The database is away" };
  server.use(http.post("/login/logout", ({ response }) => response(503).json(problem as never)));
  const { user, location } = renderPage(<Shell />, { path: PATH, at: AT });
  await user.click(await screen.findByRole("button", { name: "Account: Jo" }));
  await user.click(screen.getByRole("menuitem", { name: "Sign out" }));
  expect(await screen.findByText("The database is away")).toBeVisible();
  expect(location()).toBe(AT);
});

test("another project is found by typing and opened by Enter", async () => {
  const { user, location } = renderPage(<Shell />, { path: PATH, at: AT });
  const box = await screen.findByDisplayValue("My Project");
  await user.clear(box);
  await user.type(box, "web");
  expect(await screen.findByRole("option", { name: "website" })).toBeVisible();
  await user.keyboard("{Enter}");
  expect(location()).toBe(`/project/${OTHER}/runs`);
});

test("tests and runs are found by Ctrl-K", async () => {
  server.use(
    http.get("/project/{id}/search", ({ query, response }) =>
      response(200).json({
        tests: [{ test_id: `test_${query.get("text")}`, last_seen: "2026-11-20T08:00:00Z" }],
        runs: [aRun({ source: "nightly" })],
        results: [],
      }),
    ),
  );
  const { user, location } = renderPage(<Shell />, { path: PATH, at: AT });
  await user.keyboard("{Control>}k{/Control}");
  await user.type(screen.getByRole("combobox", { name: "Find tests and runs" }), "cart");
  expect(await screen.findByRole("option", { name: /test_cart/ })).toBeVisible();
  expect(screen.getByRole("option", { name: /nightly · web · qa/ })).toHaveAttribute("aria-selected", "true");
  await user.keyboard("{ArrowDown}{Enter}");
  expect(decodeURIComponent(location())).toBe(`/project/${PROJECT_ID}/results?filter=test_id=test_cart`);
});

test("the keys are told by a question mark, but not to who is typing one", async () => {
  const { user } = renderPage(<Shell />, { path: PATH, at: AT });
  await user.type(screen.getByRole("combobox", { name: "Project" }), "?");
  expect(screen.queryByRole("dialog", { name: "Keyboard" })).toBeNull();
  await user.keyboard("{Escape}");
  await user.click(document.body);
  await user.keyboard("?");
  expect(screen.getByRole("dialog", { name: "Keyboard" })).toBeVisible();
});

test("a theme is chosen and kept", async () => {
  const { user } = renderPage(<Shell />, { path: PATH, at: AT });
  await user.click(screen.getByRole("button", { name: "Theme: As the system" }));
  await user.click(screen.getByRole("option", { name: "Dark" }));
  expect(document.documentElement).toHaveClass("pf-v6-theme-dark");
  expect(localStorage.getItem("ibutsu.theme")).toBe('"dark"');
});
