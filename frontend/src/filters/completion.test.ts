import { describe, expect, it } from "vitest";

import { conclude, type KnownValue, read, suggest } from "./completion";
import { type Entity, fieldsOf } from "./fields";

const KEYS = ["id", "test_id", "data.team", "data.jenkins.job_name", "params.colour"];
const VALUES: KnownValue[] = [
  { value: "qa", count: 1200 },
  { value: "stage", count: 7 },
];

function offered(text: string, entity: Entity = "result", values = VALUES) {
  const fields = fieldsOf(entity, KEYS);
  return suggest(read(text, entity, fields), entity, fields, values);
}

function labels(text: string, entity?: Entity, values?: KnownValue[]): string[] {
  return offered(text, entity, values).map(({ label }) => label);
}

describe("fields", () => {
  it("come first, those that begin so before those that have it within", () => {
    expect(labels("comp")).toEqual(["component", "test_id contains comp"]);
    expect(labels("job")[0]).toBe("metadata.jenkins.job_name");
  });
  it("are found by their words", () => expect(labels("outcome")[0]).toBe("result"));
  it("are all offered in the empty box", () => expect(labels("").slice(0, 2)).toEqual(["test_id", "result"]));
  it("of runs are others than those of results", () => {
    expect(labels("summary.f", "run")).toContain("summary.failures");
    expect(labels("summary.f", "result")).not.toContain("summary.failures");
  });
  it("are also the keys of the project, by the name metadata", () => {
    expect(labels("team")[0]).toBe("metadata.team");
    expect(labels("params.")).toContain("params.colour");
  });
  it("follow another condition", () => {
    expect(offered("env=qa comp")[0]).toMatchObject({ label: "component", text: "env=qa component" });
    expect(offered("env=qa, comp")[0]).toMatchObject({ text: "env=qa, component" });
    expect(offered("env=qa,comp")[0]).toMatchObject({ text: "env=qa,component" });
  });
  it("may be paths that nobody has offered", () => {
    expect(offered("metadata.x.y")[0]).toMatchObject({ label: "metadata.x.y is", text: "metadata.x.y=" });
  });
});

describe("operators", () => {
  it("follow a field, as words beside their symbols", () => {
    expect(offered("env").slice(0, 3)).toMatchObject([
      { label: "env is", hint: "=", text: "env=" },
      { label: "env is not", hint: "!" },
      { label: "env is one of", hint: "*" },
    ]);
  });
  it("are found by their words", () => expect(labels("test_id cont")).toEqual(["test_id contains"]));
  it("are those that make sense for the field", () => {
    expect(labels("duration")).not.toContain("duration matches");
    expect(labels("start_time").slice(0, 2)).toEqual(["start_time after", "start_time before"]);
    expect(offered("start_time").map(({ hint }) => hint)).toEqual([">", "<", ">=", "<=", "@"]);
    expect(labels("run_id")).toEqual([
      "run_id is",
      "run_id is not",
      "run_id is one of",
      "run_id matches",
      "run_id exists",
    ]);
  });
});

describe("values", () => {
  it("come with their counts", () => {
    expect(offered("env=")).toMatchObject([
      { label: "qa", hint: "1,200 results", filters: [{ field: "env", operator: "=", value: "qa" }] },
      { label: "stage", hint: "7 results" },
    ]);
  });
  it("begin with what was typed, in any case", () => expect(labels("env=ST")).toEqual(["stage"]));
  it("are added together with the conditions before them", () => {
    expect(offered("component=web env=q")[0]).toMatchObject({
      filters: [
        { field: "component", operator: "=", value: "web" },
        { field: "env", operator: "=", value: "qa" },
      ],
    });
  });
  it("of a list are put behind each other, each once", () => {
    expect(offered("env*qa;")).toMatchObject([{ label: "stage", text: "env*qa;stage;" }]);
  });
  it("of outcomes, booleans and existence are known without the server", () => {
    expect(labels("result=f", "result", [])).toEqual(["failed"]);
    expect(labels("is_kept=", "run", [])).toEqual(["true", "false"]);
    expect(labels("env@", "run", [])).toEqual(["has a value", "has none"]);
  });
  it("of times are relative ones, where they make sense", () => {
    expect(offered("start_time=", "run", [])).toEqual([]);
    expect(offered("start_time*", "run", [])).toEqual([]);
    expect(offered("start_time>", "run", [])[1]).toMatchObject({
      label: "24 hours ago",
      filters: [{ field: "start_time", operator: ">", value: "-24h" }],
    });
  });
});

describe("plain words", () => {
  it("mean that the test contains them", () => {
    expect(offered("login page")[0]).toMatchObject({
      label: "test_id contains login page",
      filters: [{ field: "test_id", operator: "%", value: "login page" }],
    });
  });
  it("may be the beginning of an outcome", () => expect(labels("skip")).toContain("result is skipped"));
  it("may be in several fields of runs", () => {
    expect(labels("web", "run")).toEqual([
      "source contains web",
      "component contains web",
      "env contains web",
      "jenkins.job_name contains web",
    ]);
  });
  it("may be ids", () => {
    const id = "0197c0f6-7d1c-7c3e-9b6a-3f0f5c1a2b4d";
    expect(offered(id).slice(0, 2)).toMatchObject([
      { filters: [{ field: "id", operator: "=", value: id }] },
      { filters: [{ field: "run_id", operator: "=", value: id }] },
    ]);
  });
});

describe("conclude", () => {
  const concluded = (text: string, entity: Entity = "result") =>
    conclude(text, entity, fieldsOf(entity, KEYS));
  it("takes several conditions", () => {
    expect(concluded("result=failed env!qa, duration >= 10")).toEqual([
      { field: "result", operator: "=", value: "failed" },
      { field: "env", operator: "!", value: "qa" },
      { field: "duration", operator: ")", value: "10" },
    ]);
  });
  it("takes a plain word for the first thing that it may mean", () => {
    expect(concluded("login")).toEqual([{ field: "test_id", operator: "%", value: "login" }]);
    expect(concluded("jenk", "run")).toEqual([{ field: "source", operator: "%", value: "jenk" }]);
  });
  it("leaves it to the server to refuse an unknown field", () => {
    expect(concluded("colour=red")).toEqual([{ field: "colour", operator: "=", value: "red" }]);
  });
  it("ends a list where its last value does", () => {
    expect(concluded("result*failed;error;")).toEqual([
      { field: "result", operator: "*", value: "failed;error" },
    ]);
  });
  it.each([
    ["env", /What about env/],
    ["env=", /env is … what/],
    ["=qa", /no condition/],
  ])("says what is wrong with %s", (text, problem) => {
    expect(concluded(text)).toEqual({ problem: expect.stringMatching(problem) as string });
  });
});
