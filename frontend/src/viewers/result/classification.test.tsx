import { screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";

import { aUser, newId, PROJECT_ID } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { ClassifyMenu, type ClassifyMenuProps } from "./classification";

function signedIn(isMaintainer = true) {
  server.use(
    http.get("/user", ({ response }) => response(200).json(aUser({ is_superadmin: isMaintainer }))),
    http.get("/project/{id}/members", ({ response }) =>
      response(200).json({
        members: [],
        pagination: { page: 1, pageSize: 500, totalItems: 0, totalPages: 0 },
      }),
    ),
  );
}

type Sent = { ids: string[]; metadata: Record<string, unknown> };

function answering(): Sent[] {
  const sent: Sent[] = [];
  server.use(
    http.post("/results/bulk-update", async ({ request, response }) => {
      const body = await request.json();
      sent.push(body);
      return response(200).json({ updated: body.ids.length });
    }),
  );
  return sent;
}

function show(props: Partial<ClassifyMenuProps> = {}) {
  return renderPage(<ClassifyMenu ids={[newId()]} projectId={PROJECT_ID} {...props} />);
}

describe("a maintainer", () => {
  it("classifies several results at once, and is told how many", async () => {
    signedIn();
    const sent = answering();
    const onDone = vi.fn();
    const ids = [newId(), newId()];
    const { user } = show({ ids, onDone });
    await user.click(await screen.findByRole("button", { name: "Classify" }));
    await user.click(screen.getByRole("menuitem", { name: "Test failure" }));
    expect(await screen.findByText("2 results classified")).toBeVisible();
    expect(sent).toEqual([{ ids, metadata: { classification: "test_failure" } }]);
    expect(onDone).toHaveBeenCalledWith({ classification: "test_failure" });
  });

  it("says why in a comment", async () => {
    signedIn();
    const sent = answering();
    const { user } = show();
    await user.click(await screen.findByRole("button", { name: "Classify" }));
    await user.type(screen.getByRole("textbox", { name: "Comment" }), "SHOP-17");
    await user.click(screen.getByRole("menuitem", { name: "Product failure" }));
    await screen.findByText("1 result classified");
    expect(sent[0]?.metadata).toEqual({
      classification: "product_failure",
      classification_comment: "SHOP-17",
    });
  });

  it("changes only the comment with the Enter key", async () => {
    signedIn();
    const sent = answering();
    const { user } = show({ current: "unknown", comment: "old" });
    await user.click(await screen.findByRole("button", { name: "Unknown" }));
    const comment = screen.getByRole("textbox", { name: "Comment" });
    expect(comment).toHaveValue("old");
    await user.clear(comment);
    await user.type(comment, "new{Enter}");
    await screen.findByText("1 result classified");
    expect(sent[0]?.metadata).toEqual({ classification: "unknown", classification_comment: "new" });
  });

  it("takes a classification back, which is stored as an empty text", async () => {
    signedIn();
    const sent = answering();
    const { user } = show({ current: "unknown" });
    await user.click(await screen.findByRole("button", { name: "Unknown" }));
    await user.click(screen.getByRole("menuitem", { name: "No classification" }));
    expect(await screen.findByText("1 result no longer classified")).toBeVisible();
    expect(sent[0]?.metadata).toEqual({ classification: "", classification_comment: "" });
  });

  it("classifies more results than the server takes at once", async () => {
    signedIn();
    const sent = answering();
    const { user } = show({ ids: Array.from({ length: 2500 }, newId) });
    await user.click(await screen.findByRole("button", { name: "Classify" }));
    await user.click(screen.getByRole("menuitem", { name: "Dependency outage" }));
    expect(await screen.findByText("2,500 results classified")).toBeVisible();
    expect(sent.map(({ ids }) => ids.length)).toEqual([1000, 1000, 500]);
  });

  it("is told why it could not be done", async () => {
    signedIn();
    server.use(
      http.post("/results/bulk-update", ({ response }) =>
        response(409).json(
          { type: "about:blank", title: "Conflict", status: 409, detail: "The project is closed" },
          { headers: { "Content-Type": "application/problem+json" } },
        ),
      ),
    );
    const onDone = vi.fn();
    const { user } = show({ onDone });
    await user.click(await screen.findByRole("button", { name: "Classify" }));
    await user.click(screen.getByRole("menuitem", { name: "Unknown" }));
    expect(await screen.findByText("Could not classify")).toBeVisible();
    expect(screen.getByText("The project is closed")).toBeVisible();
    expect(onDone).not.toHaveBeenCalled();
  });
});

it("who may not classify sees the class, and no menu", async () => {
  signedIn(false);
  show({ current: "environment_failure" });
  expect(await screen.findByText("Environment failure")).toBeVisible();
  expect(screen.queryByRole("button")).not.toBeInTheDocument();
});
