/** A table of what the server listed: sorting, columns to choose, rows to select, pages; it knows no nouns. */
import {
  Checkbox,
  Pagination as Pager,
  Toolbar,
  ToolbarContent,
  ToolbarGroup,
  ToolbarItem,
} from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { rowSelectionFeature, tableFeatures, useTable } from "@tanstack/react-table";
import { type ReactNode, useMemo } from "react";

import type { Pagination } from "@/api/types";

import { ColumnChoice, useChosenColumns } from "./column-choice";
import { Loading } from "./states";

export type Column<Row> = {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** The server's field to sort by, if it can. */
  sort?: string;
  /** Columns that are not shown unless somebody wants them. */
  isExtra?: boolean;
  /** A CSS width. */
  width?: string;
};

export type Paging = {
  page: number;
  pageSize: number;
  onPage: (page: number) => void;
  onPageSize: (size: number) => void;
};
export type Sorting = { sort: string | undefined; onSort: (sort: string | undefined) => void };
export type Selection = { ids: readonly string[]; onSelect: (ids: string[]) => void };

const features = tableFeatures({ rowSelectionFeature });

export function DataTable<Row extends { id: string }>({
  name,
  columns,
  rows,
  pagination,
  paging,
  sorting,
  selection,
  rowLabel,
  toolbar,
  isFetching = false,
  empty,
}: {
  /** What is listed, such as "runs": for screen readers, and where the choice of columns is kept. */
  name: string;
  columns: readonly Column<Row>[];
  /** Undefined as long as they are loading. */
  rows: readonly Row[] | undefined;
  pagination?: Pagination;
  paging?: Paging;
  sorting?: Sorting;
  selection?: Selection;
  /** A row in words, for its checkbox. */
  rowLabel?: (row: Row) => string;
  toolbar?: ReactNode;
  isFetching?: boolean;
  /** Shown where there are no rows. */
  empty: ReactNode;
}) {
  const { hidden, setHidden } = useChosenColumns(name, columns);
  const selected = useMemo(
    () => Object.fromEntries((selection?.ids ?? []).map((id) => [id, true as const])),
    [selection?.ids],
  );
  const table = useTable<typeof features, Row>({
    features,
    columns: NONE,
    data: rows ?? NONE,
    getRowId: (row) => row.id,
    enableRowSelection: selection !== undefined,
    state: { rowSelection: selected },
    onRowSelectionChange: (change) => {
      const next = typeof change === "function" ? change(selected) : change;
      selection?.onSelect(Object.keys(next).filter((id) => next[id]));
    },
  });
  const visible = columns.filter(({ id }) => !hidden.includes(id));
  const pager = (variant: "top" | "bottom") =>
    paging &&
    pagination && <ListPager variant={variant} pagination={pagination} paging={paging} name={name} />;
  return (
    <>
      <Toolbar inset={{ default: "insetNone" }} className="data-table-bar">
        <ToolbarContent>
          {toolbar}
          <ToolbarGroup align={{ default: "alignEnd" }}>
            <ToolbarItem>
              <ColumnChoice columns={columns} hidden={hidden} onChange={setHidden} />
            </ToolbarItem>
            <ToolbarItem>{pager("top")}</ToolbarItem>
          </ToolbarGroup>
        </ToolbarContent>
      </Toolbar>
      {rows === undefined && <Loading what={name} lines={10} />}
      {rows?.length === 0 && empty}
      {rows !== undefined && rows.length > 0 && (
        <>
          <Table
            aria-label={name}
            aria-busy={isFetching}
            variant="compact"
            isStickyHeader
            className="data-table"
          >
            <Thead>
              <Tr>
                {selection && (
                  <Th screenReaderText={`Selected ${name}`}>
                    <Checkbox
                      id={`${name}-all`}
                      aria-label={`Select all ${name} of this page`}
                      isChecked={table.getIsAllRowsSelected() || (table.getIsSomeRowsSelected() && null)}
                      onChange={(_, isChecked) => table.toggleAllRowsSelected(isChecked)}
                    />
                  </Th>
                )}
                {visible.map((column, index) => (
                  <Th
                    key={column.id}
                    modifier="nowrap"
                    style={{ width: column.width }}
                    sort={sortOf(column, index, sorting)}
                  >
                    {column.header}
                  </Th>
                ))}
              </Tr>
            </Thead>
            <Tbody>
              {table.getRowModel().rows.map((row) => (
                <Tr key={row.id} isRowSelected={row.getIsSelected()}>
                  {selection && (
                    <Td>
                      <Checkbox
                        id={`${name}-${row.id}`}
                        aria-label={`Select ${rowLabel?.(row.original) ?? row.id}`}
                        isChecked={row.getIsSelected()}
                        onChange={(_, isChecked) => row.toggleSelected(isChecked)}
                      />
                    </Td>
                  )}
                  {visible.map(({ id, header, cell }) => (
                    <Td key={id} dataLabel={header}>
                      {cell(row.original)}
                    </Td>
                  ))}
                </Tr>
              ))}
            </Tbody>
          </Table>
          {pager("bottom")}
        </>
      )}
    </>
  );
}

const NONE: never[] = [];

function ListPager({
  variant,
  pagination,
  paging,
  name,
}: {
  variant: "top" | "bottom";
  pagination: Pagination;
  paging: Paging;
  name: string;
}) {
  const about = pagination.estimated === true ? "about " : "";
  return (
    <Pager
      variant={variant}
      isCompact={variant === "top"}
      itemCount={pagination.totalItems}
      page={paging.page}
      perPage={paging.pageSize}
      perPageOptions={[20, 50, 100, 200].map((value) => ({ title: String(value), value }))}
      onSetPage={(_, page) => paging.onPage(page)}
      onPerPageSelect={(_, size) => paging.onPageSize(size)}
      toggleTemplate={({ firstIndex, lastIndex }) => (
        <>
          <b>
            {firstIndex?.toLocaleString()}–{lastIndex?.toLocaleString()}
          </b>{" "}
          of {about}
          <b>{pagination.totalItems.toLocaleString()}</b>
        </>
      )}
      titles={{ paginationAriaLabel: `Pages of ${name}, ${variant}` }}
    />
  );
}

/** A first click on a heading sorts the greatest first, a second one turns that around, a third one ends it. */
function sortOf<Row>(column: Column<Row>, index: number, sorting: Sorting | undefined) {
  const field = column.sort;
  if (field === undefined || sorting === undefined) return undefined;
  const { sort, onSort } = sorting;
  const isSorted = sort === field || sort === `-${field}`;
  return {
    columnIndex: index,
    sortBy: isSorted
      ? { index, direction: sort === field ? ("asc" as const) : ("desc" as const) }
      : { defaultDirection: "desc" as const },
    onSort: () => {
      if (!isSorted) onSort(`-${field}`);
      else onSort(sort === field ? undefined : field);
    },
  };
}
