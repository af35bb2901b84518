/** The runs of a project: to look at, to narrow down, and to do something with several of them. */
import { useMemo, useState } from "react";
import { useParams } from "react-router";

import { DataTable } from "@/components/data-table";
import { Page } from "@/components/page";
import { runName } from "@/components/run-name";
import { Failed } from "@/components/states";
import { FilterBar, isRefusal } from "@/filters/filter-bar";
import { NothingListed } from "@/filters/nothing-listed";
import { tableOf } from "@/filters/table-of";
import { useList } from "@/filters/use-list";

import { RunActions } from "./list/run-actions";
import { runColumns } from "./list/run-columns";
import { runsIn, useChanges, useRuns } from "./list/use-runs";

export function RunListPage() {
  const { projectId = "" } = useParams();
  return (
    <Page title="Runs">
      <RunList key={projectId} projectId={projectId} />
    </Page>
  );
}

function RunList({ projectId }: { projectId: string }) {
  const list = useList();
  const query = useRuns(projectId, list);
  const runs = runsIn(query.data);
  const changes = useChanges(runs, query.dataUpdatedAt);
  const columns = useMemo(() => runColumns(projectId, list, changes), [projectId, list, changes]);
  const [ids, setIds] = useState<string[]>([]);
  const selected = useMemo(() => runs?.filter(({ id }) => ids.includes(id)) ?? [], [runs, ids]);
  return (
    <>
      <FilterBar entity="run" projectId={projectId} list={list} error={query.error} />
      {query.isError && !isRefusal(query.error) ? (
        <Failed error={query.error} what="the runs" onRetry={() => void query.refetch()} />
      ) : (
        <DataTable
          name="runs"
          columns={columns}
          rows={query.isError ? [] : runs}
          pagination={query.data && "pagination" in query.data ? query.data.pagination : undefined}
          {...tableOf(list)}
          selection={{ ids: selected.map(({ id }) => id), onSelect: setIds }}
          rowLabel={runName}
          toolbar={<RunActions runs={selected} projectId={projectId} onDone={() => setIds([])} />}
          isFetching={query.isPlaceholderData}
          empty={<NothingListed entity="run" projectId={projectId} list={list} isRefused={query.isError} />}
        />
      )}
    </>
  );
}
