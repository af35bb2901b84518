import { http as raw, HttpResponse } from "msw";
import { beforeEach, expect, test, vi } from "vitest";

import { server } from "@/testing/server";

import { client } from "./client";
import { keepSignedIn, onSignedOut } from "./session";

const USER_URL = "http://localhost/api/user";
const REFRESH_URL = "http://localhost/api/login/refresh";
const problem = (status: number) =>
  HttpResponse.json({ type: "about:blank", title: "x", status, detail: "no" }, { status });

beforeEach(() => {
  document.cookie = "ibutsu_csrf=secret-of-the-page";
});

test("what changes something proves that it comes from a page of ours", async () => {
  let header: string | null = null;
  server.use(
    raw.put(USER_URL, ({ request }) => {
      header = request.headers.get("X-CSRF-TOKEN");
      return HttpResponse.json({});
    }),
  );
  await client.PUT("/user", { body: { name: "Jo" } });
  expect(header).toBe("secret-of-the-page");
});

test("an ended access token is renewed once, for all who ask at the same time", async () => {
  let isRenewed = false;
  const refresh = vi.fn();
  server.use(
    raw.get(USER_URL, () => (isRenewed ? HttpResponse.json({ name: "Jo" }) : problem(401))),
    raw.post(REFRESH_URL, () => {
      refresh();
      isRenewed = true;
      return HttpResponse.json({});
    }),
  );
  const answers = await Promise.all([client.GET("/user"), client.GET("/user")]);
  expect(answers.map(({ data }) => data?.name)).toEqual(["Jo", "Jo"]);
  expect(refresh).toHaveBeenCalledOnce();
});

test("who cannot renew is signed out", async () => {
  const signedOut = vi.fn();
  const stop = onSignedOut(signedOut);
  server.use(
    raw.get(USER_URL, () => problem(401)),
    raw.post(REFRESH_URL, () => problem(401)),
  );
  const { error } = await client.GET("/user");
  stop();
  expect(error?.status).toBe(401);
  expect(signedOut).toHaveBeenCalledOnce();
});

test("a server that cannot renew right now signs nobody out", async () => {
  const signedOut = vi.fn();
  const stop = onSignedOut(signedOut);
  server.use(
    raw.get(USER_URL, () => problem(401)),
    raw.post(REFRESH_URL, () => problem(503)),
  );
  const { error } = await client.GET("/user");
  stop();
  expect(error?.status).toBe(503);
  expect(signedOut).not.toHaveBeenCalled();
});

test("a session is renewed ahead of its end, and not again before half of the next", async () => {
  const refresh = vi.fn();
  server.use(
    raw.post(REFRESH_URL, () => {
      refresh();
      return HttpResponse.json({ expires_in: 3600 });
    }),
  );
  const stop = keepSignedIn();
  await vi.waitFor(() => expect(localStorage.getItem("ibutsu.renew-at")).not.toBeNull());
  document.dispatchEvent(new Event("visibilitychange"));
  localStorage.setItem("ibutsu.renew-at", String(Date.now() - 1));
  document.dispatchEvent(new Event("visibilitychange"));
  await vi.waitFor(() => expect(refresh).toHaveBeenCalledTimes(2));
  stop();
});

test("a project of others does not sign anybody out", async () => {
  const signedOut = vi.fn();
  const stop = onSignedOut(signedOut);
  server.use(
    raw.get("http://localhost/api/project/x", () => problem(401)),
    raw.post(REFRESH_URL, () => HttpResponse.json({})),
  );
  const { error } = await client.GET("/project/{id}", { params: { path: { id: "x" } } });
  stop();
  expect(error?.status).toBe(401);
  expect(signedOut).not.toHaveBeenCalled();
});

test("no answer is a problem that says so", async () => {
  server.use(raw.get(USER_URL, () => HttpResponse.error()));
  const { error } = await client.GET("/user");
  expect(error?.title).toBe("No connection");
});
