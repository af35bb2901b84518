import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import { aProject, aUser, newId, onOnePage } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { ProfilePage } from "./profile-page";

const jo = aUser();
const HERE = session({ current: true, user_agent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0" });
const THERE = session({ user_agent: "curl/8.5.0" });

function session(facts: { current?: boolean; user_agent: string }) {
  const times = {
    created: "2026-11-20T08:00:00Z",
    used: "2026-11-20T09:00:00Z",
    expires: "2026-12-20T08:00:00Z",
  };
  return { id: newId(), current: false, address: "192.0.2.7", ...times, ...facts };
}

beforeEach(() => {
  server.use(
    http.get("/user", ({ response }) => response(200).json(jo)),
    http.get("/project", ({ response }) =>
      response(200).json({ projects: [aProject({ users: [jo] })], pagination: onOnePage(1) }),
    ),
    http.get("/project/{id}/members", ({ response }) =>
      response(200).json({ members: [{ user: jo, role: "reporter" }], pagination: onOnePage(1) }),
    ),
    http.get("/user/session", ({ response }) =>
      response(200).json({ sessions: [HERE, THERE], pagination: onOnePage(2) }),
    ),
  );
});

describe("the profile", () => {
  it("shows who one is, and what one is in one’s projects", async () => {
    renderPage(<ProfilePage />);
    expect(await screen.findByText("jo@example.com")).toBeVisible();
    expect(await screen.findByRole("link", { name: "My Project" })).toBeVisible();
    expect(await screen.findByText("reporter")).toBeVisible();
  });

  it("says so where there is no project", async () => {
    server.use(
      http.get("/project", ({ response }) => response(200).json({ projects: [], pagination: onOnePage(0) })),
    );
    renderPage(<ProfilePage />);
    expect(await screen.findByText(/You are in no project yet/)).toBeVisible();
  });

  it("takes another name", async () => {
    let body: unknown;
    server.use(
      http.put("/user", async ({ request, response }) => {
        body = await request.json();
        return response(200).json(jo);
      }),
    );
    const { user } = renderPage(<ProfilePage />);
    await user.type(await screen.findByLabelText("Name"), " Doe");
    await user.click(screen.getByRole("button", { name: "Save name" }));
    expect(await screen.findByText("Your name is changed")).toBeVisible();
    expect(body).toEqual({ name: "Jo Doe" });
  });
});

describe("the password", () => {
  async function change() {
    const { user } = renderPage(<ProfilePage />);
    await user.type(await screen.findByLabelText(/^Current password/), "old password");
    await user.type(screen.getByLabelText(/^New password/), "a new password");
    await user.type(screen.getByLabelText(/^The same password again/), "a new password");
    await user.click(screen.getByRole("button", { name: "Change password" }));
  }

  it("is changed, and used to stay signed in", async () => {
    const asked: unknown[] = [];
    server.use(
      http.put("/user", async ({ request, response }) => {
        asked.push(await request.json());
        return response(200).json(jo);
      }),
      http.post("/login", async ({ request, response }) => {
        asked.push(await request.json());
        return response(200).json({ name: "Jo", email: jo.email, expires_in: 3600 });
      }),
    );
    await change();
    expect(await screen.findByText("Your password is changed")).toBeVisible();
    expect(asked).toEqual([
      { current_password: "old password", password: "a new password" },
      { email: jo.email, password: "a new password", cookies: true },
    ]);
    expect(screen.getByLabelText(/^New password/)).toHaveValue("");
  });

  it("is not changed by somebody who does not know the one before", async () => {
    const message = "current_password is not right";
    server.use(
      http.put("/user", ({ response }) =>
        response.untyped(
          Response.json(
            {
              type: "about:blank",
              title: "Bad Request",
              status: 400,
              detail: message,
              errors: [{ field: "current_password", message }],
            },
            { status: 400 },
          ),
        ),
      ),
    );
    await change();
    expect(await screen.findByText("This is not your password")).toBeVisible();
  });
});

describe("the sign-ins", () => {
  it("are named, with the one of this browser marked", async () => {
    renderPage(<ProfilePage />);
    await screen.findByText("Firefox on Linux");
    const [here] = screen.getAllByRole("listitem").filter((item) => within(item).queryByText("this one"));
    expect(here).toHaveTextContent("Firefox on Linux");
    expect(here).not.toHaveTextContent("Sign out");
  });

  it("can be ended one by one", async () => {
    let ended: unknown;
    server.use(
      http.delete("/user/session/{id}", ({ params, response }) => {
        ended = params.id;
        return response(200).json("OK");
      }),
    );
    const { user } = renderPage(<ProfilePage />);
    await user.click(await screen.findByRole("button", { name: /Sign out curl/ }));
    expect(await screen.findByText("curl/8.5.0 is signed out")).toBeVisible();
    expect(ended).toBe(THERE.id);
  });

  it("can all be ended but this one, after a question", async () => {
    let isEnded = false;
    server.use(
      http.delete("/user/session", ({ response }) => {
        isEnded = true;
        return response(200).json("OK");
      }),
    );
    const { user } = renderPage(<ProfilePage />);
    await user.click(await screen.findByRole("button", { name: "Sign out everywhere else" }));
    expect(isEnded).toBe(false);
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Sign out" }));
    await waitFor(() => expect(isEnded).toBe(true));
    expect(await screen.findByText("You are signed out everywhere else")).toBeVisible();
  });
});
