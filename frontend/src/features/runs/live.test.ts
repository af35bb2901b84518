import { expect, test } from "vitest";

import { aRun } from "@/testing/factories";

import { isLive } from "./live";

const RUN = { created: "2026-11-20T08:00:00Z", start_time: "2026-11-20T08:00:00Z", wall_time: 600 };
const at = (time: string) => Date.parse(`2026-11-20T${time}Z`);

test("a run is live while results come in, and some minutes longer", () => {
  expect(isLive(aRun(RUN), at("08:14:00"))).toBe(true);
  expect(isLive(aRun(RUN), at("08:16:00"))).toBe(false);
});

test("a run older than an hour is not live, whatever comes in", () => {
  expect(isLive(aRun({ ...RUN, wall_time: 3700 }), at("09:01:41"))).toBe(false);
});

test("a run that has all that was collected is not live", () => {
  expect(isLive(aRun({ ...RUN, summary: { collected: 3, not_run: 0 } }), at("08:11:00"))).toBe(false);
  expect(isLive(aRun({ ...RUN, summary: { collected: 0, not_run: 0 } }), at("08:11:00"))).toBe(true);
});

test("a run that was imported is live for some minutes, not for an hour", () => {
  const imported = { ...RUN, start_time: "2026-11-19T08:00:00Z" };
  expect(isLive(aRun(imported), at("08:04:00"))).toBe(true);
  expect(isLive(aRun(imported), at("08:06:00"))).toBe(false);
});

test("a clock that is wrong keeps no run live", () => {
  const ahead = { ...RUN, start_time: "2026-11-21T08:00:00Z" };
  expect(isLive(aRun(ahead), at("08:06:00"))).toBe(false);
  expect(isLive(aRun({ ...ahead, created: "2026-11-21T08:00:00Z" }), at("08:06:00"))).toBe(false);
});
