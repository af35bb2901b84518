import { expect, it } from "vitest";

import { wrongMetadata, wrongSource } from "./said";

it.each(["", "  ", "{}", '{"env": "qa"}'])("%j can be sent as metadata", (text) => {
  expect(wrongMetadata(text)).toBeUndefined();
});

it.each(["[1]", '"text"', "null", "{env: qa}"])("%j cannot be sent as metadata", (text) => {
  expect(wrongMetadata(text)).toMatch(/JSON/);
});

it("a source has at most 1024 characters", () => {
  expect(wrongSource("x".repeat(1024))).toBeUndefined();
  expect(wrongSource("x".repeat(1025))).toMatch(/1024/);
});
