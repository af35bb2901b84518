/** How a timeline is drawn on a canvas; outcomes that need a look are taller and come last, on top. */
import { isFailure, outcomeOf } from "@/components/outcomes";
import { formatDuration } from "@/components/times";

import { type Bar, ticksOf, type Timeline } from "./timeline";

export const AXIS = 24;
export const LANE = 18;
/** The place for the names of workers. */
export const LEFT = 72;

/** In pixels; `length` in milliseconds. */
export type View = { width: number; left: number; length: number };

const TICK_PIXELS = 90;

export function draw(
  canvas: HTMLCanvasElement,
  timeline: Timeline,
  view: View,
  shown: string | undefined,
): void {
  const pen = canvas.getContext("2d");
  if (pen === null) return;
  const height = AXIS + timeline.lanes.length * LANE;
  const scale = window.devicePixelRatio || 1;
  canvas.width = view.width * scale;
  canvas.height = height * scale;
  pen.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const colors = new Map<string, string>();
  const colorOf = (property: string) => {
    const known = colors.get(property);
    if (known !== undefined) return known;
    const color = style.getPropertyValue(property.replace(/^var\((.*)\)$/, "$1")).trim();
    colors.set(property, color);
    return color;
  };
  const x = (time: number) => view.left + (time / Math.max(view.length, 1)) * (view.width - view.left);
  drawAxis(pen, view, height, x, colorOf);
  timeline.lanes.forEach(({ worker, bars }, lane) => {
    const top = AXIS + lane * LANE;
    pen.fillStyle = colorOf("--pf-t--global--text--color--subtle");
    if (worker !== null && timeline.lanes[lane - 1]?.worker !== worker)
      pen.fillText(shortened(pen, worker), 0, top + LANE / 2);
    const put = (bar: Bar) => {
      const needsLook = isFailure(bar.test.result);
      pen.fillStyle = colorOf(outcomeOf(bar.test.result).color);
      const width = Math.max(x(bar.end) - x(bar.start) - 0.5, needsLook ? 2 : 1);
      pen.fillRect(x(bar.start), top + (needsLook ? 1 : 4), width, LANE - (needsLook ? 2 : 8));
      if (bar.test.id !== shown) return;
      pen.strokeStyle = colorOf("--pf-t--global--text--color--regular");
      pen.lineWidth = 2;
      pen.strokeRect(x(bar.start) - 1, top + 1, width + 2, LANE - 2);
    };
    bars.filter(({ test }) => !isFailure(test.result)).forEach(put);
    bars.filter(({ test }) => isFailure(test.result)).forEach(put);
  });
}

function drawAxis(
  pen: CanvasRenderingContext2D,
  view: View,
  height: number,
  x: (time: number) => number,
  colorOf: (property: string) => string,
): void {
  pen.font = "12px sans-serif";
  pen.textBaseline = "middle";
  for (const tick of ticksOf(view.length, Math.max(2, (view.width - view.left) / TICK_PIXELS))) {
    pen.fillStyle = colorOf("--pf-t--global--border--color--default");
    pen.fillRect(Math.round(x(tick)), 0, 1, height);
    pen.fillStyle = colorOf("--pf-t--global--text--color--subtle");
    if (x(tick) < view.width - TICK_PIXELS / 2)
      pen.fillText(formatDuration(tick / 1000), x(tick) + 4, AXIS / 2);
  }
}

function shortened(pen: CanvasRenderingContext2D, text: string): string {
  let short = text;
  while (short.length > 1 && pen.measureText(short).width > LEFT - 8) short = `${short.slice(0, -2)}…`;
  return short;
}
