import { expect, test } from "vitest";

import { entriesOf, linksOf, readMetadata, withOthersChanges } from "./metadata";

test("web addresses are links, called by where they are", () => {
  const metadata = { jenkins: { build_url: "https://ci.example/3" }, url: "http://a.example", x: "ftp://b" };
  expect(linksOf(metadata)).toEqual([
    { label: "Jenkins build", url: "https://ci.example/3" },
    { label: "Url", url: "http://a.example" },
  ]);
});

test("entries inside of others are told by their depth", () => {
  expect(
    entriesOf({ a: { b: 1 }, c: [], d: {} }).map(({ path, depth, isGroup }) => [path, depth, isGroup]),
  ).toEqual([
    ["a", 0, true],
    ["a.b", 1, false],
    ["c", 0, false],
    ["d", 0, false],
  ]);
});

test("a text that is no object is refused with the reason", () => {
  expect(readMetadata("[1]")).toHaveProperty("problem", expect.stringContaining("object"));
  expect(readMetadata("{")).toHaveProperty("problem", expect.stringContaining("JSON"));
  expect(readMetadata('{"a": 1}')).toEqual({ metadata: { a: 1 } });
});

test("what others changed meanwhile stays, what was edited wins, what was removed is gone", () => {
  const opened = { same: 1, mine: 1, theirs: 1, removed: 1 };
  const edited = { same: 1, mine: 2, theirs: 1, added: 1 };
  const stored = { ...opened, theirs: 3, new: 4 };
  expect(withOthersChanges(opened, edited, stored)).toEqual({
    same: 1,
    mine: 2,
    theirs: 3,
    added: 1,
    new: 4,
  });
});
