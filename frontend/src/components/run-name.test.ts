import { expect, test } from "vitest";

import { aRun } from "@/testing/factories";

import { runFacts, runName, runTags, shortCommit } from "./run-name";

const COMMIT = "3435c378bb76d4357324dd7e69f3cd1812345678";

test.each([
  [{ jenkins: { job_name: "nightly", build_number: "10" }, branch: "main" }, "nightly #10"],
  [{ build: 7 }, "local #7"],
  [{ build_name: "shop", build: "2.1-rc" }, "shop 2.1-rc"],
  [{ branch: "main", commit: COMMIT }, "local main@3435c378"],
  [{ git: { branch: "main" } }, "local main"],
  [{ title: "Release check", build: 7 }, "Release check"],
  [{ title: "  ", branch: 7 }, "local 7"],
  [{}, "local 0197c0f6"],
])("a run with %j is called %s", (metadata, name) => {
  expect(runName(aRun({ metadata }))).toBe(name);
});

test("a run of which nothing is known is called by the start of its id", () => {
  expect(runName(aRun({ source: null }))).toBe("Run 0197c0f6");
});

test("the facts are found where Jenkins, CI recipes and git put them", () => {
  expect(
    runFacts(aRun({ metadata: { jenkins: { build_number: 3, build_url: "https://ci.example/3" } } })),
  ).toEqual({
    build: "3",
    url: "https://ci.example/3",
  });
  expect(runFacts(aRun({ metadata: { ci: { branch: "main", commit: COMMIT } } }))).toEqual({
    branch: "main",
    commit: COMMIT,
  });
});

test("only web addresses are links", () => {
  expect(runFacts(aRun({ metadata: { ci_url: "javascript:alert(1)", url: "http://ci.example" } })).url).toBe(
    "http://ci.example",
  );
});

test("a commit is shortened, a tag is not", () => {
  expect(shortCommit(COMMIT)).toBe("3435c378");
  expect(shortCommit("v2.1.0-long-name")).toBe("v2.1.0-long-name");
});

test.each([
  [
    ["smoke", "slow", "smoke", 7, ""],
    ["smoke", "slow"],
  ],
  ["smoke", ["smoke"]],
  [undefined, []],
])("the tags %j of a run are %j", (tags, known) => {
  expect(runTags(aRun({ metadata: { tags } }))).toEqual(known);
});
