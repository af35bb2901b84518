import { describe, expect, it } from "vitest";

import { excuseOf, markersOf } from "./markers";

describe("excuseOf", () => {
  it("prefers what the client said", () => {
    expect(excuseOf({ skip_reason: "no printer" }, "skipped")).toBe("no printer");
    expect(excuseOf({ xfail_reason: "SHOP-9" }, "xfailed")).toBe("SHOP-9");
  });

  it("reads the marker otherwise", () => {
    const marker = (name: string, args: unknown[], kwargs: object) => ({ markers: [{ name, args, kwargs }] });
    expect(excuseOf(marker("skip", ["no printer"], {}), "skipped")).toBe("no printer");
    expect(excuseOf(marker("skipif", [true], { reason: "Windows" }), "skipped")).toBe("Windows");
    expect(excuseOf(marker("xfail", [], { reason: "SHOP-9" }), "xpassed")).toBe("SHOP-9");
    expect(excuseOf({ markers: "none" }, "skipped")).toBeNull();
  });
});

it("takes markers that are names alone, and leaves out what is none", () => {
  expect(markersOf({ markers: ["slow", 3, { name: "flaky", args: [], kwargs: { reruns: 3 } }] })).toEqual([
    { name: "slow", args: [], kwargs: {} },
    { name: "flaky", args: [], kwargs: { reruns: 3 } },
  ]);
});
