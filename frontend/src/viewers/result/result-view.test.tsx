import { screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { aPastResult, aResult, newId } from "@/testing/factories";
import { http, server } from "@/testing/server";

import { ago, answerAround, path, serve, show } from "./testing";

vi.mock("@/components/chart-drawing", () => ({
  default: ({ label }: { label: string }) => <div role="img" aria-label={label} />,
}));
vi.mock("@/viewers/artifact/artifact-list", () => ({
  ArtifactList: ({ resultId }: { resultId: string }) => <p>Artifacts of {resultId}</p>,
}));

beforeEach(answerAround);

describe("what is told first", () => {
  it("is which test it was and how it ended", async () => {
    show(serve({ result: { test_id: "test_shop.TestCart.test_add", duration: 1.25 } }));
    expect(screen.getByText("Loading the result")).toBeInTheDocument();
    expect(await screen.findByRole("heading", { level: 2 })).toHaveTextContent("test_shop.TestCart.test_add");
    expect(screen.getByText("Passed")).toBeVisible();
    expect(screen.getByText("1.3 s")).toBeVisible();
    expect(screen.getByText("3 hours ago")).toBeVisible();
    expect(await screen.findByText("The first result of this test here.")).toBeVisible();
  });

  it("is since when the test fails, with a way to the results", async () => {
    const [since, passed] = [
      aPastResult({ result: "failed", start_time: ago(3) }),
      aPastResult({ start_time: ago(5) }),
    ];
    show(
      serve({
        result: { result: "failed" },
        history: [aPastResult(), aPastResult()],
        failing_since: since,
        last_passed: passed,
        failures_in_a_row: 4,
      }),
    );
    const sentence = (await screen.findByText("Failing")).closest("p");
    expect(sentence).toHaveTextContent("Failing since 3 days ago, 4 times in a row; last passed 5 days ago.");
    expect(screen.getByRole("link", { name: "3 days ago" })).toHaveAttribute("href", path(since));
    expect(screen.getByRole("link", { name: "5 days ago" })).toHaveAttribute("href", path(passed));
  });

  it("is that a failure is new", async () => {
    const result = serve({
      result: { result: "error" },
      failing_since: aPastResult(),
      last_passed: aPastResult({ start_time: ago(1) }),
      failures_in_a_row: 1,
      history: [aPastResult()],
    });
    show(result);
    expect((await screen.findByText("New failure")).closest("p")).toHaveTextContent("last passed yesterday");
  });

  it("is that a test was fixed", async () => {
    const result = aResult();
    show(
      serve({
        result,
        history: [aPastResult({ id: result.id }), aPastResult({ result: "failed", start_time: ago(2) })],
      }),
    );
    expect((await screen.findByText("Fixed")).closest("p")).toHaveTextContent(
      "it failed the time before, 2 days ago",
    );
  });
});

it("shows why a test was skipped, with addresses that can be followed", async () => {
  show(
    serve({
      result: { result: "skipped", metadata: { skip_reason: "see https://issues.example.com/SHOP-12." } },
    }),
  );
  expect(await screen.findByRole("heading", { name: "Why it was skipped" })).toBeVisible();
  expect(screen.getByRole("link", { name: "https://issues.example.com/SHOP-12" })).toHaveAttribute(
    "rel",
    "noreferrer",
  );
});

it("lists the attempts of a test that was tried several times", async () => {
  show(
    serve({
      result: {
        attempts: [
          { result: "failed", duration: 2, exception_name: "ValueError", message: "bad luck" },
          { result: "passed", duration: 1 },
        ],
      },
    }),
  );
  const section = await screen.findByRole("region", { name: "2 attempts" });
  const [first, second] = within(section).getAllByRole("listitem");
  expect(first).toHaveTextContent("Failed2 sValueError: bad luck");
  expect(second).toHaveTextContent("Passed1 s");
});

it("is classified by a maintainer, and tells whoever shows it", async () => {
  const onChange = vi.fn();
  const result = serve({ result: { result: "failed", metadata: { classification: "unknown" } } });
  server.use(http.post("/results/bulk-update", ({ response }) => response(200).json({ updated: 1 })));
  const { user } = show(result, { onChange });
  await user.click(await screen.findByRole("button", { name: "Unknown" }));
  await user.click(screen.getByRole("menuitem", { name: "Test failure" }));
  await screen.findByText("1 result classified");
  expect(onChange).toHaveBeenCalledWith({ ...result, metadata: { classification: "test_failure" } });
});

it("shows parameters, phases, markers, artifacts and all other metadata", async () => {
  const result = serve({
    result: {
      params: { price: "1.50" },
      metadata: {
        durations: { setup: 0.5, call: 2, teardown: 0.25 },
        statuses: { setup: ["passed", false], call: ["skipped", true], teardown: ["error", false] },
        markers: [{ name: "flaky", args: [], kwargs: { reruns: 3 } }],
        jira: "https://issues.example.com/SHOP-1",
        script: "javascript:alert(1)",
        git: { branch: "main", tags: ["a", "b"] },
      },
    },
  });
  const { user } = show(result);
  expect(await screen.findByRole("region", { name: "Parameters" })).toHaveTextContent("price1.50");
  const phases = within(screen.getByRole("region", { name: "Time" })).getAllByRole("listitem");
  expect(phases.map((phase) => phase.textContent)).toEqual([
    "Setup 500 ms",
    "Test 2 sExpected failure",
    "Teardown 250 msError",
  ]);
  expect(screen.getByText("flaky(reruns=3)")).toBeVisible();
  expect(screen.getByText(`Artifacts of ${result.id}`)).toBeVisible();
  const metadata = screen.getByRole("region", { name: "Metadata" });
  expect(within(metadata).getByRole("link")).toHaveAttribute("href", "https://issues.example.com/SHOP-1");
  expect(metadata).toHaveTextContent("a, b");
  await user.click(screen.getByRole("button", { name: "Show all of it as JSON" }));
  expect(screen.getByLabelText("Metadata as JSON")).toHaveTextContent('"teardown": 0.25');
});

it.each([
  [404, "There is no such thing as this result"],
  [403, "You may not see this result"],
  [500, "Could not load this result"],
] as const)("says why there is nothing to show (%d)", async (status, title) => {
  server.use(
    http.get("/result/{id}", ({ response }) =>
      response(status).json(
        { type: "about:blank", title: "No", status, detail: "No" },
        { headers: { "Content-Type": "application/problem+json" } },
      ),
    ),
  );
  show(aResult({ id: newId() }));
  expect(await screen.findByRole("heading", { name: title })).toBeVisible();
});
