import { screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import type { Token } from "@/api/types";
import { aProject, newId, onOnePage, PROJECT_ID } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { TokensPage } from "./tokens-page";

function aToken(facts: Partial<Token> = {}): Token {
  const times = { created: "2026-11-20T00:00:00Z", expires: "2099-11-20T00:00:00Z" };
  const limits = { project_id: null, role: null };
  return { id: newId(), name: "nightly", token: "kX9c", user_id: newId(), ...times, ...limits, ...facts };
}

function list(...tokens: Token[]) {
  server.use(
    http.get("/user/token", ({ response }) =>
      response(200).json({ tokens, pagination: onOnePage(tokens.length) }),
    ),
  );
}

beforeEach(() => {
  server.use(
    http.get("/project", ({ response }) =>
      response(200).json({ projects: [aProject()], pagination: onOnePage(1) }),
    ),
    http.get("/project/{id}", ({ response }) => response(200).json(aProject())),
  );
});

describe("the list of API tokens", () => {
  it("shows the last characters, the limits and the end of each", async () => {
    list(
      aToken({ project_id: PROJECT_ID, role: "reporter" }),
      aToken({ name: "old", expires: "2020-01-01T00:00:00Z" }),
      aToken({ name: "eternal", expires: "2900-01-01T00:00:00Z" }),
    );
    renderPage(<TokensPage />);
    const row = await screen.findByRole("row", { name: /nightly/ });
    expect(within(row).getByText("…kX9c")).toBeVisible();
    expect(await within(row).findByRole("link", { name: "My Project" })).toBeVisible();
    expect(within(row).getByText(/at most as reporter/)).toBeVisible();
    expect(screen.getByText("expired")).toBeVisible();
    expect(screen.getByText("It is deleted")).toBeVisible();
  });

  it("invites to create the first one", async () => {
    list();
    renderPage(<TokensPage />);
    expect(await screen.findByText("You have no API tokens yet")).toBeVisible();
  });

  it("says why it cannot be shown, and asks again", async () => {
    const body = { type: "about:blank", title: "Mistake", status: 500, detail: "It has been logged" };
    server.use(
      http.get("/user/token", ({ response }) => response.untyped(Response.json(body, { status: 500 }))),
    );
    const { user } = renderPage(<TokensPage />);
    expect(await screen.findByText("It has been logged")).toBeVisible();
    list(aToken());
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("nightly")).toBeVisible();
  });
});

describe("creating a token", () => {
  it("shows the secret once", async () => {
    list();
    let body: unknown;
    server.use(
      http.post("/user/token", async ({ request, response }) => {
        body = await request.json();
        return response(201).json(aToken({ token: "eyJhbGci.secret.kX9c" }));
      }),
    );
    const { user } = renderPage(<TokensPage />);
    await user.click(await screen.findByRole("button", { name: "Create token" }));
    const dialog = within(screen.getByRole("dialog"));
    await user.type(dialog.getByLabelText(/Name/), "nightly");
    await user.selectOptions(dialog.getByLabelText("Good for"), "Until it is deleted");
    await dialog.findByRole("option", { name: "My Project" });
    await user.selectOptions(dialog.getByLabelText("Project"), "My Project");
    await user.selectOptions(dialog.getByLabelText("It may do"), "reporter");
    await user.click(dialog.getByRole("button", { name: "Create" }));
    expect(await screen.findByText("eyJhbGci.secret.kX9c")).toBeVisible();
    expect(screen.getByRole("button", { name: "Copy the token" })).toBeVisible();
    expect(body).toMatchObject({ name: "nightly", project: PROJECT_ID, role: "reporter" });
    await user.click(screen.getByRole("button", { name: "I have copied it" }));
    expect(screen.queryByText("eyJhbGci.secret.kX9c")).not.toBeInTheDocument();
  });

  it("keeps what was typed when the server refuses it", async () => {
    list();
    const body = {
      type: "about:blank",
      title: "Forbidden",
      status: 403,
      detail: "Limited tokens make no tokens",
    };
    server.use(
      http.post("/user/token", ({ response }) => response.untyped(Response.json(body, { status: 403 }))),
    );
    const { user } = renderPage(<TokensPage />);
    await user.click(await screen.findByRole("button", { name: "Create token" }));
    await user.type(screen.getByLabelText(/Name/), "nightly");
    await user.click(screen.getByRole("button", { name: "Create" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Limited tokens make no tokens");
    expect(screen.getByLabelText(/Name/)).toHaveValue("nightly");
  });
});

it("deletes a token after a question", async () => {
  const token = aToken();
  list(token);
  let deleted: unknown;
  server.use(
    http.delete("/user/token/{id}", ({ params, response }) => {
      deleted = params.id;
      return response(200).json("OK");
    }),
  );
  const { user } = renderPage(<TokensPage />);
  await user.click(await screen.findByRole("button", { name: "Delete nightly" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete" }));
  expect(await screen.findByText("The token nightly is deleted")).toBeVisible();
  expect(deleted).toBe(token.id);
});
