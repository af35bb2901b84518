import { describe, expect, it } from "vitest";

import { packageOf, partsOf } from "./traceback";

/** Each part by its kind and its first line; library calls by their number. */
function told(...lines: string[]): string[] {
  return partsOf(lines.join("\n")).map((part) =>
    part.kind === "library"
      ? `${part.frames.length} library`
      : `${part.kind}: ${part.lines[0]?.text.trim() ?? ""}`,
  );
}

describe("partsOf", () => {
  it("takes a traceback of pytest apart", () => {
    expect(
      told(
        "    def test_far_away():",
        ">       requests.get('http://none')",
        "",
        "tests/test_cart.py:40: ",
        "_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _",
        "../venv/lib/python3.11/site-packages/requests/api.py:73: in get",
        '    return request("get", url)',
        "../venv/lib/python3.11/site-packages/requests/api.py:59: in request",
        "    return session.request()",
        "_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _",
        "",
        ">           raise ConnectionError(e)",
        "E           requests.exceptions.ConnectionError: refused",
        "",
        "../venv/lib/python3.11/site-packages/requests/adapters.py:729: ConnectionError",
      ),
    ).toEqual(["own: def test_far_away():", "3 library"]);
  });

  it("marks the statement, the error and the place of a call", () => {
    const [part] = partsOf(">   raise ValueError\nE   ValueError\n\ntest_shop.py:7: ValueError");
    expect(part).toMatchObject({
      kind: "own",
      lines: [{ kind: "statement" }, { kind: "error" }, { kind: "plain" }, { kind: "place" }],
    });
  });

  it("takes a traceback of Python apart", () => {
    expect(
      told(
        "Traceback (most recent call last):",
        '  File "/usr/lib/python3.11/unittest/case.py", line 57, in run',
        "    yield",
        '  File "tests/test_shop.py", line 3, in test',
        "    assert x",
        "AssertionError",
      ),
    ).toEqual([
      "text: Traceback (most recent call last):",
      "1 library",
      'own: File "tests/test_shop.py", line 3, in test',
      "text: AssertionError",
    ]);
  });

  it("takes traces of JavaScript apart", () => {
    expect(
      told(
        "TypeError: no cart",
        "    at Object.<anonymous> (/shop/cart.test.js:5:32)",
        "    at new Promise (<anonymous>)",
        "    at run (/shop/node_modules/jest-circus/build/run.js:1:2)",
        "    at process.processImmediate (node:internal/timers:483:21)",
      ),
    ).toEqual([
      "text: TypeError: no cart",
      "own: at Object.<anonymous> (/shop/cart.test.js:5:32)",
      "3 library",
    ]);
  });

  it("takes traces of Java, .NET and Go apart", () => {
    expect(
      told(
        "java.lang.AssertionError: no",
        "\tat org.junit.Assert.fail(Assert.java:89)",
        "\tat com.example.CartTest.pays(CartTest.java:12)",
      ),
    ).toEqual([
      "text: java.lang.AssertionError: no",
      "1 library",
      "own: at com.example.CartTest.pays(CartTest.java:12)",
    ]);
    expect(
      told("   at Shop.Cart.Share(Int32 by) in C:\\s\\Cart.cs:line 12", "   at System.Threading.Run()"),
    ).toEqual(["own: at Shop.Cart.Share(Int32 by) in C:\\s\\Cart.cs:line 12", "1 library"]);
    expect(
      told(
        "goroutine 24 [running]:",
        "panic({0x509ec0})",
        "\t/usr/lib/go-1.19/src/runtime/panic.go:884 +0x212",
        "example.com/shop/cart.TestPanics(0xc0)",
        "\t/shop/cart/cart_test.go:9 +0x2e",
      ),
    ).toEqual(["text: goroutine 24 [running]:", "1 library", "own: example.com/shop/cart.TestPanics(0xc0)"]);
  });

  it("leaves any other text as it is", () => {
    expect(told("Login    ann    wrong", "  FAIL: wrong != secret")).toEqual(["text: Login    ann    wrong"]);
  });
});

it("names the package of a library call", () => {
  expect(packageOf("/venv/lib/python3.11/site-packages/requests/api.py")).toBe("requests");
  expect(packageOf("/shop/node_modules/a/node_modules/@vitest/runner/dist/index.js")).toBe("@vitest/runner");
  expect(packageOf("node:internal/timers")).toBeUndefined();
});
