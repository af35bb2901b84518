import { expect, test } from "vitest";

import { aRunTest } from "@/testing/factories";

import { barAt, slowest, ticksOf, timelineOf } from "./timeline";

function at(seconds: number, duration: number, worker: string | null = null) {
  const start_time = new Date(Date.UTC(2026, 10, 20) + seconds * 1000).toISOString();
  return aRunTest({ start_time, duration, worker, test_id: `${seconds}+${duration}` });
}

test("each worker has its lanes, in the order of their numbers", () => {
  const { lanes } = timelineOf([at(0, 1, "gw10"), at(0, 1, "gw2"), at(1, 1, "gw2")]);
  expect(lanes.map(({ worker, bars }) => [worker, bars.length])).toEqual([
    ["gw2", 2],
    ["gw10", 1],
  ]);
});

test("tests that ran at the same time are in lanes of their own", () => {
  const { lanes, length } = timelineOf([at(0, 3), at(1, 1), at(2, 4), at(3, 1)]);
  expect(lanes.map(({ bars }) => bars.map(({ test }) => test.test_id))).toEqual([
    ["0+3", "3+1"],
    ["1+1", "2+4"],
  ]);
  expect(length).toBe(6000);
});

test("tests without times that differ do not make a lane each", () => {
  const { lanes } = timelineOf(Array.from({ length: 500 }, () => at(0, 1)));
  expect(lanes).toHaveLength(64);
});

test("a bar is found under the pointer, and close to it", () => {
  const lane = timelineOf([at(0, 1), at(5, 1)]).lanes[0];
  expect(lane && barAt(lane, 500, 0)?.test.test_id).toBe("0+1");
  expect(lane && barAt(lane, 4950, 100)?.test.test_id).toBe("5+1");
  expect(lane && barAt(lane, 3000, 100)).toBeUndefined();
});

test("the slowest come first, and what has no duration not at all", () => {
  const tests = [at(0, 1), at(1, 9), aRunTest({ duration: null }), at(2, 5)];
  expect(slowest(tests, 2).map(({ duration }) => duration)).toEqual([9, 5]);
});

test("an axis has round steps", () => {
  expect(ticksOf(4200, 5)).toEqual([0, 1000, 2000, 3000, 4000]);
  expect(ticksOf(0, 5)).toEqual([0]);
});
