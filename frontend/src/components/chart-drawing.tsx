/** What draws charts: the parts of ECharts that are needed, in the colours of the page. */
import { BarChart, type BarSeriesOption, LineChart, type LineSeriesOption } from "echarts/charts";
import { ScatterChart, type ScatterSeriesOption } from "echarts/charts";
import {
  AriaComponent,
  type AriaComponentOption,
  GridComponent,
  type GridComponentOption,
  LegendComponent,
  type LegendComponentOption,
  TooltipComponent,
  type TooltipComponentOption,
} from "echarts/components";
import { type ComposeOption, type ECharts, init, use as register } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useEffectEvent, useRef } from "react";

import { useIsDark } from "./theme";

register([
  ...[LineChart, BarChart, ScatterChart],
  ...[GridComponent, TooltipComponent, LegendComponent, AriaComponent, SVGRenderer],
]);

export type ChartOption = ComposeOption<
  | LineSeriesOption
  | BarSeriesOption
  | ScatterSeriesOption
  | GridComponentOption
  | TooltipComponentOption
  | LegendComponentOption
  | AriaComponentOption
>;

export type DrawingProps = {
  /** What the chart shows, in a sentence. */
  label: string;
  /** What to draw; `color` makes a colour of a custom property such as `var(--outcome-failed)`.  Keep it stable. */
  option: (color: (property: string) => string) => ChartOption;
  /** Called with the place of the series, and of the value in it, that was clicked. */
  onPoint?: (series: number, value: number) => void;
};

const TEXT = "var(--pf-t--global--text--color--regular)";
const SUBTLE = "var(--pf-t--global--text--color--subtle)";
const LINE = "var(--pf-t--global--border--color--default)";
const SURFACE = "var(--pf-t--global--background--color--floating--default)";
const FONT = "var(--pf-t--global--font--family--body)";

export default function ChartDrawing({ label, option, onPoint }: DrawingProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(null);
  const isDark = useIsDark();
  const point = useEffectEvent((series: number, value: number) => onPoint?.(series, value));

  useEffect(() => {
    const drawn = init(place.current, themeOf(colorOf), { renderer: "svg" });
    chart.current = drawn;
    drawn.on("click", ({ seriesIndex, dataIndex }) => point(seriesIndex ?? 0, dataIndex));
    const observer = new ResizeObserver(() => drawn.resize());
    observer.observe(drawn.getDom());
    return () => {
      observer.disconnect();
      drawn.dispose();
    };
  }, [isDark]);

  useEffect(() => {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const aria = { enabled: true, label: { enabled: true, description: label } };
    chart.current?.setOption(
      { aria, animation: !isCalm, animationDuration: 300, ...option(colorOf) },
      { notMerge: true },
    );
  }, [isDark, label, option]);

  return <div ref={place} className="chart-drawing" />;
}

function colorOf(property: string): string {
  const name = property.replace(/^var\((.*)\)$/, "$1");
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function themeOf(color: (property: string) => string): object {
  const axis = {
    axisLine: { lineStyle: { color: color(LINE) } },
    axisTick: { lineStyle: { color: color(LINE) } },
    axisLabel: { color: color(SUBTLE) },
    nameTextStyle: { color: color(SUBTLE) },
    splitLine: { lineStyle: { color: color(LINE), opacity: 0.5 } },
  };
  return {
    textStyle: { color: color(TEXT), fontFamily: color(FONT) },
    legend: { textStyle: { color: color(TEXT) } },
    tooltip: {
      backgroundColor: color(SURFACE),
      borderColor: color(LINE),
      textStyle: { color: color(TEXT) },
    },
    categoryAxis: axis,
    valueAxis: axis,
    timeAxis: axis,
    logAxis: axis,
  };
}
