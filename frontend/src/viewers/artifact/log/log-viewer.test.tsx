import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import { aUser } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { prepareBrowser, serve } from "../testing/bytes";
import { LogViewer } from "./log-viewer";

const lines = (count: number) => Array.from({ length: count }, (_, at) => `line number ${at + 1}`).join("\n");
/** More than is read at first. */
const MANY = 20_000;

beforeEach(() => prepareBrowser());

function show(content: string | Uint8Array, at = "/") {
  const served = serve(content, { filename: "server.log" });
  return { ...served, ...renderPage(<LogViewer artifact={served.artifact} />, { at }) };
}

describe("LogViewer", () => {
  it("shows the first lines with their numbers, and says how many there are", async () => {
    show("one\r\ntwo\nthree");
    expect(await screen.findByText("two")).toBeVisible();
    expect(screen.getByRole("link", { name: "Line 3" })).toHaveAttribute("href", "#L3");
    expect(screen.getByText(/^3 lines/)).toBeVisible();
  });

  it("reads only the beginning of a big log before it shows it, and counts the rest beside", async () => {
    const { asked } = show(lines(MANY));
    expect(await screen.findByText("line number 1")).toBeVisible();
    expect(asked[0]).toBe("bytes=0-131071");
    expect(await screen.findByText(/^20,000 lines/)).toBeVisible();
  });

  it("shows the last lines to whoever presses End", async () => {
    const { user } = show(lines(MANY));
    (await screen.findByRole("region", { name: "server.log" })).focus();
    await screen.findByText(/^20,000 lines/);
    await user.keyboard("{End}");
    expect(await screen.findByText("line number 20000")).toBeVisible();
    await user.keyboard("{Home}");
    expect(await screen.findByText("line number 1")).toBeVisible();
  });

  it("says that a file is empty", async () => {
    show("");
    expect(await screen.findByText("This file is empty.")).toBeVisible();
  });

  it("says why a log cannot be read, and tries again", async () => {
    const { artifact } = serve("one\ntwo");
    server.use(
      http.get("/artifact/{id}/view", ({ response }) =>
        response.untyped(
          Response.json({ title: "No", status: 503, detail: "The storage is away." }, { status: 503 }),
        ),
      ),
    );
    const { user } = renderPage(<LogViewer artifact={artifact} />);
    expect(await screen.findByText("The storage is away.")).toBeVisible();
    serve("one\ntwo");
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("two")).toBeVisible();
  });

  it.each([
    ["goes on counting after the session was renewed", 1, /^20,000 lines/],
    ["says that it was ended if it could not be renewed", 2, "You are signed out."],
  ])("%s", async (_, refusals, said) => {
    const { artifact } = serve(lines(MANY));
    let left = refusals;
    let renewed = 0;
    server.use(
      http.get("/artifact/{id}/view", ({ request, response }) => {
        if (request.headers.has("Range") || left-- <= 0) return;
        const body = { type: "about:blank", title: "Unauthorized", status: 401, detail: "Sign in" };
        return response.untyped(Response.json(body, { status: 401 }));
      }),
      http.get("/user", ({ response }) => {
        renewed++;
        return response(200).json(aUser());
      }),
    );
    renderPage(<LogViewer artifact={artifact} />);
    expect(await screen.findByText(said)).toBeVisible();
    expect(renewed).toBe(1);
  });

  it("shows colours by classes and never as markup", async () => {
    show("\u001b[31mred <b>bold</b>\nstill red\u001b[0m");
    expect(await screen.findByText("red <b>bold</b>")).toHaveClass("ansi-red-fg");
    expect(screen.getByText("still red")).toHaveClass("ansi-red-fg");
  });

  it("opens at the line of the address", async () => {
    show(lines(MANY), "/#L15000");
    expect(await screen.findByText("line number 15000")).toBeVisible();
  });

  it("puts a line into the address by a click on its number, and a range with Shift", async () => {
    const { user, location } = show(lines(10));
    await user.click(await screen.findByRole("link", { name: "Line 3" }));
    expect(location()).toBe("/#L3");
    await user.keyboard("{Shift>}");
    await user.click(screen.getByRole("link", { name: "Line 5" }));
    await user.keyboard("{/Shift}");
    expect(location()).toBe("/#L3-L5");
  });

  it("copies the lines that are selected", async () => {
    const { user } = show("one\n\u001b[31mtwo\u001b[0m\nthree\nfour", "/#L2-L3");
    await user.click(await screen.findByRole("button", { name: "Copy lines 2 to 3" }));
    await waitFor(async () => expect(await navigator.clipboard.readText()).toBe("two\nthree"));
    expect(await screen.findByText("2 lines copied")).toBeVisible();
  });

  it("finds a text in the whole log and goes from hit to hit", async () => {
    const { user, location } = show(lines(MANY));
    await user.type(await screen.findByRole("textbox", { name: "Search the log" }), "NUMBER 1999");
    expect(await screen.findByText("11", { selector: ".pf-v6-c-badge" })).toBeVisible();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(location()).toBe("/?find=NUMBER+1999#L1999"));
    expect(await screen.findByText("1 / 11")).toBeVisible();
    await user.keyboard("{F3}");
    await waitFor(() => expect(location()).toContain("#L19990"));
    expect((await screen.findAllByText("number 1999")).length).toBeGreaterThan(0);
    await user.click(screen.getByRole("button", { name: "Previous hit" }));
    await waitFor(() => expect(location()).toMatch(/#L1999$/));
  });

  it("takes an expression and minds case if asked, and says what is wrong with one", async () => {
    const { user, location } = show("Error 12\nerror 34\n");
    const box = await screen.findByRole("textbox", { name: "Search the log" });
    await user.click(screen.getByRole("button", { name: "Regular expression" }));
    await user.click(screen.getByRole("button", { name: "Case matters" }));
    await user.type(box, "error \\d+");
    expect(await screen.findByText("1")).toBeInTheDocument();
    await waitFor(() => expect(location()).toBe("/?findAs=regex%2Ccase&find=error+%5Cd%2B"));
    await user.clear(box);
    await user.type(box, "(");
    expect(await screen.findByText(/Invalid regular expression/)).toBeVisible();
  });

  it("says that nothing was found", async () => {
    show("one\ntwo", "/?find=three");
    expect(await screen.findByText("No hits")).toBeVisible();
  });

  it("goes from error to error", async () => {
    const { user, location } = show("fine\nERROR one\nfine\nTraceback of two\n");
    const next = await screen.findByRole("button", { name: "Next error" });
    await user.click(next);
    await waitFor(() => expect(location()).toBe("/#L2"));
    await user.click(next);
    await waitFor(() => expect(location()).toBe("/#L4"));
    await user.click(screen.getByRole("button", { name: "Previous error" }));
    await waitFor(() => expect(location()).toBe("/#L2"));
    expect(within(next).getByText("2 errors")).toBeVisible();
  });

  it("cuts a very long line and shows more of it on demand", async () => {
    const { user } = show(`${"x".repeat(5000)}end\nnext`);
    await user.click(await screen.findByRole("button", { name: /more of line 1$/ }));
    expect(await screen.findByText(/end$/)).toBeVisible();
  });

  it("shows the last state of a progress bar, and all of them on demand", async () => {
    const { user } = show("10 %\r100 %\nnext");
    expect(await screen.findByText("100 %")).toBeVisible();
    await user.click(screen.getByRole("button", { name: /all states of line 1$/ }));
    expect(await screen.findByText("10 %␍100 %")).toBeVisible();
  });

  it("wraps long lines, and remembers it", async () => {
    const { user } = show("one\ntwo");
    await user.click(await screen.findByRole("button", { name: "Wrap" }));
    expect(screen.getByRole("button", { name: "Wrap" })).toHaveAttribute("aria-pressed", "true");
    expect(localStorage.getItem("ibutsu.log.wrap")).toBe("true");
  });
});
