import { screen } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import type { Role } from "@/api/user";
import { aProject, aRun, aUser, newId, onOnePage, PROJECT_ID, RUN_ID } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { FirstResultsPage } from "./first-results-page";
import { ProjectPage } from "./project-page";

const jo = aUser();
let runs: ReturnType<typeof aRun>[] = [];

function become(role: Role) {
  server.use(
    http.get("/project/{id}/members", ({ response }) =>
      response(200).json({ members: [{ user: jo, role }], pagination: onOnePage(1) }),
    ),
  );
}

beforeEach(() => {
  runs = [];
  become("owner");
  server.use(
    http.get("/user", ({ response }) => response(200).json(jo)),
    http.get("/project/{id}", ({ response }) => response(200).json(aProject({ users: [jo] }))),
    http.get("/run", ({ query, response }) =>
      response(200).json({
        runs: query.get("filter") === `project_id=${PROJECT_ID}` ? runs : [],
        pagination: onOnePage(runs.length),
      }),
    ),
  );
});

function show(at = `/project/${PROJECT_ID}/start`) {
  return renderPage(<FirstResultsPage />, { path: "/project/:projectId/start", at });
}

describe("sending first results", () => {
  it("puts a token that can do nothing else into the commands, when it is asked for", async () => {
    let body: unknown;
    server.use(
      http.post("/user/token", async ({ request, response }) => {
        body = await request.json();
        const times = { created: "2026-11-20T00:00:00Z", expires: "2027-11-20T00:00:00Z" };
        const limits = { project_id: PROJECT_ID, role: "reporter" as const };
        return response(201).json({
          id: newId(),
          name: "first results",
          token: "eyJ.t.s",
          user_id: jo.id,
          ...times,
          ...limits,
        });
      }),
    );
    const { user } = show();
    expect(await screen.findByText(/--ibutsu-token YOUR_TOKEN --ibutsu-project my-project/)).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "Create a token" }));
    expect(await screen.findByText(/--ibutsu-token eyJ.t.s --ibutsu-project my-project/)).toBeVisible();
    expect(body).toEqual({ name: "first results", expires: null, project: PROJECT_ID, role: "reporter" });
  });

  it("shows other ways, and the address says which", async () => {
    const { user, location } = show();
    await user.click(await screen.findByRole("tab", { name: "GitHub Actions" }));
    expect(screen.getByText(/secrets.IBUTSU_TOKEN/)).toBeVisible();
    expect(location()).toContain("?way=github");
  });

  it("makes no token for somebody who may only look", async () => {
    become("viewer");
    show();
    expect(await screen.findByText(/Ask an owner to make you a reporter/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Create a token" })).not.toBeInTheDocument();
  });

  it("makes no token for an administrator who is no member, as it would open nothing", async () => {
    server.use(
      http.get("/user", ({ response }) => response(200).json(aUser({ is_superadmin: true }))),
      http.get("/project/{id}", ({ response }) => response(200).json(aProject())),
    );
    show();
    expect(await screen.findByText("You are no member of this project")).toBeVisible();
  });

  it("tells when the first run arrives", async () => {
    show();
    expect(await screen.findByText("Waiting for results…")).toBeVisible();
    runs = [aRun()];
    expect(await screen.findByText("The first run is here", {}, { timeout: 5000 })).toBeVisible();
    expect(screen.getByRole("link", { name: "Look at it" })).toHaveAttribute(
      "href",
      `/project/${PROJECT_ID}/runs/${RUN_ID}`,
    );
  });

  it("does not call a run the first one that was there before", async () => {
    runs = [aRun()];
    show();
    expect(await screen.findByText("This project has runs already")).toBeVisible();
  });

  it("says that the project is not one’s own", async () => {
    const body = { type: "about:blank", title: "Unauthorized", status: 401, detail: "Unauthorized" };
    server.use(
      http.get("/project/{id}", ({ response }) => response.untyped(Response.json(body, { status: 401 }))),
    );
    show();
    expect(await screen.findByText("You may not see this project")).toBeVisible();
  });
});

describe("the address of a project", () => {
  async function open() {
    const { location } = renderPage(<ProjectPage />, {
      path: "/project/:projectId",
      at: `/project/${PROJECT_ID}`,
    });
    expect(await screen.findByText("Another page")).toBeVisible();
    return location();
  }

  it("leads to its runs", async () => {
    runs = [aRun()];
    expect(await open()).toBe(`/project/${PROJECT_ID}/runs`);
  });

  it("leads to sending the first results as long as it has none", async () => {
    expect(await open()).toBe(`/project/${PROJECT_ID}/start`);
  });
});
