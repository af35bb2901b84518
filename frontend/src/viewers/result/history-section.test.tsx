import { screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import type { PastResult, Result } from "@/api/types";
import { aPastResult, aResult } from "@/testing/factories";
import { http, server } from "@/testing/server";

import { ago, answerAround, path, serve, show } from "./testing";

vi.mock("@/components/chart-drawing", () => ({
  default: ({ label }: { label: string }) => <div role="img" aria-label={label} />,
}));
vi.mock("@/viewers/artifact/artifact-list", () => ({
  ArtifactList: ({ resultId }: { resultId: string }) => <p>Artifacts of {resultId}</p>,
}));

beforeEach(answerAround);

describe("the history", () => {
  function past(current: Result): PastResult[] {
    return [
      aPastResult({ id: current.id, start_time: ago(0) }),
      aPastResult({ result: "failed", start_time: ago(1), message: "assert 4 == 3" }),
      aPastResult({ start_time: ago(2) }),
    ];
  }

  it("leads to the results, the oldest first, and marks the one that is shown", async () => {
    const result = aResult();
    const history = past(result);
    show(serve({ result, history }));
    const strip = await screen.findByRole("list", { name: /Results of this test/ });
    const links = within(strip).getAllByRole("link");
    expect(links.map((link) => link.getAttribute("href"))).toEqual(history.toReversed().map(path));
    expect(links[1]).toHaveAccessibleName("Failed, yesterday, web, qa, local, assert 4 == 3");
    expect(links[2]).toHaveAttribute("aria-current", "true");
    expect(screen.getByText(/passed: 2 of 3/)).toHaveTextContent("66.6% passed: 2 of 3.");
    expect(await screen.findByRole("img", { name: "Duration of this test" })).toBeInTheDocument();
  });

  it("tells more of a result that the pointer or the keyboard is at", async () => {
    const result = aResult();
    const { user } = show(serve({ result, history: past(result) }));
    await user.hover(await screen.findByRole("link", { name: /^Failed/ }));
    expect(await screen.findByRole("tooltip")).toHaveTextContent("assert 4 == 3");
  });

  it("covers all environments for those who choose that, which the address keeps", async () => {
    const result = aResult();
    const everywhere = [...past(result), aPastResult({ env: "stage" })];
    const { user, location } = show(serve({ result, everywhere }));
    expect(
      await screen.findByText("There is no other result of this test in this environment."),
    ).toBeVisible();
    await user.click(screen.getByRole("button", { name: "All environments" }));
    expect(await screen.findByText(/passed: 3 of 4/)).toBeVisible();
    expect(location()).toBe("/?history=all");
    const [first] = within(screen.getByRole("list", { name: /Results of this test/ })).getAllByRole("link");
    expect(first).toHaveAttribute("href", expect.stringMatching(/\?history=all$/));
  });

  it("says why it cannot be shown", async () => {
    const result = serve();
    server.use(
      http.get("/result/{id}/history", ({ response }) =>
        response(500).json(
          { type: "about:blank", title: "Error", status: 500, detail: "The database is away" },
          { headers: { "Content-Type": "application/problem+json" } },
        ),
      ),
    );
    show(result);
    expect(await screen.findByText("The database is away")).toBeVisible();
    expect(screen.getByRole("heading", { level: 2, name: "test_shop.TestCart.test_add" })).toBeVisible();
  });
});
