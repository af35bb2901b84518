import { expect, test } from "vitest";

import { aFailure, aFailureGroup } from "@/testing/factories";

import { linesOf, messageOf, onlyNew, resultsOf } from "./failures";

test("only new failures are left, and groups without one are gone", () => {
  const fresh = aFailure({ is_new: true });
  const groups = [
    aFailureGroup({ results: [fresh, aFailure({ is_new: false })] }),
    aFailureGroup({ results: [aFailure({ is_new: false })] }),
  ];
  expect(onlyNew(groups)).toMatchObject([{ count: 1, results: [{ id: fresh.id }] }]);
  expect(resultsOf(onlyNew(groups))).toEqual([fresh.id]);
});

test.each([
  ["KeyError", "KeyError: 'a'", "'a'"],
  ["KeyError", "KeyError", ""],
  ["KeyError", null, ""],
  [null, null, "No reason was reported"],
  [null, "boom", "boom"],
])("of %s with the message %s the heading says %s", (name, message, said) => {
  expect(messageOf(name, message)).toBe(said);
});

test("the reason does not repeat the heading, unless the heading is cut off", () => {
  expect(linesOf(aFailureGroup({ message: "a", reason: "a\nb" }))).toEqual(["b"]);
  expect(linesOf(aFailureGroup({ message: "a", reason: "a" }))).toEqual([]);
  expect(linesOf(aFailureGroup({ message: "aa", reason: "aaa" }))).toEqual(["aaa"]);
  expect(linesOf(aFailureGroup({ message: null, reason: null }))).toEqual([]);
});
