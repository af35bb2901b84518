import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";

import type { Result } from "@/api/types";
import { aResult, aRun, aUser, onOnePage, PROJECT_ID, RUN_ID } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { ResultListPage } from "./result-list-page";

const AT = `/project/${PROJECT_ID}/results`;

let results: Result[];
let asked: URLSearchParams[];

beforeEach(() => {
  asked = [];
  results = [
    aResult({
      test_id: "shop.test_pay",
      result: "failed",
      metadata: { classification: "product_failure", short_tb: "E   assert 2 == 3\nE    +  where" },
    }),
    aResult({ test_id: "shop.test_add", env: "stage", metadata: { message: "not shown" } }),
  ];
  server.use(
    http.get("/user", ({ response }) => response(200).json(aUser({ is_superadmin: true }))),
    http.get("/project/filter-params/{id}", ({ response }) => response(200).json([])),
    http.get("/saved-filter", ({ response }) =>
      response(200).json({ saved_filters: [], pagination: onOnePage(0) }),
    ),
    http.get("/run", ({ response }) =>
      response(200).json({ runs: [aRun({ metadata: { title: "Nightly" } })], pagination: onOnePage(1) }),
    ),
    http.get("/result", ({ request, response }) => {
      asked.push(new URL(request.url).searchParams);
      return response(200).json({ results, pagination: onOnePage(results.length) });
    }),
  );
});

function show(search = "") {
  return renderPage(<ResultListPage />, { path: "/project/:projectId/results", at: AT + search });
}

async function rowOf(name: string) {
  return within(await screen.findByRole("row", { name: new RegExp(name) }));
}

it("lists results with the reasons of failures, and where they come from", async () => {
  show();
  const row = await rowOf("shop.test_pay");
  expect(row.getByRole("link", { name: "shop.test_pay" })).toHaveAttribute("href", `${AT}/${results[0]?.id}`);
  expect(row.getByText("assert 2 == 3")).toBeVisible();
  expect(row.getByText("Product failure")).toBeVisible();
  expect(await row.findByRole("link", { name: "Nightly" })).toHaveAttribute(
    "href",
    `/project/${PROJECT_ID}/runs/${RUN_ID}`,
  );
  expect((await rowOf("shop.test_add")).queryByText("not shown")).toBeNull();
});

it("narrows the list down by a click on a badge", async () => {
  const { user, location } = show("?page=2");
  await user.click((await rowOf("shop.test_add")).getByRole("button", { name: "stage" }));
  expect(location()).toBe(`${AT}?filter=env%3Dstage`);
  await waitFor(() =>
    expect(asked.at(-1)?.getAll("filter")).toEqual([`project_id=${PROJECT_ID}`, "env=stage"]),
  );
});

it("sorts results of many runs by nothing but their start", async () => {
  show("?sort=-duration");
  await screen.findByRole("link", { name: "shop.test_pay" });
  expect(asked[0]?.get("sort")).toBeNull();
  expect(screen.getByRole("button", { name: "Started" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Duration" })).toBeNull();
});

it("sorts results of one run by more", async () => {
  const { user } = show(`?filter=run_id%3D${RUN_ID}`);
  await screen.findByRole("link", { name: "shop.test_pay" });
  await user.click(screen.getByRole("button", { name: "Duration" }));
  await waitFor(() => expect(asked.at(-1)?.get("sort")).toBe("-duration"));
});

it("offers to classify what is selected", async () => {
  const { user } = show();
  await user.click(await screen.findByRole("checkbox", { name: "Select shop.test_pay" }));
  expect(screen.getByText("1 result selected")).toBeVisible();
});

it("has nothing to select for those who may not classify", async () => {
  server.use(
    http.get("/user", ({ response }) => response(200).json(aUser())),
    http.get("/project/{id}/members", ({ response }) =>
      response(200).json({ members: [], pagination: onOnePage(0) }),
    ),
  );
  show();
  await screen.findByRole("link", { name: "shop.test_pay" });
  expect(screen.queryByRole("checkbox")).toBeNull();
});

it("leads to the first results, or to a list without filters, where it is empty", async () => {
  results = [];
  const { user, location } = show("?filter=result%3Dfailed");
  await user.click(await screen.findByRole("button", { name: "Clear filters" }));
  expect(location()).toBe(AT);
  expect(await screen.findByRole("link", { name: "Send first results" })).toBeVisible();
});

it("tells who may not see the project so", async () => {
  const problem = { type: "about:blank", title: "Forbidden", status: 403, detail: "No" };
  server.use(http.get("/result", ({ response }) => response(403).json(problem as never)));
  show();
  expect(await screen.findByText("You may not see the results")).toBeVisible();
});
