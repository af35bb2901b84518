import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { renderPage } from "@/testing/render";

import type { Filter } from "./filter";
import { type ListState, useList } from "./use-list";

const QA: Filter = { field: "env", operator: "=", value: "qa" };

function show(search: string, act: (list: ListState) => void = () => undefined) {
  let list: ListState | undefined;
  function List() {
    const present = useList();
    list = present;
    return <button onClick={() => act(present)}>Act</button>;
  }
  const page = renderPage(<List />, { at: `/list${search}` });
  return {
    ...page,
    list: () => list,
    act: async () => {
      await page.user.click(screen.getByRole("button"));
      return decodeURIComponent(page.location());
    },
  };
}

it("reads the address, however its conditions are written", () => {
  const { list } = show("?filter=env%3Dqa,component%3Dweb&filter=env%3Dqa&sort=-duration&page=2&pageSize=50");
  expect(list()).toMatchObject({
    filters: [QA, { field: "component", operator: "=", value: "web" }],
    sort: "-duration",
    page: 2,
    pageSize: 50,
    query: { filter: ["env=qa", "component=web"], sort: "-duration", page: 2, pageSize: 50 },
  });
});

it("lets the server refuse what is no condition", () => {
  const { list } = show("?filter=nonsense&filter=env%3Dqa");
  expect(list()?.filters).toEqual([QA]);
  expect(list()?.query.filter).toEqual(["env=qa", "nonsense"]);
});

it.each(["page=0", "page=x", "pageSize=-1", "pageSize=1.5"])("takes %s for nothing", (wrong) => {
  expect(show(`?${wrong}`).list()?.query).toEqual({ filter: [], page: 1, pageSize: 20 });
});

it("never asks for pages so long that the server prepares them apart", () => {
  expect(show("?pageSize=100000").list()?.pageSize).toBe(500);
});

it("asks for relative times as they are now, and leaves them in the address", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-20T12:34:56Z") });
  const { list, act } = show("?filter=start_time%3E-7d", (present) => present.add(QA));
  expect(list()?.query.filter).toEqual(["start_time>2026-11-13T12:34:00.000Z"]);
  expect(await act()).toBe("/list?filter=start_time>-7d&filter=env=qa");
  vi.useRealTimers();
});

it.each<[string, (list: ListState) => void, string]>([
  ["a condition", ({ add }) => add(QA), "?tab=1&filter=env=qa"],
  ["a sorting", ({ setSort }) => setSort("-duration"), "?tab=1&sort=-duration"],
  ["a length of pages", ({ setPageSize }) => setPageSize(50), "?tab=1&pageSize=50"],
  ["a page", ({ setPage }) => setPage(4), "?tab=1&page=4"],
  ["a saved filter", ({ show }) => show([QA], "duration"), "?tab=1&filter=env=qa&sort=duration"],
])("puts %s into the address, and leaves the rest of it alone", async (_, change, search) => {
  expect(await show("?tab=1&page=3", change).act()).toBe(`/list${search}`);
});

it("does not add a condition twice, and removes it", async () => {
  expect(await show("?filter=env%3Dqa", ({ add }) => add(QA)).act()).toBe("/list?filter=env=qa");
});

it("removes a condition", async () => {
  expect(await show("?filter=env%3Dqa&filter=a%3Db", ({ remove }) => remove(QA)).act()).toBe(
    "/list?filter=a=b",
  );
});
