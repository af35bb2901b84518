import { screen } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { anArtifact } from "@/testing/factories";
import { http, server } from "@/testing/server";

import { answerAround, serve, show } from "./testing";

vi.mock("@/components/chart-drawing", () => ({
  default: ({ label }: { label: string }) => <div role="img" aria-label={label} />,
}));
vi.mock("@/viewers/artifact/artifact-list", () => ({
  ArtifactList: ({ resultId }: { resultId: string }) => <p>Artifacts of {resultId}</p>,
}));

beforeEach(answerAround);

describe("a failure", () => {
  const SHORT = ">       assert total == 3\nE       assert 2 == 3\n\ntests/test_cart.py:7: AssertionError";

  it("shows what was raised, what differs, and the message as it was sent", async () => {
    const { user } = show(
      serve({
        result: { result: "failed", metadata: { exception_name: "AssertionError", short_tb: SHORT } },
      }),
    );
    expect(await screen.findByRole("heading", { name: "AssertionError" })).toBeVisible();
    expect(await screen.findByText("Expected")).toBeVisible();
    expect(screen.getAllByRole("definition").map((one) => one.textContent)).toEqual(
      expect.arrayContaining(["3", "2"]),
    );
    await user.click(screen.getByRole("button", { name: "Message" }));
    expect(screen.queryByText("Expected")).not.toBeInTheDocument();
    expect(screen.getByRole("group", { name: "Traceback" })).toHaveTextContent("tests/test_cart.py:7");
  });

  it("shows the whole traceback from its artifact, with the calls of libraries folded up", async () => {
    const whole = [
      ">       requests.get(url)",
      "",
      "tests/test_cart.py:40: ",
      "_ _ _ _ _ _ _ _ _ _ _ _ _ _",
      "/venv/site-packages/requests/api.py:73: in get",
      "    return request()",
      "/venv/site-packages/requests/api.py:59: in request",
      "    raise ConnectionError()",
      "E   ConnectionError: refused",
    ].join("\n");
    const file = anArtifact({ filename: "traceback.log" });
    const result = serve({
      result: { result: "failed", metadata: { exception_name: "ConnectionError", short_tb: "the end" } },
      artifacts: [file],
    });
    server.use(http.get("/artifact/{id}/view", ({ response }) => response.untyped(new Response(whole))));
    const { user } = show(result);
    const button = await screen.findByRole("button", { name: "2 library frames (requests)" });
    const traceback = screen.getByRole("group", { name: "Traceback" });
    expect(traceback).toHaveTextContent("requests.get(url)");
    expect(traceback).toHaveTextContent("ConnectionError: refused");
    expect(traceback).not.toHaveTextContent("return request()");
    await user.click(button);
    expect(button).toHaveAttribute("aria-expanded", "true");
    expect(traceback).toHaveTextContent("return request()");
  });

  it("wraps long lines for those who want that, and remembers it", async () => {
    const { user } = show(serve({ result: { result: "failed", metadata: { short_tb: SHORT } } }));
    await user.click(await screen.findByRole("switch", { name: "Wrap lines" }));
    expect(screen.getByRole("group", { name: "Traceback" })).toHaveAttribute("data-wrap", "true");
    expect(localStorage.getItem("ibutsu.traceback.wrap")).toBe("true");
  });

  it("says so if nothing is known of it", async () => {
    show(serve({ result: { result: "failed" } }));
    expect(await screen.findByText("No message was sent.")).toBeVisible();
  });
});
