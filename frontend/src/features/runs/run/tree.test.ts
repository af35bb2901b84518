import { expect, test } from "vitest";

import { aRunTest } from "@/testing/factories";

import { placeOf, pruned, rowsOf, type TreeNode, treeOf, wayTo } from "./tree";

test.each([
  ["tests/shop/test_cart.py", "TestCart.test_add", "tests|shop|test_cart.py|TestCart|test_add"],
  [
    "tests/shop/test_cart.py",
    "shop.test_cart.TestCart.test_add",
    "tests|shop|test_cart.py|TestCart|test_add",
  ],
  ["tests/test_cart.py", "tests/test_cart.py::TestCart::test_add", "tests|test_cart.py|TestCart|test_add"],
  ["../../lib/site-packages/shop/test_a.py", "test_a", "shop|test_a.py|test_a"],
  ["../tests/./test_a.py", "test_x[a.b/c]", "tests|test_a.py|test_x[a.b/c]"],
  [null, "com.example.CartTest.adds", "com|example|CartTest|adds"],
  [null, "adds", "Without a path|adds"],
  ["tests/test_a.py", null, "tests|test_a.py|A test without a name"],
  [null, "", "Without a path|A test without a name"],
])("a test at %s called %s is at %s", (path, test_id, place) => {
  expect(placeOf({ path, test_id }).join("|")).toBe(place);
});

const TESTS = [
  aRunTest({ id: "a", path: "tests/test_b.py", test_id: "test_10", result: "failed" }),
  aRunTest({ id: "b", path: "tests/test_b.py", test_id: "test_2" }),
  aRunTest({ id: "c", path: "tests/test_b.py", test_id: "test_2", result: "skipped" }),
  aRunTest({ id: "d", path: "tests/test_a.py", test_id: "test_1" }),
];

function drawn(root: TreeNode, isOpen = () => true): string[] {
  return rowsOf(root, isOpen).map(({ level, node }) => " ".repeat(level) + node.name);
}

test("files and tests are in the order of their names, numbers by their size", () => {
  expect(drawn(treeOf(TESTS))).toEqual([
    " tests",
    "  test_a.py",
    "   test_1",
    "  test_b.py",
    "   test_2",
    "   test_2",
    "   test_10",
  ]);
});

test("a folder counts what is below it", () => {
  expect(treeOf(TESTS).children[0]).toMatchObject({
    key: "tests",
    tests: 4,
    failures: 1,
    summary: { passes: 2, failures: 1, skips: 1 },
  });
});

test("folders of one name in several places are different nodes", () => {
  const root = treeOf(["a/x/t.py", "b/x/t.py"].map((path) => aRunTest({ path })));
  const keys = rowsOf(root, () => true).map(({ node }) => node.key);
  expect(new Set(keys).size).toBe(keys.length);
});

test("a tree of failures leads to failures alone and keeps the counts of all", () => {
  const root = pruned(treeOf(TESTS), ({ result }) => result === "failed");
  expect(root && drawn(root)).toEqual([" tests", "  test_b.py", "   test_10"]);
  expect(root?.children[0]?.tests).toBe(4);
  expect(pruned(treeOf(TESTS), () => false)).toBeUndefined();
});

test("the way to a test names everything that it is in", () => {
  expect(wayTo(treeOf(TESTS), "a")).toEqual(["tests", "tests/test_b.py"]);
  expect(wayTo(treeOf(TESTS), "gone")).toBeUndefined();
});

test("rows know their place for screen readers", () => {
  const rows = rowsOf(treeOf(TESTS), (node) => node.key === "tests");
  expect(rows.at(-1)).toMatchObject({ level: 2, place: 2, siblings: 2, parent: "tests", isExpanded: false });
});
