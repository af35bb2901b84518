import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { RecoverPage } from "./recover-page";
import { RegisterPage } from "./register-page";
import { ResetPasswordPage } from "./reset-password-page";

const PASSWORD = "correct horse battery staple";

function offer({ registration = true, mail = true } = {}) {
  const none = { keycloak: false, oidc: false, google: false, github: false, facebook: false, gitlab: false };
  server.use(
    http.get("/login/support", ({ response }) =>
      response(200).json({ user: true, registration, mail, ...none }),
    ),
  );
}

function refusal(field: string, message: string) {
  const body = { type: "about:blank", title: "Bad Request", status: 400, detail: message };
  return Response.json({ ...body, errors: [{ field, message }] }, { status: 400 });
}

describe("creating an account", () => {
  async function fillIn(again = PASSWORD) {
    const page = renderPage(<RegisterPage />);
    await page.user.type(screen.getByLabelText(/E-mail address/), "jo@example.com");
    await page.user.type(screen.getByLabelText(/^Password/), PASSWORD);
    await page.user.type(screen.getByLabelText(/^The same password again/), again);
    await page.user.click(screen.getByRole("button", { name: "Create account" }));
    return page;
  }

  it("promises a mail and says what to do with it", async () => {
    offer();
    server.use(
      http.post("/login/register", ({ response }) =>
        response(201).json({ mail: true, message: "Open the link in the mail." }),
      ),
    );
    await fillIn();
    expect(await screen.findByText(/Open the link in the mail. The address is jo@example.com/)).toBeVisible();
    expect(screen.getByRole("link", { name: "Back to signing in" })).toHaveAttribute("href", "/login");
  });

  it("says where the link is if the server sends no mails", async () => {
    offer({ mail: false });
    renderPage(<RegisterPage />);
    expect(await screen.findByText(/in the server’s log/)).toBeVisible();
  });

  it("shows what is wrong with the password next to it", async () => {
    offer();
    server.use(
      http.post("/login/register", ({ response }) =>
        response.untyped(refusal("password", "Password is too easy to guess.")),
      ),
    );
    await fillIn();
    expect(await screen.findByText("Password is too easy to guess.")).toBeVisible();
    expect(screen.getByLabelText(/^Password/)).toBeInvalid();
  });

  it("waits until both passwords are the same", async () => {
    offer();
    await fillIn("something else");
    expect(screen.getByText("The two passwords are not the same")).toBeVisible();
    expect(screen.getByRole("button", { name: "Create account" })).toHaveAttribute("aria-disabled", "true");
  });

  it("is not possible where registration is off", async () => {
    offer({ registration: false });
    renderPage(<RegisterPage />);
    expect(await screen.findByText("Ask an administrator for one.")).toBeVisible();
  });
});

describe("a forgotten password", () => {
  it("is answered with a promise that stays", async () => {
    offer();
    server.use(
      http.post("/login/recover", ({ response }) =>
        response(201).json({ mail: true, message: "If this address has an account, we send it a mail." }),
      ),
    );
    const { user, location } = renderPage(<RecoverPage />, {
      path: "/forgot-password",
      at: "/forgot-password",
    });
    await user.type(screen.getByLabelText(/E-mail address/), "jo@example.com");
    await user.click(screen.getByRole("button", { name: "Send me a link" }));
    expect(await screen.findByText(/If this address has an account/)).toBeVisible();
    expect(location()).toBe("/forgot-password");
  });

  it("says how long to wait after too many mails", async () => {
    offer();
    const body = { type: "about:blank", title: "Too Many", status: 429, detail: "Too many attempts" };
    server.use(
      http.post("/login/recover", ({ response }) =>
        response.untyped(Response.json(body, { status: 429, headers: { "Retry-After": "60" } })),
      ),
    );
    const { user } = renderPage(<RecoverPage />);
    await user.type(screen.getByLabelText(/E-mail address/), "jo@example.com");
    await user.click(screen.getByRole("button", { name: "Send me a link" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Try again in 1 min.");
  });
});

describe("a new password", () => {
  async function choose() {
    const page = renderPage(<ResetPasswordPage />, { at: "/reset-password#code=j4h64zBH" });
    await page.user.type(screen.getByLabelText(/^New password/), PASSWORD);
    await page.user.type(screen.getByLabelText(/^The same password again/), PASSWORD);
    await page.user.click(screen.getByRole("button", { name: "Set password" }));
    return page;
  }

  it("is set with the code of the link", async () => {
    let body: unknown;
    server.use(
      http.post("/login/reset-password", async ({ request, response }) => {
        body = await request.json();
        return response(201).json({});
      }),
    );
    await choose();
    expect(await screen.findByRole("link", { name: "Sign in" })).toHaveAttribute("href", "/login");
    expect(body).toEqual({ activation_code: "j4h64zBH", password: PASSWORD });
  });

  it("shows the rule that it breaks", async () => {
    server.use(
      http.post("/login/reset-password", ({ response }) =>
        response.untyped(refusal("password", "Password must not be your name or e-mail address")),
      ),
    );
    await choose();
    expect(await screen.findByText("Password must not be your name or e-mail address")).toBeVisible();
  });

  it("needs a new link when the code is not good any more", async () => {
    server.use(
      http.post("/login/reset-password", ({ response }) =>
        response.untyped(refusal("activation_code", "Invalid activation code")),
      ),
    );
    await choose();
    expect(await screen.findByRole("link", { name: "Ask for a new link" })).toBeVisible();
  });

  it("cannot be chosen without a code", () => {
    renderPage(<ResetPasswordPage />, { at: "/reset-password" });
    expect(screen.getByRole("alert")).toHaveTextContent("This link is not good any more");
  });
});
