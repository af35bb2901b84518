import { fireEvent, screen, within } from "@testing-library/react";
import { http as mock, HttpResponse } from "msw";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Artifact } from "@/api/types";
import { anArtifact, aUser, onOnePage, PROJECT_ID } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { ArtifactViewer } from "./artifact-viewer";
import { entriesOf } from "./entries";
import { prepareBrowser, serve } from "./testing/bytes";

beforeEach(() => {
  prepareBrowser();
  server.use(
    http.get("/user", ({ response }) => response(200).json(aUser())),
    http.get("/project/{id}/members", ({ response }) =>
      response(200).json({ members: [], pagination: onOnePage(0) }),
    ),
  );
});

afterEach(() => vi.unstubAllGlobals());

function show(artifacts: Artifact[], at = "/") {
  const [entry] = entriesOf(artifacts);
  if (entry === undefined) throw new Error("Nothing to show");
  return renderPage(<ArtifactViewer entry={entry} projectId={PROJECT_ID} onDeleted={() => undefined} />, {
    at,
  });
}

describe("ArtifactViewer", () => {
  it("shows JSON as a tree that arrow keys unfold", async () => {
    const value = { cart: { items: [{ name: "Tea" }] }, html: "<b>" };
    const { artifact } = serve(JSON.stringify(value), {
      filename: "a.json",
      content_type: "application/json",
    });
    const { user } = show([artifact]);
    const tree = await screen.findByRole("tree", { name: "a.json" });
    expect(within(tree).getByText('"<b>"')).toBeVisible();
    const items = within(tree).getByRole("treeitem", { name: /items/ });
    expect(items).toHaveAttribute("aria-expanded", "false");
    tree.focus();
    await user.keyboard("{ArrowDown}{ArrowDown}{ArrowRight}{ArrowDown}{ArrowRight}");
    expect(within(tree).getByText('"Tea"')).toBeVisible();
    await user.keyboard("{ArrowLeft}");
    expect(within(tree).queryByText('"Tea"')).not.toBeInTheDocument();
  });

  it("shows as text what only says that it is JSON", async () => {
    const { artifact } = serve("{oops", { filename: "a.json", content_type: "application/json" });
    show([artifact]);
    expect(await screen.findByText(/not valid JSON/)).toBeVisible();
    expect(await screen.findByText("{oops")).toBeVisible();
  });

  it("shows a page in a frame in which it can do nothing", async () => {
    show([anArtifact({ filename: "a.html", content_type: "text/html" })]);
    expect(await screen.findByTitle("a.html")).toHaveAttribute("sandbox", "");
    expect(screen.getByText(/Scripts in this page do not run/)).toBeVisible();
  });

  it.each([
    ["a.json", "application/json"],
    ["a.pdf", "application/pdf"],
    ["a.html", "text/html"],
    ["a.log", "text/plain"],
    ["a.png", "image/png"],
  ])("says that %s is empty, and copies nothing", async (filename, content_type) => {
    const { artifact, asked } = serve("", { filename, content_type });
    show([artifact]);
    expect(await screen.findByText("This file is empty.")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Copy" })).not.toBeInTheDocument();
    expect(screen.getByRole("link", { name: `Download ${filename}` })).toBeVisible();
    expect(asked).toEqual([]);
  });

  it("plays sound and video", async () => {
    const { unmount } = show([anArtifact({ filename: "a.webm", content_type: "video/webm" })]);
    expect(await screen.findByLabelText("a.webm", { selector: "video" })).toHaveAttribute("controls");
    unmount();
    show([anArtifact({ filename: "a.wav", content_type: "audio/wave" })]);
    expect(await screen.findByLabelText("a.wav", { selector: "audio" })).toHaveAttribute("controls");
  });

  describe("a trace of Playwright", () => {
    const TRACE = anArtifact({ filename: "cart/trace.zip", content_type: "application/zip" });

    /** Whether the server has the viewer, and whether this browser runs service workers at its address. */
    function prepare({ isServed, isSecure = true }: { isServed: boolean; isSecure?: boolean }) {
      server.use(
        mock.head("/trace/index.html", () => new HttpResponse(null, { status: isServed ? 200 : 404 })),
      );
      if (isSecure) vi.stubGlobal("navigator", Object.create(navigator, { serviceWorker: { value: {} } }));
    }

    it("is opened in the viewer of the server", async () => {
      prepare({ isServed: true });
      show([TRACE]);
      const link = await screen.findByRole("link", { name: /^Open in the trace viewer/ });
      const viewer = new URL(link.getAttribute("href") ?? "", location.origin);
      expect(viewer.pathname).toBe("/trace/index.html");
      expect(viewer.searchParams.get("trace")).toBe(`http://localhost/api/artifact/${TRACE.id}/download`);
      expect(link).toHaveAttribute("target", "_blank");
      expect(screen.queryByText(/npx/)).not.toBeInTheDocument();
    });

    it("says how else to open it where the server has no viewer", async () => {
      prepare({ isServed: false });
      show([TRACE]);
      expect(await screen.findByDisplayValue("npx playwright show-trace trace.zip")).toBeVisible();
      expect(screen.getByText("pip install 'ibutsu-server[trace]'")).toBeVisible();
      expect(screen.queryByRole("link", { name: /trace viewer/ })).not.toBeInTheDocument();
    });

    it("says that the viewer needs https", async () => {
      prepare({ isServed: true, isSecure: false });
      show([TRACE]);
      expect(await screen.findByText(/begins with https/)).toBeVisible();
      expect(screen.getByDisplayValue("npx playwright show-trace trace.zip")).toBeVisible();
    });
  });

  it("offers what cannot be shown for download", async () => {
    show([anArtifact({ filename: "a.tar.gz", content_type: "application/gzip" })]);
    expect(await screen.findByText(/cannot be shown here/)).toBeVisible();
    expect(screen.getByRole("link", { name: "Download a.tar.gz" })).toBeVisible();
  });

  it("says that a PDF needs another program where the browser has none", async () => {
    show([anArtifact({ filename: "a.pdf", content_type: "application/pdf" })]);
    expect(await screen.findByText(/shows no PDF files/)).toBeVisible();
  });

  it("compares images in several ways, which the address keeps", async () => {
    const names = ["cart-expected.png", "cart-actual.png", "cart-diff.png"];
    const images = names.map((filename) => anArtifact({ filename, content_type: "image/png" }));
    const { user, location } = show(images);
    expect(await screen.findByRole("img", { name: "Expected: cart-expected.png" })).toBeInTheDocument();
    expect(screen.getByRole("img", { name: "Difference: cart-diff.png" })).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Slider" }));
    expect(location()).toBe("/?compare=overlay");
    expect(screen.getByRole("slider", { name: /expected image/ })).toHaveValue("50");
    await user.click(screen.getByRole("button", { name: "Blink" }));
    await user.click(screen.getByRole("button", { name: "Swap" }));
    expect(screen.getByText("Expected")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Difference" }));
    expect(screen.getByRole("region", { name: "Difference of cart" })).toBeVisible();
  });

  it("zooms an image by keys and buttons", async () => {
    const { user } = show([anArtifact({ filename: "a.png", content_type: "image/png" })]);
    const image = await screen.findByRole("img", { name: "a.png" });
    fireEvent.load(image);
    await user.click(screen.getByRole("button", { name: "100 %" }));
    expect(await screen.findByRole("status")).toHaveTextContent("100 %");
    screen.getByRole("region", { name: "a.png" }).focus();
    await user.keyboard("+");
    expect(screen.getByRole("status")).toHaveTextContent("125 %");
    await user.keyboard("0");
    expect(screen.getByRole("button", { name: "Fit" })).toHaveAttribute("aria-pressed", "true");
  });
});
