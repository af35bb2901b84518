import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import type { SidedLine } from "./comparison";
import ComparisonView from "./comparison-view";

/** `length` letters that are alike but for the first word. */
function text(first: string, length: number): string {
  return `${first} ${"and so on ".repeat(length / 10)}`.slice(0, length);
}

/** Replaced one by one, with a line between them that is the same on both sides. */
function replaced(count: number, length: number): SidedLine[] {
  return Array.from({ length: count }).flatMap((): SidedLine[] => [
    { side: "expected", text: text("one", length) },
    { side: "actual", text: text("two", length) },
    { side: "both", text: "the same" },
  ]);
}

function marks(): (string | null)[] {
  return [...document.querySelectorAll("mark")].map(({ textContent }) => textContent);
}

describe("ComparisonView", () => {
  it("marks what differs in two values", () => {
    render(
      <ComparisonView comparison={{ kind: "pairs", pairs: [{ expected: "tea 1", actual: "tea 2" }] }} />,
    );
    expect(marks()).toEqual(["1", "2"]);
  });

  it("marks what differs in lines that were replaced", () => {
    render(<ComparisonView comparison={{ kind: "lines", lines: replaced(2, 300) }} />);
    expect(marks()).toEqual(["one", "two", "one", "two"]);
  });

  it("shows long texts as they are, without marks", () => {
    const pair = { expected: text("one", 5000), actual: text("two", 5000) };
    render(<ComparisonView comparison={{ kind: "pairs", pairs: [pair] }} />);
    expect(screen.getAllByRole("definition").map(({ textContent }) => textContent)).toEqual([
      pair.expected,
      pair.actual,
    ]);
    expect(marks()).toEqual([]);
  });

  it("marks no more lines than it can compare at once, and shows all of them", () => {
    render(<ComparisonView comparison={{ kind: "lines", lines: replaced(20, 3000) }} />);
    expect(marks()).toHaveLength(2 * 6);
    expect(screen.getByLabelText("Difference").textContent.match(/− one/g)).toHaveLength(20);
  });
});
