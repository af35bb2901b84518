import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { aUser } from "@/testing/factories";
import { renderPage } from "@/testing/render";
import { http, server } from "@/testing/server";

import { SignedIn } from "./signed-in";

const problem = (status: number) => ({
  type: "about:blank",
  title: "x",
  status,
  detail: "The database is away",
});

test("who is not signed in is sent to sign in, and back afterwards", async () => {
  server.use(http.get("/user", ({ response }) => response(401).json(problem(401) as never)));
  const { location } = renderPage(<SignedIn />, { path: "/project/:id", at: "/project/1?filter=env%3Dqa#x" });
  await screen.findByText("Another page");
  const [path, query] = location().split("?");
  expect(path).toBe("/login");
  expect(new URLSearchParams(query).get("next")).toBe("/project/1?filter=env%3Dqa#x");
});

test("a server that is away is told, and asked again", async () => {
  let isAway = true;
  server.use(
    http.get("/user", ({ response }) =>
      isAway ? response(503).json(problem(503) as never) : response(200).json(aUser()),
    ),
  );
  const { user } = renderPage(<SignedIn />);
  expect(await screen.findByText("The database is away")).toBeVisible();
  isAway = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await expect.poll(() => screen.queryByText("The database is away")).toBeNull();
});
