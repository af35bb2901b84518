import { screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import { aResult, aUser, anArtifact, PROJECT_ID, RUN_ID } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { ArtifactPage } from "./artifact-page";

const RESULT = aResult({ test_id: "test_cart" });
const ARCHIVE = anArtifact({ filename: "logs.zip", content_type: "application/zip", result_id: RESULT.id });

const show = () =>
  renderPage(<ArtifactPage />, {
    path: "/project/:projectId/artifacts/:artifactId",
    at: `/project/${PROJECT_ID}/artifacts/${ARCHIVE.id}`,
  });

beforeEach(() => {
  server.use(
    http.get("/user", ({ response }) => response(200).json(aUser({ is_superadmin: true }))),
    http.get("/artifact/{id}", ({ response }) => response(200).json(ARCHIVE)),
    http.get("/result/{id}", ({ response }) => response(200).json(RESULT)),
  );
});

describe("ArtifactPage", () => {
  it("shows an artifact and the ways to its run and its result", async () => {
    show();
    expect(await screen.findByRole("heading", { level: 1, name: "logs.zip" })).toBeVisible();
    expect(await screen.findByRole("link", { name: "test_cart" })).toHaveAttribute(
      "href",
      `/project/${PROJECT_ID}/results/${RESULT.id}`,
    );
    expect(screen.getByRole("link", { name: /^Run / })).toHaveAttribute(
      "href",
      `/project/${PROJECT_ID}/runs/${RUN_ID}`,
    );
    expect(await screen.findByText(/cannot be shown here/)).toBeVisible();
    expect(document.title).toBe("logs.zip · Ibutsu");
  });

  it("says that there is no such artifact", async () => {
    server.use(
      http.get("/artifact/{id}", ({ response }) =>
        response(404).json({ type: "about:blank", title: "Not Found", status: 404, detail: "Gone" }),
      ),
    );
    show();
    expect(await screen.findByText("There is no such thing as this artifact")).toBeVisible();
  });

  it("leads back to the result when the artifact was deleted", async () => {
    server.use(http.delete("/artifact/{id}", ({ response }) => response.untyped(Response.json("OK"))));
    const { user, location } = show();
    await user.click(await screen.findByRole("button", { name: "Delete" }));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete" }));
    expect(await screen.findByText("Another page")).toBeVisible();
    expect(location()).toBe(`/project/${PROJECT_ID}/results/${RESULT.id}`);
  });
});
