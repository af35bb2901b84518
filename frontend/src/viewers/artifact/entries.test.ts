import { describe, expect, it } from "vitest";

import { anArtifact } from "@/testing/factories";

import { chosenOf, entriesOf } from "./entries";

const image = (filename: string) => anArtifact({ filename, content_type: "image/png" });
const log = (filename: string) => anArtifact({ filename });
const names = (...filenames: string[]) => entriesOf(filenames.map(image)).map(({ name }) => name);

describe("the entries of a list", () => {
  it("hold the three images of a comparison of Playwright together", () => {
    const [expected, actual, diff] = [
      image("cart-expected.png"),
      image("cart-actual.png"),
      image("cart-diff.png"),
    ];
    const [entry, ...others] = entriesOf([diff, expected, actual]);
    expect(entry).toMatchObject({ name: "cart", id: actual.id, comparison: { expected, actual, diff } });
    expect(others).toEqual([]);
  });

  it("know the names of pytest-image-diff and others", () => {
    expect(names("test_a-reference.png", "test_a-screenshot.png", "test_a-diff.png")).toEqual(["test_a"]);
    expect(names("baseline.png", "result.png")).toEqual(["Images"]);
    expect(names("x.golden.png", "x.actual.png", "y_expected.png", "y_diff.png")).toEqual(["x", "y"]);
  });

  it("leave single images alone", () => {
    expect(names("screenshot.png", "cart-actual.png", "factual.png")).toEqual([
      "screenshot.png",
      "cart-actual.png",
      "factual.png",
    ]);
  });

  it("keep a second image of the same name", () => {
    expect(names("a-expected.png", "a-actual.png", "a-actual.png")).toEqual(["a", "a-actual.png"]);
  });
});

describe("the entry that is shown first", () => {
  const entries = entriesOf([log("setup.txt"), log("traceback.log"), image("screenshot.png"), log("a.log")]);

  it("is the one in the address", () => {
    expect(chosenOf(entries, entries[3]?.id ?? "")).toBe(entries[3]);
  });

  it("is the one that tells most if there is none in it, or none that is there", () => {
    expect(chosenOf(entries, null)?.name).toBe("traceback.log");
    expect(chosenOf(entries, "gone")?.name).toBe("traceback.log");
    expect(chosenOf(entriesOf([log("a.zip"), log("b.log")]), null)?.name).toBe("b.log");
    expect(chosenOf([], null)).toBeUndefined();
  });
});
