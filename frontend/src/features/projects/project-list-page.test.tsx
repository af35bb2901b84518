import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import type { Project } from "@/api/types";
import { aProject, newId, onOnePage } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { ProjectListPage } from "./project-list-page";

function list(...projects: Project[]) {
  server.use(
    http.get("/project", ({ response }) =>
      response(200).json({ projects, pagination: onOnePage(projects.length) }),
    ),
  );
}

function many() {
  const others = [1, 2, 3, 4, 5, 6].map((n) => aProject({ id: newId(), name: `p${n}`, title: `Part ${n}` }));
  list(aProject({ name: "shop", title: "The store" }), ...others);
}

describe("the list of projects", () => {
  it("says that it is loading, and then leads to each project", async () => {
    list(aProject());
    renderPage(<ProjectListPage />);
    expect(screen.getByText("Loading your projects")).toBeInTheDocument();
    const link = await screen.findByRole("link", { name: "My Project" });
    expect(link).toHaveAttribute("href", `/project/${aProject().id}`);
    expect(screen.getByText("my-project")).toBeVisible();
  });

  it("is filtered by name and by title as one types, and the address says so", async () => {
    many();
    const { user, location } = renderPage(<ProjectListPage />);
    await user.type(await screen.findByRole("textbox", { name: "Filter projects" }), "STORE");
    expect(screen.getAllByRole("listitem")).toHaveLength(1);
    expect(screen.getByRole("link", { name: "The store" })).toBeVisible();
    expect(location()).toBe("/?q=STORE");
  });

  it("says that nothing matches, and shows everything again", async () => {
    many();
    const { user } = renderPage(<ProjectListPage />, { at: "/?q=zzz" });
    expect(await screen.findByText("No project matches “zzz”")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Show all projects" }));
    expect(screen.getAllByRole("listitem")).toHaveLength(7);
  });

  it("asks the server where there are more than can be loaded", async () => {
    server.use(
      http.get("/project", ({ query, response }) => {
        const isAsked = query.get("filter") === "name%far";
        const project = isAsked ? aProject({ name: "far-away", title: null }) : aProject();
        return response(200).json({ projects: [project], pagination: onOnePage(isAsked ? 1 : 5000) });
      }),
    );
    const { user } = renderPage(<ProjectListPage />);
    expect(await screen.findByText(/the first 1 of 5,000/)).toBeVisible();
    await user.type(screen.getByRole("textbox", { name: "Filter projects" }), "far");
    expect(await screen.findByRole("link", { name: "far-away" })).toBeVisible();
  });

  it("says why it cannot be shown", async () => {
    const body = { type: "about:blank", title: "Mistake", status: 500, detail: "It has been logged" };
    server.use(
      http.get("/project", ({ response }) => response.untyped(Response.json(body, { status: 500 }))),
    );
    renderPage(<ProjectListPage />);
    expect(await screen.findByRole("alert")).toHaveTextContent("It has been logged");
  });
});

describe("creating a project", () => {
  async function create() {
    list();
    const page = renderPage(<ProjectListPage />, { path: "/project", at: "/project" });
    expect(await screen.findByText("You are in no project yet")).toBeVisible();
    await page.user.click(screen.getByRole("button", { name: "Create project" }));
    const dialog = within(screen.getByRole("dialog"));
    await page.user.type(dialog.getByLabelText(/Name/), "my-project");
    await page.user.type(dialog.getByLabelText(/Title/), "My Project");
    await page.user.click(dialog.getByRole("button", { name: "Create" }));
    return page;
  }

  it("leads to sending the first results", async () => {
    let body: unknown;
    server.use(
      http.post("/project", async ({ request, response }) => {
        body = await request.json();
        return response(201).json(aProject());
      }),
    );
    const { location } = await create();
    expect(await screen.findByText("Another page")).toBeVisible();
    expect(location()).toBe(`/project/${aProject().id}/start`);
    expect(body).toEqual({ name: "my-project", title: "My Project" });
  });

  it("says at the field that the name is taken", async () => {
    const message = "A project with the name my-project already exists";
    const body = { type: "about:blank", title: "Conflict", status: 409, detail: message };
    server.use(
      http.post("/project", ({ response }) =>
        response.untyped(Response.json({ ...body, errors: [{ field: "name", message }] }, { status: 409 })),
      ),
    );
    await create();
    expect(await screen.findByText(message)).toBeVisible();
    expect(screen.getByLabelText(/Name/)).toBeInvalid();
  });
});
