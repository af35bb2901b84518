/** All results of a run in a table: sorted, filtered and in pages as the address says. */
import { keepPreviousData } from "@tanstack/react-query";
import { useMemo } from "react";

import { api } from "@/api/client";
import type { Result, Run } from "@/api/types";
import { type Column, DataTable } from "@/components/data-table";
import { OutcomeLabel } from "@/components/outcome";
import { firstLine, reasonOf } from "@/components/reason";
import { Empty, Failed } from "@/components/states";
import { Ago, formatDuration } from "@/components/times";
import { tableOf } from "@/filters/table-of";
import { useList } from "@/filters/use-list";

import { useAddress } from "./address";
import { messageOf } from "./failures";
import { ClassificationLabel } from "./classification-label";
import { ResultLink } from "./result-link";
import { ResultsFilters } from "./results-filters";
import { useOrder } from "./split";
import { LIVE_MS } from "./use-run";

export function ResultsTab({ run, live }: { run: Run; live: boolean }) {
  const { projectId, resultId } = useAddress();
  const list = useList();
  const filter = [`run_id=${run.id}`, `project_id=${projectId}`, ...list.query.filter];
  const results = api.useQuery(
    "get",
    "/result",
    { params: { query: { ...list.query, filter } } },
    { placeholderData: keepPreviousData, refetchInterval: live && LIVE_MS },
  );
  const page = results.data && "results" in results.data ? results.data : undefined;
  const rows = page?.results;
  const ids = useMemo(() => rows?.map(({ id }) => id) ?? [], [rows]);
  useOrder(ids);
  return (
    <>
      <ResultsFilters run={run} list={list} />
      {results.isError ? (
        <Failed error={results.error} what="the results" onRetry={() => void results.refetch()} />
      ) : (
        <DataTable
          name="results"
          columns={resultId === undefined ? COLUMNS : BESIDE}
          rows={rows}
          pagination={page?.pagination}
          {...tableOf(list)}
          isFetching={results.isFetching}
          empty={<NoResults isFiltered={list.filters.length > 0} />}
        />
      )}
    </>
  );
}

function NoResults({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) return <Empty title="No results with these filters">Take one away to see more.</Empty>;
  return <Empty title="This run has no results yet">They are shown here as soon as they are reported.</Empty>;
}

const COLUMNS: readonly Column<Result>[] = [
  {
    id: "result",
    header: "Outcome",
    sort: "result",
    cell: ({ result }) => <OutcomeLabel name={result} />,
  },
  {
    id: "test",
    header: "Test",
    sort: "test_id",
    cell: ({ id, test_id }) => <ResultLink id={id}>{test_id ?? "A test without a name"}</ResultLink>,
  },
  { id: "reason", header: "Reason", width: "40%", cell: (result) => <Reason result={result} /> },
  {
    id: "duration",
    header: "Duration",
    sort: "duration",
    width: "9rem",
    cell: ({ duration }) => formatDuration(duration),
  },
  {
    id: "started",
    header: "Started",
    sort: "start_time",
    isExtra: true,
    cell: ({ start_time }) => (start_time ? <Ago time={start_time} /> : "–"),
  },
  { id: "component", header: "Component", isExtra: true, cell: ({ component }) => component },
  { id: "env", header: "Environment", isExtra: true, cell: ({ env }) => env },
];
const BESIDE = COLUMNS.filter(({ id }) => ["result", "test", "duration"].includes(id));

function Reason({ result: { metadata } }: { result: Result }) {
  const { exception, message } = reasonOf(metadata);
  const classification = metadata.classification;
  const said = exception === null && message === null ? "" : messageOf(exception, firstLine(message));
  return (
    <span className="breakable result-reason">
      <ClassificationLabel name={typeof classification === "string" ? classification : null} />{" "}
      <span className="mono">{[exception, said].filter(Boolean).join(": ")}</span>
    </span>
  );
}
