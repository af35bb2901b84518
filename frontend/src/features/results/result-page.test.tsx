import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import type { Result } from "@/api/types";
import { aProject, aResult, aRun, aRunTest, PROJECT_ID, RUN_ID } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { ResultPage } from "./result-page";

vi.mock("@/viewers/result/result-view", () => ({
  ResultView: ({ resultId }: { resultId: string }) => <h2 id="history">All of {resultId}</h2>,
}));

const HOME = `/project/${PROJECT_ID}`;

function serve(
  facts: Partial<Result> = {},
  is_complete = true,
): { result: Result; before: string; after: string } {
  const result = aResult({ result: "failed", ...facts });
  const tests = [aRunTest(), aRunTest({ id: result.id }), aRunTest()];
  server.use(
    http.get("/result/{id}", ({ params, response }) => response(200).json({ ...result, id: params.id })),
    http.get("/project/{id}", ({ response }) => response(200).json(aProject({ title: "My Project" }))),
    http.get("/run/{id}", ({ response }) => response(200).json(aRun({ metadata: { name: "nightly #10" } }))),
    http.get("/run/{id}/tests", ({ response }) => response(200).json({ tests, is_complete })),
  );
  return { result, before: path(tests[0]), after: path(tests[2]) };
}

function path(one: { id: string } | undefined): string {
  return `${HOME}/results/${one?.id ?? ""}`;
}

function show(id: string, tail = "") {
  return renderPage(<ResultPage />, {
    path: "/project/:projectId/results/:resultId/:tab?",
    at: `${HOME}/results/${id}${tail}`,
  });
}

it("shows the result, and the way to it", async () => {
  const { result } = serve({ test_id: "test_shop.TestCart.test_add" });
  show(result.id);
  expect(await screen.findByText(`All of ${result.id}`)).toBeVisible();
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("test_shop.TestCart.test_add");
  expect(document.title).toBe("test_add · Ibutsu");
  expect(await screen.findByRole("link", { name: "My Project" })).toHaveAttribute("href", HOME);
  expect(screen.getByRole("link", { name: "Runs" })).toHaveAttribute("href", `${HOME}/runs`);
  expect(await screen.findByRole("link", { name: "nightly #10" })).toHaveAttribute(
    "href",
    `${HOME}/runs/${RUN_ID}`,
  );
});

it("leads to the run, and to all results of the test", async () => {
  const { result } = serve({ test_id: "test_shop.test_price[a,b]" });
  show(result.id);
  expect(await screen.findByRole("link", { name: "Show in its run" })).toHaveAttribute(
    "href",
    `${HOME}/runs/${RUN_ID}/failures/${result.id}`,
  );
  const href = screen.getByRole("link", { name: "All results of this test" }).getAttribute("href");
  expect(new URL(href ?? "", location.origin).searchParams.get("filter")).toBe(
    'test_id="test_shop.test_price[a,b]"',
  );
});

it("leads to the neighbours in the run, with links and with keys", async () => {
  const { result, before, after } = serve();
  const { user, location } = show(result.id);
  expect(await screen.findByText("2 of 3")).toBeVisible();
  expect(screen.getByRole("link", { name: "Previous result" })).toHaveAttribute("href", before);
  expect(screen.getByRole("link", { name: "Next result" })).toHaveAttribute("href", after);
  await user.keyboard("]");
  expect(location()).toBe(after);
  expect(await screen.findByText("3 of 3")).toBeVisible();
  expect(screen.getByRole("button", { name: "Next result" })).toBeDisabled();
  await user.keyboard("[[");
  expect(location()).toBe(path(result));
});

it("does not say that the tests that it knows are all, if they are not", async () => {
  const { result } = serve({}, false);
  show(result.id);
  expect(await screen.findByText("2 of more than 3")).toBeVisible();
});

it("has no neighbours for a result that is not among the first of a very large run", async () => {
  serve({}, false);
  const { queryClient } = show("0197c0f6-7d1c-7c3e-9b6a-3f0f5c1a2b4d");
  expect(await screen.findByRole("link", { name: "nightly #10" })).toBeVisible();
  await vi.waitFor(() => expect(queryClient.isFetching()).toBe(0));
  expect(screen.queryByRole("button", { name: "Next result" })).toBeNull();
  expect(screen.queryByRole("link", { name: "Next result" })).toBeNull();
});

it("copies a link to the result", async () => {
  const { result } = serve();
  const { user } = show(result.id);
  await user.click(await screen.findByRole("button", { name: "Copy the link" }));
  expect(await navigator.clipboard.readText()).toBe(window.location.href);
});

it("goes to the section that the address names", async () => {
  const scrolled = vi.spyOn(Element.prototype, "scrollIntoView");
  const { result } = serve();
  show(result.id, "/history");
  await screen.findByText(`All of ${result.id}`);
  await vi.waitFor(() => expect(scrolled.mock.contexts[0]).toHaveAttribute("id", "history"));
});

it("has no neighbours for a result without a run", async () => {
  const { result } = serve({ run_id: null });
  show(result.id);
  expect(await screen.findByRole("link", { name: "All results of this test" })).toBeVisible();
  expect(screen.queryByRole("link", { name: "Show in its run" })).not.toBeInTheDocument();
});

it.each([
  [404, "There is no such thing as this result"],
  [403, "You may not see this result"],
] as const)("says so if there is nothing to see (%d)", async (status, title) => {
  server.use(
    http.get("/result/{id}", ({ response }) =>
      response(status).json(
        { type: "about:blank", title: "No", status, detail: "No" },
        { headers: { "Content-Type": "application/problem+json" } },
      ),
    ),
  );
  show("0197c0f6-7d1c-7c3e-9b6a-3f0f5c1a2b4d");
  expect(await screen.findByRole("heading", { name: title })).toBeVisible();
});
