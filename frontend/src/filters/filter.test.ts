import { describe, expect, it } from "vitest";

import {
  editable,
  type Filter,
  formatFilter,
  isSame,
  OPERATORS,
  parseFilter,
  parseFilters,
  parseTyped,
} from "./filter";

const isField = (name: string) => ["env", "component", "test_id", "duration"].includes(name);

describe("parseFilter", () => {
  it.each(Object.keys(OPERATORS))("knows the operator %s", (operator) => {
    expect(parseFilter(`metadata.a-b.c_1${operator}x`)).toEqual({
      field: "metadata.a-b.c_1",
      operator,
      value: "x",
    });
  });
  it.each([
    ["duration>=10", ")"],
    ["duration<=10", "("],
  ])("reads %s as %s", (text, operator) => {
    expect(parseFilter(text)).toEqual({ field: "duration", operator, value: "10" });
  });
  it("leaves out blanks around the parts", () => {
    expect(parseFilter(" env = qa ")).toEqual({ field: "env", operator: "=", value: "qa" });
  });
  it("takes other operators for parts of the value", () => {
    expect(parseFilter("test_id~^a=b$")).toEqual({ field: "test_id", operator: "~", value: "^a=b$" });
  });
  it.each(["", "env", "=qa", "e nv=qa"])("finds no condition in %j", (text) => {
    expect(parseFilter(text)).toBeUndefined();
  });
});

describe("parseFilters", () => {
  it("cuts where a comma begins another condition", () => {
    expect(parseFilters("env=qa,component=web")).toEqual([
      { field: "env", operator: "=", value: "qa" },
      { field: "component", operator: "=", value: "web" },
    ]);
  });
  it.each(["test_id=t[a,b]", 'test_id="t[a,b=1]"'])("leaves %s in one piece", (text) => {
    expect(parseFilters(text)).toHaveLength(1);
  });
  it("keeps blanks within values", () => {
    expect(parseFilters("metadata.x=a b=c")).toEqual([
      { field: "metadata.x", operator: "=", value: "a b=c" },
    ]);
  });
  it("keeps an empty value", () =>
    expect(parseFilters("env=")).toEqual([{ field: "env", operator: "=", value: "" }]));
  it("finds none in what is no condition", () => expect(parseFilters("nonsense")).toBeUndefined());
});

describe("parseTyped", () => {
  it("takes conditions with blanks or commas between them", () => {
    expect(parseTyped("env=qa component!web,duration>1", isField)?.map(formatFilter)).toEqual([
      "env=qa",
      "component!web",
      "duration>1",
    ]);
  });
  it("takes words before an unknown name for a part of the value", () => {
    expect(parseTyped("test_id%a colour=red", isField)).toEqual([
      { field: "test_id", operator: "%", value: "a colour=red" },
    ]);
  });
  it("does not cut within quotes", () => {
    expect(parseTyped('test_id="a env=b" env=c', isField)?.map(({ value }) => value)).toEqual([
      "a env=b",
      "c",
    ]);
  });
});

describe("formatFilter", () => {
  it.each<[Filter["value"], string]>([
    ["qa", "env=qa"],
    ["a,b", 'env="a,b"'],
    [" a", 'env=" a"'],
    ['"a"', 'env=""a""'],
    ["a b", "env=a b"],
  ])("writes %j as %s, and reads it again", (value, text) => {
    const filter: Filter = { field: "env", operator: "=", value };
    expect(formatFilter(filter)).toBe(text);
    expect(parseFilters(text)).toEqual([filter]);
  });
});

describe("editable", () => {
  it.each([
    ["env=qa", "env=qa"],
    ["duration)1", "duration>=1"],
    ["test_id%a b", "test_id%a b"],
    ['test_id="a env=b"', 'test_id="a env=b"'],
  ])("%s is edited as %s, which says the same", (text, typed) => {
    const filter = parseFilter(text);
    if (filter === undefined) throw new Error(text);
    expect(editable(filter, isField)).toBe(typed);
    expect(parseTyped(typed, isField)).toEqual([filter]);
  });
});

it("two conditions are the same if they are written so", () => {
  expect(isSame({ field: "a", operator: "=", value: "b" }, { field: "a", operator: "=", value: "b" })).toBe(
    true,
  );
  expect(isSame({ field: "a", operator: "=", value: "b" }, { field: "a", operator: "!", value: "b" })).toBe(
    false,
  );
});
