import { describe, expect, it } from "vitest";

import { comparisonOf } from "./comparison";

function inMessage(...lines: string[]) {
  return comparisonOf(lines.join("\n"), null);
}

function pair(expected: string, actual: string) {
  return { kind: "pairs", pairs: [{ expected, actual }] };
}

describe("pytest", () => {
  it("tells two values, of which the right one was expected", () => {
    expect(inMessage("assert 2 == 3", " +  where 2 = len(cart)")).toEqual(pair("3", "2"));
    expect(inMessage("AssertionError: too much", "assert 3 == 0")).toEqual(pair("0", "3"));
  });

  it("tells a difference of texts, without the lines that point at letters", () => {
    expect(
      inMessage(
        "the mail is not as agreed",
        "assert 'Dear Jo,\\nyo...' == 'Dear Jo,\\nyo...'",
        "  ",
        "    Dear Jo,",
        "  - 4 teas",
        "  ? ^",
        "  + 3 teas",
        "  ? ^",
        "  ...Full output truncated, use '-vv' to show",
      ),
    ).toEqual({
      kind: "lines",
      isCut: true,
      lines: [
        { side: "both", text: "Dear Jo," },
        { side: "expected", text: "4 teas" },
        { side: "actual", text: "3 teas" },
      ],
    });
  });

  it("tells the items of lists and dictionaries that differ", () => {
    expect(inMessage("assert [1, 2...] == [1, 3...]", "  ", "  At index 1 diff: 2 != 3")).toEqual({
      kind: "pairs",
      pairs: [{ label: "At index 1", expected: "3", actual: "2" }],
    });
    expect(
      inMessage("assert {'a...} == {'a...}", "  Differing items:", "  {'price': 3} != {'price': 4}"),
    ).toEqual(pair("'price': 4", "'price': 3"));
  });

  it("finds it in the marked lines of a traceback", () => {
    const traceback = [
      '>       assert price == "1.50"',
      "E       AssertionError: assert 'a' == '1.50'",
      "E         ",
      "E         - 1.50",
      "E         + a",
      "",
      "test_shop.py:6: AssertionError",
    ];
    expect(comparisonOf("AssertionError", traceback.join("\n"))).toMatchObject({
      lines: [
        { side: "expected", text: "1.50" },
        { side: "actual", text: "a" },
      ],
    });
  });

  it.each([
    "assert 12 < 10",
    "assert (1 == 2 or 3 == 4)",
    "assert 'a' == 'b' == 'c'",
    "assert [0, 1, ...] == [0, 2, ...]",
    "assert {'name': 'tea...'} == {'name': 'cof...'}",
  ])("is not sure of %s", (message) => {
    expect(inMessage(message)).toBeUndefined();
  });

  it("does not take the code of a test for values", () => {
    expect(comparisonOf("AssertionError", '  File "a.py", line 1\n    assert total == 3')).toBeUndefined();
  });
});

describe("other tools", () => {
  it.each([
    ["Jest", "expect(received).toBe(expected)\n\nExpected: 3\nReceived: 2"],
    ["JUnit 4", "expected:<3> but was:<2>"],
    ["JUnit 5", "total ==> expected: <3> but was: <2>"],
    ["TestNG", "expected [3] but found [2]"],
    ["AssertJ", "\nexpected: 3\n but was: 2"],
    ["MSTest", "Assert.AreEqual failed. Expected:<3>. Actual:<2>. the total"],
    ["xUnit", "Assert.Equal() Failure\nExpected: 3\nActual:   2"],
    ["NUnit", "  Expected: 3\n  But was:  2"],
    ["RSpec", "\n  expected: 3\n       got: 2\n\n  (compared using ==)"],
    ["Vitest", "expected 2 to be 3 // Object.is equality"],
    ["Chai", "AssertionError: expected 2 to equal 3"],
    ["Node", "  actual: 2,\n  expected: 3,"],
  ])("understands %s", (_, message) => {
    expect(comparisonOf(message, null)).toEqual(pair("3", "2"));
  });

  it.each([
    ["Jest", "-", "- Expected  - 1\n+ Received  + 1\n\n  {\n-   a: 2,\n+   a: 1,\n  }\n    at x (a.js:1:2)"],
    ["PHPUnit", "-", "--- Expected\n+++ Actual\n@@ @@\n {\n-  a: 2,\n+  a: 1,\n }\n\n/shop/a.php:3"],
    [
      "Mocha",
      "+",
      "    + expected - actual\n\n     {\n    -  a: 1,\n    +  a: 2,\n     }\n\n    at x (a.js:1:2)",
    ],
  ])("understands a difference of %s, whichever sign it has", (_, expected, traceback) => {
    const sides = ["expected", "actual"] as const;
    const [first, second] = expected === "-" ? sides : sides.toReversed();
    expect(comparisonOf("It failed", traceback)).toMatchObject({
      kind: "lines",
      lines: [{ side: "both" }, { side: first }, { side: second }, { side: "both" }],
    });
  });

  it.each([
    "no such item",
    "expected 3 to be above 5",
    "expected [] to be an array",
    "1 != 2",
    "expected: at least one",
  ])("is not sure of %s", (message) => {
    expect(comparisonOf(message, null)).toBeUndefined();
  });
});
