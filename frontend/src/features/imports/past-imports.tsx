/** The imports of a project so far, newest first. */
import ImportIcon from "@patternfly/react-icons/dist/esm/icons/import-icon";
import { keepPreviousData } from "@tanstack/react-query";
import { useMemo } from "react";

import { api } from "@/api/client";
import { useMay } from "@/api/user";
import { DataTable } from "@/components/data-table";
import { Empty, Failed } from "@/components/states";
import { useList } from "@/filters/use-list";

import { columnsFor } from "./import-columns";
import { isUnfinished } from "./import-status";

const POLL_MS = 3000;

export function PastImports({ projectId }: { projectId: string }) {
  const { page, pageSize, setPage, setPageSize } = useList();
  const mayDelete = useMay("maintainer", projectId);
  const columns = useMemo(() => columnsFor(projectId, mayDelete), [projectId, mayDelete]);
  const imports = api.useQuery(
    "get",
    "/import",
    { params: { query: { filter: [`project_id=${projectId}`], page, pageSize } } },
    {
      placeholderData: keepPreviousData,
      refetchInterval: ({ state }) => (state.data?.imports.some(isUnfinished) ? POLL_MS : false),
    },
  );
  if (imports.isError)
    return <Failed error={imports.error} what="the imports" onRetry={() => void imports.refetch()} />;
  return (
    <DataTable
      name="imports"
      columns={columns}
      rows={imports.data?.imports}
      pagination={imports.data?.pagination}
      paging={{ page, pageSize, onPage: setPage, onPageSize: setPageSize }}
      isFetching={imports.isFetching}
      empty={
        <Empty title="Nothing was imported yet" icon={ImportIcon}>
          Report files that were uploaded here, or by a program, are listed here with what became of them.
        </Empty>
      }
    />
  );
}
