import { describe, expect, it } from "vitest";

import { firstLine, reasonOf } from "./reason";

const PYTEST = `def test_total():
>       assert total(cart) == 3
E       assert 2 == 3
E        +  where 2 = total([1, 1])

test_shop.py:7: AssertionError`;

describe("reasonOf", () => {
  it("finds the whole message at the end of what pytest-ibutsu sends, and takes it off the traceback", () => {
    const short_tb = [
      "E         Use -v to get more diff",
      "",
      "tests/test_cart.py:16: AssertionError",
      "AssertionError",
      "b'assert \\'gr&#252;n\\' == 1\\n  - 1\\n  + gr&#252;n'",
    ].join("\n");
    expect(reasonOf({ short_tb, exception_name: "AssertionError" })).toEqual({
      exception: "AssertionError",
      message: "assert 'grün' == 1\n  - 1\n  + grün",
      traceback: "E         Use -v to get more diff\n\ntests/test_cart.py:16: AssertionError",
    });
  });

  it("takes the message that an importer found", () => {
    expect(reasonOf({ exception_name: "ValueError", message: " no such item \n", short_tb: PYTEST })).toEqual(
      {
        exception: "ValueError",
        message: "no such item",
        traceback: PYTEST,
      },
    );
  });

  it("takes the lines that pytest marks where there is no message", () => {
    expect(reasonOf({ exception_name: "AssertionError", short_tb: PYTEST }).message).toBe(
      "assert 2 == 3\n+  where 2 = total([1, 1])",
    );
  });

  it("takes the last line of any other traceback", () => {
    const traceback = "Traceback (most recent call last):\n  File x.py, line 1\nKeyError: 'a'\n\n";
    expect(reasonOf({ traceback }).message).toBe("KeyError: 'a'");
  });

  it("prefers the short traceback to a long one", () => {
    expect(reasonOf({ short_tb: "E   short", traceback: "E   long" })).toMatchObject({
      message: "short",
      traceback: "E   short",
    });
  });

  it("does not take a line of code that begins with an E for a marked one", () => {
    expect(reasonOf({ short_tb: "Exit now\nthe end" }).message).toBe("the end");
  });

  it.each([
    [undefined],
    [null],
    [{}],
    [{ message: 7, short_tb: {}, exception_name: "" }],
    [{ message: " \n" }],
  ])("finds nothing in %j", (metadata) => {
    expect(reasonOf(metadata)).toEqual({ exception: null, message: null, traceback: null });
  });
});

describe("firstLine", () => {
  it("leaves out empty lines before it", () => expect(firstLine("\n \nfirst\nsecond")).toBe("first"));
  it("is null where there is none", () => expect(firstLine(null)).toBeNull());
});
