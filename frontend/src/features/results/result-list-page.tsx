/** The results of a project: to look for tests, over all runs or in one, and to classify failures. */
import { ToolbarGroup, ToolbarItem } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useParams } from "react-router";

import { useMay } from "@/api/user";
import { DataTable } from "@/components/data-table";
import { Page } from "@/components/page";
import { Failed } from "@/components/states";
import { FilterBar, isRefusal } from "@/filters/filter-bar";
import { NothingListed } from "@/filters/nothing-listed";
import { tableOf } from "@/filters/table-of";
import { useList } from "@/filters/use-list";
import { ClassifyMenu } from "@/viewers/result/classification";

import { resultColumns } from "./list/result-columns";
import { isWithinRun, resultsIn, useResults, useRunNames } from "./list/use-results";

export function ResultListPage() {
  const { projectId = "" } = useParams();
  return (
    <Page title="Results">
      <ResultList key={projectId} projectId={projectId} />
    </Page>
  );
}

function ResultList({ projectId }: { projectId: string }) {
  const list = useList();
  const isOfOneRun = isWithinRun(list);
  const query = useResults(projectId, list, isOfOneRun);
  const results = resultsIn(query.data);
  const runNames = useRunNames(projectId, results);
  const columns = useMemo(
    () => resultColumns(projectId, list, runNames, isOfOneRun),
    [projectId, list, runNames, isOfOneRun],
  );
  const [ids, setIds] = useState<string[]>([]);
  const selected = useMemo(
    () => results?.filter(({ id }) => ids.includes(id)).map(({ id }) => id) ?? [],
    [results, ids],
  );
  const mayClassify = useMay("maintainer", projectId);
  return (
    <>
      <FilterBar entity="result" projectId={projectId} list={list} error={query.error} />
      {query.isError && !isRefusal(query.error) ? (
        <Failed error={query.error} what="the results" onRetry={() => void query.refetch()} />
      ) : (
        <DataTable
          name="results"
          columns={columns}
          rows={query.isError ? [] : results}
          pagination={query.data && "pagination" in query.data ? query.data.pagination : undefined}
          {...tableOf(list)}
          selection={mayClassify ? { ids: selected, onSelect: setIds } : undefined}
          rowLabel={({ test_id, id }) => test_id ?? id}
          toolbar={<Classify ids={selected} projectId={projectId} onDone={() => setIds([])} />}
          isFetching={query.isPlaceholderData}
          empty={
            <NothingListed entity="result" projectId={projectId} list={list} isRefused={query.isError} />
          }
        />
      )}
    </>
  );
}

function Classify({
  ids,
  projectId,
  onDone,
}: {
  ids: readonly string[];
  projectId: string;
  onDone: () => void;
}) {
  const queryClient = useQueryClient();
  if (ids.length === 0) return null;
  const done = () => {
    void queryClient.invalidateQueries({ queryKey: ["get", "/result"] });
    onDone();
  };
  return (
    <ToolbarGroup role="group" aria-label="Selected results">
      <ToolbarItem alignSelf="center" aria-live="polite">
        {ids.length === 1 ? "1 result selected" : `${ids.length} results selected`}
      </ToolbarItem>
      <ToolbarItem>
        <ClassifyMenu ids={ids} projectId={projectId} onDone={done} />
      </ToolbarItem>
    </ToolbarGroup>
  );
}
