import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";

import { onOnePage } from "@/testing/factories";

import { type Column, DataTable } from "./data-table";

type Row = { id: string; name: string; size: number };

const COLUMNS: Column<Row>[] = [
  { id: "name", header: "Name", cell: ({ name }) => name },
  { id: "size", header: "Size", cell: ({ size }) => size, sort: "size" },
  { id: "extra", header: "Extra", cell: () => "more", isExtra: true },
];
const ROWS = [
  { id: "1", name: "one", size: 10 },
  { id: "2", name: "two", size: 20 },
];

test("rows that are loading are announced, and none are explained", () => {
  const view = render(
    <DataTable name="things" columns={COLUMNS} rows={undefined} empty={<p>Nothing here</p>} />,
  );
  expect(screen.getByRole("status")).toHaveTextContent("Loading things");
  view.rerender(<DataTable name="things" columns={COLUMNS} rows={[]} empty={<p>Nothing here</p>} />);
  expect(screen.getByText("Nothing here")).toBeVisible();
});

test("a heading sorts the greatest first, then the least, then not at all", async () => {
  const sorts: (string | undefined)[] = [];
  function Sorted() {
    const [sort, setSort] = useState<string>();
    const onSort = (next: string | undefined) => {
      sorts.push(next);
      setSort(next);
    };
    return <DataTable name="things" columns={COLUMNS} rows={ROWS} sorting={{ sort, onSort }} empty={null} />;
  }
  render(<Sorted />);
  for (let click = 0; click < 3; click += 1)
    await userEvent.click(screen.getByRole("button", { name: "Size" }));
  expect(sorts).toEqual(["-size", "size", undefined]);
});

test("a column that is chosen is shown, and is there the next time", async () => {
  const view = render(<DataTable name="things" columns={COLUMNS} rows={ROWS} empty={null} />);
  expect(screen.queryByRole("columnheader", { name: "Extra" })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Columns" }));
  await userEvent.click(screen.getByText("Extra"));
  expect(screen.getByRole("columnheader", { name: "Extra" })).toBeVisible();
  view.unmount();
  render(<DataTable name="things" columns={COLUMNS} rows={ROWS} empty={null} />);
  expect(screen.getByRole("columnheader", { name: "Extra" })).toBeVisible();
});

test("rows are selected one by one and all at once", async () => {
  const onSelect = vi.fn();
  render(
    <DataTable
      name="things"
      columns={COLUMNS}
      rows={ROWS}
      selection={{ ids: ["1"], onSelect }}
      rowLabel={({ name }) => name}
      empty={null}
    />,
  );
  await userEvent.click(screen.getByRole("checkbox", { name: "Select two" }));
  expect(onSelect).toHaveBeenLastCalledWith(["1", "2"]);
  await userEvent.click(screen.getByRole("checkbox", { name: "Select all things of this page" }));
  expect(onSelect).toHaveBeenLastCalledWith(["1", "2"]);
});

test("an estimated total says that it is one", () => {
  render(
    <DataTable
      name="things"
      columns={COLUMNS}
      rows={ROWS}
      pagination={{ ...onOnePage(102329), estimated: true }}
      paging={{ page: 1, pageSize: 20, onPage: vi.fn(), onPageSize: vi.fn() }}
      empty={null}
    />,
  );
  const pager = screen.getByRole("navigation", { name: "Pages of things, bottom" });
  expect(pager.closest(".pf-v6-c-pagination")).toHaveTextContent("1–20 of about 102,329");
  expect(within(pager).getByRole("button", { name: "Go to next page" })).toBeEnabled();
});
