import { describe, expect, it } from "vitest";

import { localPath } from "./next-path";

describe("where people go after signing in", () => {
  it.each(["/project", "/project/1/runs?filter=env%3Dqa#x", "/profile"])("is the path %s of ours", (path) => {
    expect(localPath(path)).toBe(path);
  });

  it.each([
    null,
    "",
    "project",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/.//evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/login?next=/login",
  ])("is the start page if a link asks for %j", (path) => {
    expect(localPath(path)).toBe("/");
  });
});
