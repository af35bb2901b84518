import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";

import { aRunTest } from "@/testing/factories";
import { http, server } from "@/testing/server";

import { BASE, openRun, serve } from "./testing";

vi.mock("@/viewers/result/result-view", () => ({
  ResultView: ({ resultId }: { resultId: string }) => <h2>Result {resultId}</h2>,
}));

const TESTS = [
  aRunTest({ id: "add", path: "tests/test_cart.py", test_id: "TestCart.test_add" }),
  aRunTest({ id: "pay", path: "tests/test_cart.py", test_id: "TestCart.test_pay", result: "failed" }),
  aRunTest({ id: "out", path: "tests/test_login.py", test_id: "test_logout" }),
  aRunTest({ id: "x", path: "tests/test_x.py", test_id: "test_x1" }),
  aRunTest({ id: "y", path: "tests/test_y.py", test_id: "test_y1" }),
];

beforeEach(() => {
  for (const size of ["clientHeight", "clientWidth"] as const)
    vi.spyOn(Element.prototype, size, "get").mockReturnValue(900);
  serve({ tests: TESTS });
});

async function theTree(): Promise<HTMLElement> {
  return screen.findByRole("tree", { name: "Tests" });
}

function seen(tree: HTMLElement): string[] {
  return within(tree)
    .getAllByRole("treeitem")
    .map((item) => item.querySelector(".tree-name")?.textContent ?? "");
}

test("folders and files are shown with what they count", async () => {
  openRun("/tree");
  const tree = await theTree();
  expect(seen(tree)).toEqual(["tests", "test_cart.py", "test_login.py", "test_x.py", "test_y.py"]);
  const file = within(tree).getByRole("treeitem", { name: /test_cart.py/ });
  expect(file).toHaveTextContent("1 failed 2 tests, 50%");
  expect(file).toHaveAttribute("aria-level", "2");
});

test("arrows, Home, End and Enter walk the tree and open a result", async () => {
  const { user, location } = openRun("/tree");
  const tree = await theTree();
  tree.focus();
  await user.keyboard("{ArrowDown}{ArrowRight}{ArrowRight}{ArrowRight}{End}{ArrowUp}{ArrowUp}{ArrowUp}");
  expect(seen(tree)).toEqual([
    "tests",
    "test_cart.py",
    "TestCart",
    "test_add",
    "test_pay",
    "test_login.py",
    "test_x.py",
    "test_y.py",
  ]);
  expect(document.getElementById(tree.getAttribute("aria-activedescendant") ?? "")).toHaveTextContent(
    "test_pay",
  );
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.getByRole("heading", { name: "Result pay" })).toHaveFocus());
  expect(location()).toBe(`${BASE}/tree/pay`);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(tree).toHaveFocus());
  await user.keyboard("{ArrowLeft}{ArrowLeft}{Home}{ArrowLeft}");
  expect(seen(tree)).toEqual(["tests"]);
});

test("only failures are shown when asked, opened, and kept in the address", async () => {
  const { user, location } = openRun("/tree");
  await user.click(await screen.findByRole("switch", { name: "Only failures" }));
  expect(seen(await theTree())).toEqual(["tests", "test_cart.py", "TestCart", "test_pay"]);
  expect(location()).toBe(`${BASE}/tree?failed=1`);
});

test("a search leads to the tests that it finds", async () => {
  const { user, location } = openRun("/tree");
  await user.type(await screen.findByRole("textbox", { name: "Find in the tree" }), "LOGOUT");
  await waitFor(() => expect(location()).toBe(`${BASE}/tree?text=LOGOUT`));
  await waitFor(async () => expect(seen(await theTree())).toEqual(["tests", "test_login.py", "test_logout"]));
});

test("a search for what is not there says so", async () => {
  openRun("/tree?text=nowhere");
  expect(await screen.findByRole("heading", { name: "No such tests" })).toBeVisible();
});

test("everything is opened and closed at once", async () => {
  const { user } = openRun("/tree");
  const tree = await theTree();
  await user.click(screen.getByRole("button", { name: "Expand all" }));
  expect(seen(tree)).toHaveLength(11);
  await user.click(screen.getByRole("button", { name: "Collapse all" }));
  expect(seen(tree)).toEqual(["tests"]);
});

test("a click opens a folder, and the address names it", async () => {
  const { user, location } = openRun("/tree");
  const tree = await theTree();
  await user.click(within(tree).getByText("test_login.py"));
  expect(seen(tree)).toContain("test_logout");
  expect(location()).toBe(`${BASE}/tree?node=tests%2Ftest_login.py`);
});

test("a link to a class shows it in its file, a link to a result in its class", async () => {
  const { unmount } = openRun("/tree?node=tests/test_cart.py/TestCart");
  expect(seen(await theTree())).toContain("TestCart");
  unmount();
  openRun("/tree/pay");
  const tree = await theTree();
  expect(within(tree).getByRole("treeitem", { name: /test_pay/ })).toHaveAttribute("aria-selected", "true");
  expect(await screen.findByRole("heading", { name: "Result pay" })).toBeVisible();
});

test("a run without results and a server that fails are told", async () => {
  serve();
  const { unmount } = openRun("/tree");
  expect(await screen.findByRole("heading", { name: "This run has no results yet" })).toBeVisible();
  unmount();
  server.use(
    http.get("/run/{id}/tests", ({ response }) =>
      response(500).json({ type: "", title: "Oh", status: 500, detail: "It broke" }),
    ),
  );
  openRun("/tree");
  expect(await screen.findByText("It broke")).toBeVisible();
});
