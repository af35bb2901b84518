import { createEvent, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { delay } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import type { Import } from "@/api/types";
import type { Role } from "@/api/user";
import { anImport, aUser, onOnePage, PROJECT_ID, RUN_ID } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { ImportPage } from "./import-page";

const jo = aUser();
const FILE = new File(["<testsuite/>"], "junit.xml", { type: "text/xml" });

function become(role: Role) {
  server.use(
    http.get("/project/{id}/members", ({ response }) =>
      response(200).json({ members: [{ user: jo, role }], pagination: onOnePage(1) }),
    ),
  );
}

function list(...imports: Import[]) {
  server.use(
    http.get("/import", ({ response }) =>
      response(200).json({ imports, pagination: onOnePage(imports.length) }),
    ),
  );
}

/** The server takes every file; what it says about the import changes with each question. */
function take(first: Import, ...then: Import[]) {
  const answers = then.length > 0 ? then : [first];
  server.use(
    http.post("/import", ({ response }) => response(201).json(first)),
    http.get("/import/{id}", ({ response }) =>
      response(200).json((answers.length > 1 ? answers.shift() : answers[0]) ?? first),
    ),
  );
}

function refuse(status: number, detail: string) {
  const body = { type: "about:blank", title: "Refused", status, detail };
  server.use(http.post("/import", ({ response }) => response.untyped(Response.json(body, { status }))));
}

function show() {
  const at = `/project/${PROJECT_ID}/imports`;
  return renderPage(<ImportPage />, { path: "/project/:projectId/imports", at });
}

async function choose(page: ReturnType<typeof show>, ...files: File[]) {
  await screen.findByRole("button", { name: "Choose files" });
  await page.user.upload(screen.getByLabelText("Report files"), files.length > 0 ? files : FILE);
}

beforeEach(() => {
  become("maintainer");
  list();
  server.use(http.get("/user", ({ response }) => response(200).json(jo)));
});

describe("uploading report files", () => {
  it("leads to the run, with what was left out", async () => {
    const done = anImport({ metadata: { warnings: ["case 1: it was left out"] } });
    take(anImport({ ...done, status: "pending", run_id: null }), done);
    const page = show();
    await choose(page);
    const uploads = within(await screen.findByRole("list", { name: "Uploads" }));
    expect(await uploads.findByRole("link", { name: "Look at the run" })).toHaveAttribute(
      "href",
      `/project/${PROJECT_ID}/runs/${RUN_ID}`,
    );
    await page.user.click(uploads.getByRole("button", { name: "1 warning" }));
    expect(uploads.getByText("case 1: it was left out")).toBeVisible();
  });

  it("shows how much of it is stored while it is imported", async () => {
    const running = anImport({ status: "running", run_id: null, progress: { seen: 200, done: 50 } });
    take(running, running, anImport({ id: running.id }));
    await choose(show());
    expect(await screen.findByText(/^50 of 200 results stored/)).toBeVisible();
    expect(screen.getByRole("progressbar", { name: /200 results stored: junit.xml/ })).toHaveAttribute(
      "aria-valuenow",
      "25",
    );
    expect(await screen.findByRole("link", { name: "Look at the run" }, { timeout: 4000 })).toBeVisible();
  });

  it("says why an import failed, and tries it again", async () => {
    const failed = anImport({ status: "error", run_id: null, error: "line 6: the XML is broken" });
    take(failed, failed, anImport({ id: failed.id }));
    server.use(http.post("/import/{id}/retry", ({ response }) => response(200).json(failed)));
    const page = show();
    await choose(page);
    expect(await screen.findByRole("alert")).toHaveTextContent("line 6: the XML is broken");
    await page.user.click(screen.getByRole("button", { name: "Retry: junit.xml" }));
    expect(await screen.findByRole("link", { name: "Look at the run" })).toBeVisible();
  });

  it("can be cancelled while it is imported", async () => {
    const running = anImport({ status: "running", run_id: null, progress: { seen: 9, done: 0 } });
    take(
      running,
      running,
      anImport({ id: running.id, status: "error", error: "Cancelled by jo@example.com" }),
    );
    server.use(http.post("/import/{id}/cancel", ({ response }) => response(200).json(running)));
    const page = show();
    await choose(page);
    await page.user.click(await screen.findByRole("button", { name: "Cancel: junit.xml" }));
    expect(await screen.findByText("Cancelled by jo@example.com")).toBeVisible();
  });

  it("says why a file is not accepted, next to those that are", async () => {
    refuse(415, "notes.txt is in none of the formats that can be read");
    await choose(show(), new File(["x"], "notes.txt"));
    expect(await screen.findByRole("alert")).toHaveTextContent("none of the formats");
  });

  it("offers to send again what was lost on its way", async () => {
    server.use(http.post("/import", ({ response }) => response.untyped(Response.error())));
    const page = show();
    await choose(page);
    expect(await screen.findByRole("alert")).toHaveTextContent("The connection was lost");
    take(anImport());
    await page.user.click(screen.getByRole("button", { name: "Send again: junit.xml" }));
    expect(await screen.findByRole("link", { name: "Look at the run" })).toBeVisible();
  });

  it("says that the session has ended, and where to sign in", async () => {
    refuse(401, "Not signed in");
    await choose(show());
    expect(await screen.findByRole("alert")).toHaveTextContent("You are signed out");
    expect(screen.getByRole("link", { name: "Sign in in another tab" })).toBeVisible();
  });

  it("takes files that are dropped, and says that folders are none", async () => {
    take(anImport());
    show();
    await screen.findByRole("button", { name: "Choose files" });
    const folder = new File([], "allure-results");
    const item = (isDirectory: boolean) => ({ kind: "file", webkitGetAsEntry: () => ({ isDirectory }) });
    const drop = createEvent.drop(document.body, {
      dataTransfer: { types: ["Files"], items: [item(false), item(true)], files: [FILE, folder] },
    });
    fireEvent(document.body, drop);
    expect(await screen.findByText(/Folders cannot be uploaded: allure-results/)).toBeVisible();
    expect(await screen.findByRole("link", { name: "Look at the run" })).toBeVisible();
  });

  it("waits until the metadata is right", async () => {
    const { user } = show();
    await user.click(await screen.findByRole("button", { name: /Details/ }));
    await user.type(screen.getByLabelText("Metadata"), "env=qa");
    expect(screen.getByText(/It is not JSON/)).toBeVisible();
    expect(screen.getByRole("button", { name: "Choose files" })).toHaveAttribute("aria-disabled", "true");
  });

  it("asks before the page is left while files are being sent", async () => {
    server.use(
      http.post("/import", async ({ response }) => {
        await delay("infinite");
        return response.untyped(new Response());
      }),
    );
    const page = show();
    await choose(page);
    await screen.findByRole("progressbar", { name: "Sending: junit.xml" });
    const leave = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(leave);
    expect(leave.defaultPrevented).toBe(true);
    void page.router.navigate("/project");
    await page.user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Leave" }));
    expect(await screen.findByText("Another page")).toBeVisible();
  });

  it("is not asked for any more once the import was deleted", async () => {
    const running = anImport({ status: "running", run_id: null });
    take(running);
    let asked = 0;
    server.use(
      http.get("/import/{id}", ({ response }) => {
        asked++;
        const body = {
          type: "about:blank",
          title: "Not Found",
          status: 404,
          detail: "There is no such import",
        };
        return response.untyped(Response.json(body, { status: 404 }));
      }),
    );
    const page = show();
    await choose(page);
    expect(await screen.findByText("The import was deleted.")).toBeVisible();
    await delay(1700);
    expect(asked).toBe(1);
    await page.user.click(screen.getByRole("button", { name: "Dismiss: junit.xml" }));
    expect(screen.queryByText("The import was deleted.")).not.toBeInTheDocument();
  });

  it("makes lists of runs ask again as soon as it is imported", async () => {
    take(anImport());
    const page = show();
    const key = ["get", "/run", { params: {} }];
    page.queryClient.setQueryData(key, { runs: [] });
    await choose(page);
    await screen.findByRole("link", { name: "Look at the run" });
    await waitFor(() => expect(page.queryClient.getQueryState(key)?.isInvalidated).toBe(true));
  });

  it("is not there for people who may only look", async () => {
    become("viewer");
    show();
    expect(await screen.findByText("Nothing was imported yet")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Choose files" })).not.toBeInTheDocument();
  });
});

describe("the imports so far", () => {
  it("are those of the project, with what became of them", async () => {
    let filter: string | null = null;
    const failed = anImport({
      filename: "broken.xml",
      status: "error",
      error: "The archive is damaged",
      run_id: null,
    });
    server.use(
      http.get("/import", ({ query, response }) => {
        filter = query.get("filter");
        return response(200).json({ imports: [anImport(), failed], pagination: onOnePage(2) });
      }),
    );
    show();
    const row = within(await screen.findByRole("row", { name: /broken.xml/ }));
    expect(row.getByText("Failed")).toBeVisible();
    expect(row.getByText("The archive is damaged")).toBeVisible();
    expect(screen.getByRole("link", { name: "Look at the run of junit.xml" })).toHaveAttribute(
      "href",
      `/project/${PROJECT_ID}/runs/${RUN_ID}`,
    );
    expect(filter).toBe(`project_id=${PROJECT_ID}`);
  });

  it("are deleted by maintainers, after a question", async () => {
    const found = anImport();
    list(found);
    let deleted: unknown;
    server.use(
      http.delete("/import/{id}", ({ params, response }) => {
        deleted = params.id;
        return response(200).json("OK");
      }),
    );
    const { user } = show();
    await user.click(await screen.findByRole("button", { name: "Delete junit.xml" }));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete" }));
    expect(await screen.findByText("The import of junit.xml is deleted")).toBeVisible();
    expect(deleted).toBe(found.id);
  });

  it("are not deleted by reporters", async () => {
    become("reporter");
    list(anImport());
    show();
    expect(await screen.findByRole("button", { name: "Choose files" })).toBeVisible();
    expect(await screen.findByText("Done")).toBeVisible();
    expect(screen.queryByRole("button", { name: /Delete/ })).not.toBeInTheDocument();
  });

  it("can be asked for again when they could not be loaded", async () => {
    const body = { type: "about:blank", title: "Mistake", status: 500, detail: "It has been logged" };
    server.use(http.get("/import", ({ response }) => response.untyped(Response.json(body, { status: 500 }))));
    const { user } = show();
    expect(await screen.findByText("It has been logged")).toBeVisible();
    list(anImport());
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("junit.xml")).toBeVisible();
  });
});
