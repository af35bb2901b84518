/** The timeline, drawn: point at a bar to see what it is, click it to open the result. */
import { type MouseEvent, useEffect, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";

import { outcomeOf } from "@/components/outcomes";
import { useIsDark } from "@/components/theme";
import { formatDuration } from "@/components/times";

import { beside, useAddress } from "./address";
import { type Bar, barAt, type Timeline } from "./timeline";
import { AXIS, draw, LANE, LEFT, type View } from "./timeline-drawing";

const SLACK_PIXELS = 2;

export function TimelineChart({ timeline }: { timeline: Timeline }) {
  const address = useAddress();
  const navigate = useNavigate();
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null);
  const width = useWidth(canvas);
  const isDark = useIsDark();
  const [pointed, setPointed] = useState<{ bar: Bar; x: number; y: number }>();
  const view = useMemo<View>(
    () => ({ width, left: hasWorkers(timeline) ? LEFT : 0, length: timeline.length }),
    [width, timeline],
  );
  const { resultId } = address;
  useEffect(() => {
    if (canvas !== null && view.width > 0) draw(canvas, timeline, view, resultId);
  }, [canvas, timeline, view, isDark, resultId]);
  const barUnder = ({ nativeEvent: { offsetX, offsetY } }: MouseEvent) => {
    const lane = timeline.lanes[Math.floor((offsetY - AXIS) / LANE)];
    const perPixel = view.length / Math.max(view.width - view.left, 1);
    return offsetX < view.left || lane === undefined
      ? undefined
      : barAt(lane, (offsetX - view.left) * perPixel, SLACK_PIXELS * perPixel);
  };
  const point = (event: MouseEvent) => {
    const bar = barUnder(event);
    setPointed(bar && { bar, x: event.nativeEvent.offsetX, y: event.nativeEvent.offsetY });
  };
  const open = (event: MouseEvent) => {
    const bar = barUnder(event);
    setPointed(undefined);
    if (bar !== undefined) void navigate(beside(address, bar.test.id));
  };
  return (
    <div className="timeline">
      <canvas
        ref={setCanvas}
        // eslint-disable-next-line jsx-a11y/no-interactive-element-to-noninteractive-role -- the table below is the way without a mouse
        role="img"
        aria-label="When which test ran; the slowest are in the table below"
        style={{ height: AXIS + timeline.lanes.length * LANE, cursor: pointed ? "pointer" : undefined }}
        onMouseMove={point}
        onMouseLeave={() => setPointed(undefined)}
        onClick={open}
      />
      {pointed && (
        <div
          className="timeline-tip"
          style={{
            insetBlockStart: pointed.y + 14,
            ...(pointed.x > width / 2 ? { right: width - pointed.x + 8 } : { left: pointed.x + 8 }),
          }}
        >
          <Words bar={pointed.bar} />
        </div>
      )}
    </div>
  );
}

function Words({ bar: { test, start } }: { bar: Bar }) {
  return (
    <>
      <b className="breakable">{test.test_id}</b>
      <br />
      {outcomeOf(test.result).label}, {formatDuration(test.duration)}, after {formatDuration(start / 1000)}
      {test.worker !== null && `, on ${test.worker}`}
      {test.exception_name !== null && ` (${test.exception_name})`}
    </>
  );
}

function hasWorkers({ lanes }: Timeline): boolean {
  return lanes.some(({ worker }) => worker !== null);
}

function useWidth(element: HTMLElement | null): number {
  const [width, setWidth] = useState(0);
  const last = useRef(0);
  useEffect(() => {
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      const next = Math.floor(entry?.contentRect.width ?? 0);
      if (next !== last.current) setWidth((last.current = next));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
