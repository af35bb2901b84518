/** When which test ran: tests as bars in lanes, where none covers another. */
import type { RunTest } from "@/api/types";

/** Milliseconds since the first test began. */
export type Bar = { test: RunTest; start: number; end: number };
export type Lane = { worker: string | null; bars: Bar[] };
export type Timeline = { lanes: Lane[]; began: number; length: number };

/** More are not told apart: bars then cover others in the lane that is free first. */
const MOST_LANES = 64;

export function timelineOf(tests: readonly RunTest[]): Timeline {
  const timed = tests
    .map((test) => ({ test, start: Date.parse(test.start_time) }))
    .filter(({ start }) => !Number.isNaN(start))
    .sort((one, other) => one.start - other.start);
  const began = timed[0]?.start ?? 0;
  const bars = timed.map(({ test, start }) => ({
    test,
    start: start - began,
    end: start - began + Math.max(test.duration ?? 0, 0) * 1000,
  }));
  const workers = [...byWorker(bars)].sort(([one], [other]) =>
    (one ?? "").localeCompare(other ?? "", "en", { numeric: true }),
  );
  return {
    lanes: workers.flatMap(([worker, its]) => packed(its).map((lane) => ({ worker, bars: lane }))),
    began,
    length: bars.reduce((latest, { end }) => Math.max(latest, end), 0),
  };
}

/** What is drawn at a time of a lane, or within `slack` milliseconds of it. */
export function barAt({ bars }: Lane, time: number, slack: number): Bar | undefined {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bars[middle]?.start ?? Infinity) <= time + slack) low = middle + 1;
    else high = middle;
  }
  return bars.slice(Math.max(0, low - MOST_LANES), low).findLast(({ end }) => end >= time - slack);
}

export function slowest(tests: readonly RunTest[], count: number): RunTest[] {
  return tests
    .filter(({ duration }) => duration !== null)
    .sort((one, other) => (other.duration ?? 0) - (one.duration ?? 0))
    .slice(0, count);
}

/** Round steps for an axis of this length, at most `count` of them. */
export function ticksOf(length: number, count: number): number[] {
  const step = STEPS.find((size) => length / size <= count) ?? length;
  return step > 0 ? Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step) : [0];
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 4, 8, 12, 24, 48, 96].map((hours) => hours * HOUR),
];

function byWorker(bars: readonly Bar[]): Map<string | null, Bar[]> {
  const found = new Map<string | null, Bar[]>();
  for (const bar of bars) {
    const its = found.get(bar.test.worker);
    if (its) its.push(bar);
    else found.set(bar.test.worker, [bar]);
  }
  return found;
}

/** Into as few lanes as it takes; the bars come by their start. */
function packed(bars: readonly Bar[]): Bar[][] {
  const lanes: { free: number; bars: Bar[] }[] = [];
  for (const bar of bars) {
    const lane =
      lanes.find(({ free }) => free <= bar.start) ??
      (lanes.length < MOST_LANES
        ? undefined
        : lanes.reduce((first, one) => (one.free < first.free ? one : first)));
    if (lane === undefined) lanes.push({ free: bar.end, bars: [bar] });
    else {
      lane.bars.push(bar);
      lane.free = Math.max(lane.free, bar.end);
    }
  }
  return lanes.map((lane) => lane.bars);
}
