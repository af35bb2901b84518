import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import type { Artifact } from "@/api/types";
import { anArtifact, aUser, onOnePage, PROJECT_ID, RUN_ID } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { ArtifactList } from "./artifact-list";
import { prepareBrowser, serve } from "./testing/bytes";

const LOG = anArtifact({ filename: "traceback.log", size: 7 });
const IMAGE = anArtifact({ filename: "page.png", content_type: "image/png" });

function list(artifacts: Artifact[], user = aUser({ is_superadmin: true })) {
  server.use(
    http.get("/user", ({ response }) => response(200).json(user)),
    http.get("/project/{id}/members", ({ response }) =>
      response(200).json({ members: [], pagination: onOnePage(0) }),
    ),
    http.get("/artifact", ({ response }) =>
      response(200).json({ artifacts, pagination: onOnePage(artifacts.length) }),
    ),
  );
}
const show = (at = "/") => renderPage(<ArtifactList runId={RUN_ID} projectId={PROJECT_ID} />, { at });

beforeEach(() => {
  prepareBrowser();
  serve("one\ntwo");
});

describe("ArtifactList", () => {
  it("lists what there is and shows the artifact that tells most", async () => {
    list([IMAGE, LOG]);
    show();
    const links = within(await screen.findByRole("list", { name: "Artifacts" })).getAllByRole("link");
    expect(links.map((link) => link.textContent)).toEqual([
      expect.stringContaining("page.png"),
      expect.stringContaining("traceback.log"),
    ]);
    expect(links[1]).toHaveAttribute("aria-current", "true");
    expect(await screen.findByText("two")).toBeVisible();
  });

  it("shows the one that the address names, and puts the one that was chosen there", async () => {
    list([LOG, IMAGE]);
    const { user, location } = show(`/?artifact=${IMAGE.id}&find=x`);
    expect(await screen.findByRole("img", { name: "page.png" })).toHaveAttribute(
      "src",
      `/api/artifact/${IMAGE.id}/view`,
    );
    await user.click(screen.getByRole("link", { name: /traceback.log/ }));
    expect(location()).toBe(`/?artifact=${LOG.id}`);
    expect(await screen.findByText("two")).toBeVisible();
  });

  it("says in a sentence that there are none", async () => {
    list([], aUser());
    show();
    expect(await screen.findByText("No files are attached to this run.")).toBeVisible();
  });

  it("says why they cannot be listed", async () => {
    list([]);
    server.use(
      http.get("/artifact", ({ response }) =>
        response(503).json({
          type: "about:blank",
          title: "No",
          status: 503,
          detail: "The database is away.",
        }),
      ),
    );
    show();
    expect(await screen.findByText("The database is away.")).toBeVisible();
  });

  it("offers to save, to copy and to open an artifact", async () => {
    list([LOG], aUser());
    const { user } = show();
    expect(await screen.findByRole("link", { name: "Download traceback.log" })).toHaveAttribute(
      "href",
      `/api/artifact/${LOG.id}/download`,
    );
    expect(screen.getByRole("link", { name: "Full page" })).toHaveAttribute(
      "href",
      `/project/${PROJECT_ID}/artifacts/${LOG.id}`,
    );
    await user.click(screen.getByRole("button", { name: "Copy" }));
    await waitFor(async () => expect(await navigator.clipboard.readText()).toBe("one\ntwo"));
    expect(screen.queryByRole("button", { name: "Delete" })).not.toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Upload" })).not.toBeInTheDocument();
  });

  it("deletes an artifact for maintainers, after a question", async () => {
    list([LOG, IMAGE]);
    const { user } = show(`/?artifact=${LOG.id}`);
    await user.click(await screen.findByRole("button", { name: "Delete" }));
    server.use(
      http.delete("/artifact/{id}", ({ params, response }) => {
        list(params.id === LOG.id ? [IMAGE] : [LOG]);
        return response.untyped(Response.json("OK"));
      }),
    );
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete" }));
    expect(await screen.findByText("traceback.log deleted")).toBeVisible();
    await waitFor(() =>
      expect(screen.queryByRole("link", { name: /traceback.log/ })).not.toBeInTheDocument(),
    );
    expect(await screen.findByRole("img", { name: "page.png" })).toBeVisible();
  });

  it("says why an artifact was not deleted", async () => {
    list([LOG]);
    const { user } = show();
    await user.click(await screen.findByRole("button", { name: "Delete" }));
    server.use(
      http.delete("/artifact/{id}", ({ response }) =>
        response(403).json({ type: "about:blank", title: "No", status: 403, detail: "Not yours." }),
      ),
    );
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete" }));
    expect(await screen.findByText("Not yours.")).toBeVisible();
  });

  it("attaches a file for reporters", async () => {
    list([]);
    const { user } = show();
    await screen.findByRole("button", { name: "Upload" });
    server.use(
      http.post("/artifact", ({ response }) => {
        list([LOG]);
        return response(201).json(LOG);
      }),
    );
    await user.upload(screen.getByLabelText("Files to upload"), new File(["one\ntwo"], "traceback.log"));
    expect(await screen.findByText("traceback.log uploaded")).toBeVisible();
    expect(await screen.findByRole("link", { name: /traceback.log/, current: true })).toBeVisible();
  });
});
