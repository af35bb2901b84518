import { screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import { aResult, aUser, anArtifact, onOnePage, PROJECT_ID, RUN_ID } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { ArtifactPage } from "./artifact-page";

const RESULT = aResult({ test_id: "test_cart" });
const ARCHIVE = anArtifact({ filename: "logs.zip", content_type: "application/zip", result_id: RESULT.id });

const IMAGES = ["cart-expected.png", "cart-actual.png", "cart-diff.png", "other-actual.png"].map((filename) =>
  anArtifact({ filename, content_type: "image/png", result_id: RESULT.id }),
);

const show = (id = ARCHIVE.id) =>
  renderPage(<ArtifactPage />, {
    path: "/project/:projectId/artifacts/:artifactId",
    at: `/project/${PROJECT_ID}/artifacts/${id}`,
  });

/** Opens the page of one of the images of the result; answers for which parents artifacts were asked. */
function showImage(name: string) {
  const image = IMAGES.find(({ filename }) => filename === name) ?? anArtifact();
  const asked: (string | null)[] = [];
  server.use(
    http.get("/artifact/{id}", ({ response }) => response(200).json(image)),
    http.get("/artifact", ({ query, response }) => {
      asked.push(query.get("resultId"));
      return response(200).json({ artifacts: IMAGES, pagination: onOnePage(IMAGES.length) });
    }),
  );
  return { ...show(image.id), asked, path: `/project/${PROJECT_ID}/artifacts/${image.id}` };
}

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

  it("shows an image by itself, and compares it to those that belong to it", async () => {
    const { user, location, path, asked } = showImage("cart-actual.png");
    expect(await screen.findByRole("img", { name: "cart-actual.png" })).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "This image" })).toHaveAttribute("aria-pressed", "true");
    expect(screen.getAllByRole("link", { name: /^Download/ })).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "Side by side" }));
    expect(screen.getByRole("img", { name: "Expected: cart-expected.png" })).toBeInTheDocument();
    expect(screen.getByRole("img", { name: "Difference: cart-diff.png" })).toBeInTheDocument();
    expect(location()).toBe(`${path}?compare=side`);
    await user.click(screen.getByRole("button", { name: "Slider" }));
    expect(screen.getByRole("slider", { name: /expected image/ })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "This image" }));
    expect(location()).toBe(path);
    expect(asked).toEqual([RESULT.id]);
  });

  it("compares nothing where the others are missing", async () => {
    showImage("other-actual.png");
    expect(await screen.findByRole("img", { name: "other-actual.png" })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Side by side" })).not.toBeInTheDocument();
  });

  it("deletes only the image whose page it is", async () => {
    const deleted: string[] = [];
    server.use(
      http.delete("/artifact/{id}", ({ params, response }) => {
        deleted.push(params.id);
        return response.untyped(Response.json("OK"));
      }),
    );
    const { user } = showImage("cart-expected.png");
    await user.click(await screen.findByRole("button", { name: "Delete" }));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete" }));
    expect(await screen.findByText("Another page")).toBeVisible();
    expect(deleted).toEqual([IMAGES[0]?.id]);
  });
});
