/** How long a test took, from result to result. */
import { useMemo } from "react";
import { useNavigate } from "react-router";

import type { PastResult } from "@/api/types";
import { Chart, type ChartOption } from "@/components/chart";
import { outcomeOf } from "@/components/outcomes";
import { formatDuration, formatTime } from "@/components/times";

import { resultPath } from "./history";

export function DurationChart({
  results,
  currentId,
  projectId,
  search,
}: {
  results: readonly PastResult[];
  currentId: string;
  projectId: string;
  search: string;
}) {
  const navigate = useNavigate();
  const timed = useMemo(() => results.filter(({ duration }) => duration !== null), [results]);
  const option = useMemo(() => optionOf(timed, currentId), [timed, currentId]);
  if (timed.length < 2) return null;
  const durations = timed.map(({ duration }) => duration ?? 0).sort((one, other) => one - other);
  const open = (_: number, at: number) => {
    const result = timed[at];
    if (result) void navigate(resultPath(projectId, result.id) + search);
  };
  return (
    <div className="history-durations">
      <p className="result-subtle">
        Duration: median {formatDuration(durations[Math.floor(durations.length / 2)])}, longest{" "}
        {formatDuration(durations.at(-1))}
      </p>
      <Chart
        label="Duration of this test"
        height="9rem"
        option={option}
        onPoint={open}
        table={{
          head: ["Started", "Outcome", "Duration"],
          rows: timed.map(({ start_time, result, duration }) => [
            formatTime(start_time),
            outcomeOf(result).label,
            formatDuration(duration),
          ]),
        }}
      />
    </div>
  );
}

function optionOf(results: readonly PastResult[], currentId: string) {
  return (color: (property: string) => string): ChartOption => ({
    grid: { top: 8, right: 8, bottom: 4, left: 4 },
    xAxis: {
      type: "category",
      data: results.map((_, at) => at),
      axisLabel: { show: false },
      axisTick: { show: false },
    },
    yAxis: {
      type: "value",
      splitNumber: 3,
      axisLabel: { formatter: (seconds: number) => formatDuration(seconds) },
    },
    tooltip: {
      trigger: "axis",
      formatter: (points) => {
        const at = (Array.isArray(points) ? points[0] : points)?.dataIndex;
        const result = at === undefined ? undefined : results[at];
        return result ? `${formatDuration(result.duration)}<br>${formatTime(result.start_time)}` : "";
      },
    },
    series: {
      type: "line",
      lineStyle: { color: color("var(--pf-t--global--border--color--default)") },
      data: results.map(({ id, duration, result }) => ({
        value: duration,
        symbol: id === currentId ? "diamond" : "circle",
        symbolSize: id === currentId ? 14 : 7,
        itemStyle: { color: color(outcomeOf(result).color) },
      })),
    },
  });
}
