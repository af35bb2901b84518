import { screen } from "@testing-library/react";
import { delay } from "msw";
import { afterEach, describe, expect, it } from "vitest";

import type { components } from "@/api/schema";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { SignInPage } from "./sign-in-page";

type Support = components["schemas"]["LoginSupport"];

function offer(ways: Partial<Support> = {}) {
  const none = { keycloak: false, oidc: false, google: false, github: false, facebook: false, gitlab: false };
  const support = { user: true, registration: true, mail: true, ...none, ...ways };
  server.use(http.get("/login/support", ({ response }) => response(200).json(support)));
}

function show(at = "/login") {
  return renderPage(<SignInPage />, { path: "/login", at });
}

async function fillIn({ user }: ReturnType<typeof show>) {
  await user.type(await screen.findByLabelText(/E-mail address/), "jo@example.com");
  await user.type(screen.getByLabelText(/^Password/), "correct horse");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
}

function refuse(status: 401 | 429, detail: string, headers: Record<string, string> = {}) {
  server.use(
    http.post("/login", ({ response }) =>
      response.untyped(
        Response.json({ type: "about:blank", title: "Refused", status, detail }, { status, headers }),
      ),
    ),
  );
}

afterEach(() => {
  document.cookie = "ibutsu_csrf=; expires=Thu, 01 Jan 1970 00:00:00 GMT";
});

describe("signing in with a password", () => {
  it("leads to the page that was wanted, and forgets what was loaded for somebody else", async () => {
    offer();
    let body: unknown;
    server.use(
      http.post("/login", async ({ request, response }) => {
        body = await request.json();
        return response(200).json({ name: "Jo", email: "jo@example.com", expires_in: 3600 });
      }),
    );
    const page = show("/login?next=%2Fproject%2F1%2Fruns");
    page.queryClient.setQueryData(["get", "/user"], { name: "Somebody else" });
    await fillIn(page);
    expect(await screen.findByText("Another page")).toBeVisible();
    expect(page.location()).toBe("/project/1/runs");
    expect(body).toEqual({ email: "jo@example.com", password: "correct horse", cookies: true });
    expect(page.queryClient.getQueryData(["get", "/user"])).toBeUndefined();
  });

  it("says that the password is wrong", async () => {
    offer();
    refuse(401, "Username and/or password are invalid");
    await fillIn(show());
    expect(await screen.findByRole("alert")).toHaveTextContent("Username and/or password are invalid");
  });

  it("says how long to wait after too many attempts", async () => {
    offer();
    refuse(429, "Too many attempts", { "Retry-After": "840" });
    await fillIn(show());
    expect(await screen.findByRole("alert")).toHaveTextContent("Try again in 14 min.");
  });

  it("says that the server cannot be reached", async () => {
    offer();
    server.use(http.post("/login", ({ response }) => response.untyped(Response.error())));
    await fillIn(show());
    expect(await screen.findByRole("alert")).toHaveTextContent("No connection");
  });

  it("shows the password to whoever wants to see it", async () => {
    offer();
    const { user } = show();
    expect(await screen.findByLabelText(/^Password/)).toHaveAttribute("type", "password");
    await user.click(screen.getByRole("button", { name: "Show what is typed" }));
    expect(screen.getByLabelText(/^Password/)).toHaveAttribute("type", "text");
  });
});

describe("the ways to sign in", () => {
  it("are loading at first, and the tab says where one is", async () => {
    server.use(
      http.get("/login/support", async ({ response }) => {
        await delay("infinite");
        return response.untyped(new Response());
      }),
    );
    show();
    expect(await screen.findByText("Loading the ways to sign in")).toBeInTheDocument();
    expect(document.title).toBe("Sign in · Ibutsu");
  });

  it("can be asked for again when the server was away", async () => {
    server.use(http.get("/login/support", ({ response }) => response.untyped(Response.error())));
    const { user } = show();
    const again = await screen.findByRole("button", { name: "Try again" }, { timeout: 5000 });
    offer();
    await user.click(again);
    expect(await screen.findByRole("button", { name: "Sign in" })).toBeVisible();
  });

  it("are links to the server, which know where people want to go", async () => {
    offer({ github: true, keycloak: true });
    server.use(
      http.get("/login/config/{provider}", ({ response }) =>
        response(200).json({ display_name: "Company account" }),
      ),
    );
    show("/login?next=%2Fprofile");
    const company = await screen.findByRole("link", { name: "Sign in with Company account" });
    expect(company).toHaveAttribute("href", "/api/login/authorize/keycloak?next=%2Fprofile");
    expect(screen.getByRole("link", { name: "Sign in with GitHub" })).toHaveAttribute(
      "href",
      "/api/login/authorize/github?next=%2Fprofile",
    );
  });

  it("leave administrators their password where it is off for everybody else", async () => {
    offer({ user: false, registration: false, github: true });
    const { user } = show();
    await user.click(await screen.findByRole("button", { name: /Administrators/ }));
    expect(screen.getByLabelText(/^Password/)).toBeVisible();
    expect(screen.queryByRole("link", { name: "Create an account" })).not.toBeInTheDocument();
  });
});

describe("arriving at the page", () => {
  it("with an opened account says so", async () => {
    offer();
    show("/login?st=success&msg=Account+activated,+please+log+in.");
    expect(await screen.findByText("Sign in with the password that you chose.")).toBeVisible();
  });

  it("with a reason of a provider shows it as a quotation", async () => {
    offer();
    show("/login?st=error&msg=GitHub+does+not+answer%3Cb%3E");
    expect(await screen.findByText("The sign-in provider said: “GitHub does not answer<b>”")).toBeVisible();
  });

  it("with good news that the server never tells shows nothing", async () => {
    offer();
    show("/login?st=success&msg=Call+0900+1234");
    await screen.findByRole("button", { name: "Sign in" });
    expect(screen.queryByText(/0900/)).not.toBeInTheDocument();
  });

  it("signed in already leads on", async () => {
    document.cookie = "ibutsu_csrf=abc";
    offer();
    server.use(
      http.post("/login/refresh", ({ response }) =>
        response(200).json({ name: "Jo", email: "jo@example.com", expires_in: 3600 }),
      ),
    );
    const { location } = show("/login?next=%2Fproject");
    expect(await screen.findByText("Another page")).toBeVisible();
    expect(location()).toBe("/project");
  });

  it("with a session that is over shows the form", async () => {
    document.cookie = "ibutsu_csrf=abc";
    offer();
    server.use(
      http.post("/login/refresh", ({ response }) =>
        response.untyped(Response.json({ detail: "over", status: 401 }, { status: 401 })),
      ),
    );
    show();
    expect(await screen.findByRole("button", { name: "Sign in" })).toBeVisible();
  });
});
