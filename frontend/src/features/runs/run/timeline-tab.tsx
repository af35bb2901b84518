/** When which test of a run ran, and which took longest. */
import { useMemo } from "react";

import { OUTCOMES } from "@/components/outcomes";
import { Empty, Failed, Loading } from "@/components/states";
import { formatDuration } from "@/components/times";

import { SlowestTests } from "./slowest-tests";
import { slowest, timelineOf } from "./timeline";
import { TimelineChart } from "./timeline-chart";
import "./timeline.css";
import { useTests } from "./use-run";
import { useOrder } from "./split";

const SLOWEST = 20;

export function TimelineTab({ runId, live }: { runId: string; live: boolean }) {
  const tests = useTests(runId, live);
  const all = tests.data?.tests;
  const timeline = useMemo(() => timelineOf(all ?? []), [all]);
  const slow = useMemo(() => slowest(all ?? [], SLOWEST), [all]);
  useOrder(useMemo(() => slow.map(({ id }) => id), [slow]));
  if (tests.isPending) return <Loading what="the tests" lines={8} />;
  if (tests.isError)
    return <Failed error={tests.error} what="the tests" onRetry={() => void tests.refetch()} />;
  if (tests.data.tests.length === 0)
    return (
      <Empty title="This run has no results yet">They are shown here as soon as they are reported.</Empty>
    );
  const workers = new Set(timeline.lanes.map(({ worker }) => worker));
  const outcomes = new Set<string>(tests.data.tests.map(({ result }) => result ?? "unknown"));
  return (
    <>
      <h2 className="timeline-title">
        {tests.data.is_complete ? "" : "The first "}
        {tests.data.tests.length.toLocaleString()} tests in {formatDuration(timeline.length / 1000)}
        {workers.size > 1 && `, by ${workers.size} workers`}
      </h2>
      <TimelineChart timeline={timeline} />
      <ul className="timeline-legend" aria-label="Colours">
        {OUTCOMES.filter(({ name }) => outcomes.has(name)).map(({ name, label, color }) => (
          <li key={name}>
            <span aria-hidden style={{ background: color }} />
            {label}
          </li>
        ))}
      </ul>
      <SlowestTests tests={slow} />
    </>
  );
}
