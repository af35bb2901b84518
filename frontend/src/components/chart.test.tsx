import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";

import { Chart, type ChartOption } from "./chart";

const drawn = vi.hoisted((): { options: unknown[]; click: unknown } => ({ options: [], click: undefined }));

vi.mock("echarts/core", () => ({
  use: () => undefined,
  init: (place: HTMLElement) => ({
    setOption: (option: unknown) => drawn.options.push(option),
    on: (_: string, listener: unknown) => (drawn.click = listener),
    getDom: () => place,
    resize: () => undefined,
    dispose: () => undefined,
  }),
}));

beforeEach(() => {
  drawn.options = [];
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {
        return undefined;
      }
      disconnect() {
        return undefined;
      }
    },
  );
  return () => vi.unstubAllGlobals();
});

const option = (color: (property: string) => string): ChartOption => ({
  series: { type: "bar", data: [1], itemStyle: { color: color("var(--outcome-failed)") } },
});

it("draws in the colours of the page, and moves unless people do not want that", async () => {
  document.documentElement.style.setProperty("--outcome-failed", "#b1380b");
  render(<Chart label="Durations" option={option} />);
  await vi.waitFor(() =>
    expect(drawn.options.at(-1)).toMatchObject({
      animation: true,
      aria: { label: { description: "Durations" } },
      series: { itemStyle: { color: "#b1380b" } },
    }),
  );
});

it("stands still for people who prefer that", async () => {
  vi.spyOn(window, "matchMedia").mockReturnValue({ matches: true } as MediaQueryList);
  render(<Chart label="Durations" option={option} />);
  await vi.waitFor(() => expect(drawn.options.at(-1)).toMatchObject({ animation: false }));
});

it("tells which point was clicked", async () => {
  const onPoint = vi.fn();
  render(<Chart label="Durations" option={option} onPoint={onPoint} />);
  await vi.waitFor(() => expect(drawn.options).not.toHaveLength(0));
  (drawn.click as (event: object) => void)({ seriesIndex: 1, dataIndex: 7 });
  expect(onPoint).toHaveBeenCalledWith(1, 7);
});

it("can be read as a table", async () => {
  render(
    <Chart label="Durations" option={option} table={{ head: ["Run", "Duration"], rows: [["#1", "3 s"]] }} />,
  );
  await userEvent.click(screen.getByText("Durations as a table"));
  const table = screen.getByRole("table");
  expect(within(table).getByRole("columnheader", { name: "Duration" })).toBeVisible();
  expect(within(table).getByRole("cell", { name: "3 s" })).toBeVisible();
});
