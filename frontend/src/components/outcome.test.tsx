import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { OutcomeBar, OutcomeCounts, OutcomeLabel } from "./outcome";

const summary = { tests: 6, passes: 3, failures: 2, errors: 0, skips: 1, pass_percent: 50 };

test("an outcome is told in words, also one that nobody knows", () => {
  render(
    <>
      <OutcomeLabel name="xpassed" />
      <OutcomeLabel name="exploded" />
      <OutcomeLabel name={null} />
    </>,
  );
  expect(screen.getByText("Unexpected pass")).toBeVisible();
  expect(screen.getAllByText("Unknown")).toHaveLength(2);
});

test("a bar says its numbers, failures first", () => {
  render(<OutcomeBar summary={summary} />);
  expect(screen.getByRole("img")).toHaveAccessibleName("2 failed, 3 passed, 1 skipped");
});

test("a run without results says so", () => {
  render(<OutcomeBar summary={{ tests: 0 }} />);
  expect(screen.getByRole("img")).toHaveAccessibleName("No results");
});

test("counts can be links", () => {
  render(
    <OutcomeCounts
      summary={summary}
      render={(outcome, content) => <a href={`#${outcome.name}`}>{content}</a>}
    />,
  );
  expect(screen.getAllByRole("link").map((link) => link.textContent)).toEqual([
    "2 Failed",
    "3 Passed",
    "1 Skipped",
  ]);
});
