import { describe, expect, test } from "vitest";

import { formatAgo, formatBytes, formatDuration } from "./times";

test.each([
  [null, "–"],
  [0, "0 ms"],
  [0.0004, "< 1 ms"],
  [0.0124, "12 ms"],
  [1.25, "1.3 s"],
  [0.9994, "999 ms"],
  [0.9997, "1 s"],
  [59.94, "59.9 s"],
  [59.97, "1 min"],
  [184, "3 min 4 s"],
  [3600, "1 h"],
  [3599.4, "59 min 59 s"],
  [3599.6, "1 h"],
  [3725, "1 h 2 min"],
  [7169, "1 h 59 min"],
  [7199, "2 h"],
  [10770, "3 h"],
])("%s seconds are %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [0, "0 bytes"],
  [1023, "1023 bytes"],
  [1536, "1.5 KiB"],
  [104857600, "100 MiB"],
  [1048575, "1 MiB"],
])("%s bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

describe("ages", () => {
  const now = Date.parse("2026-11-20T12:00:00Z");
  test.each([
    ["2026-11-20T11:59:40Z", "just now"],
    ["2026-11-20T11:57:00Z", "3 minutes ago"],
    ["2026-11-19T11:00:00Z", "yesterday"],
    ["2026-08-20T12:00:00Z", "3 months ago"],
    ["2026-11-20T14:00:00Z", "in 2 hours"],
  ])("%s was %s", (time, text) => {
    expect(formatAgo(time, now)).toBe(text);
  });
});
