/** The pages and the order of a list, as a table wants them. */
import type { Paging, Sorting } from "@/components/data-table";

import type { ListState } from "./use-list";

export function tableOf(list: ListState): { paging: Paging; sorting: Sorting } {
  const { page, pageSize, setPage, setPageSize, sort, setSort } = list;
  return {
    paging: { page, pageSize, onPage: setPage, onPageSize: setPageSize },
    sorting: { sort, onSort: setSort },
  };
}
