/** The columns of the list of results. */
import { Link } from "react-router";

import type { Result } from "@/api/types";
import type { Column } from "@/components/data-table";
import { OutcomeLabel } from "@/components/outcome";
import { isFailure } from "@/components/outcomes";
import { firstLine, reasonOf } from "@/components/reason";
import { Ago, formatDuration } from "@/components/times";
import { FilterBadge } from "@/filters/filter-badge";
import type { ListState } from "@/filters/use-list";
import { classificationLabel } from "@/viewers/result/classification";
import { TestId } from "@/viewers/result/test-id";

import "./results.css";

export function resultColumns(
  projectId: string,
  list: ListState,
  runNames: ReadonlyMap<string, string>,
  /** Within one run results can be sorted by more than their start. */
  isOfOneRun: boolean,
): Column<Result>[] {
  const sortable = (field: string) => (isOfOneRun ? { sort: field } : {});
  return [
    {
      id: "test",
      header: "Test",
      ...sortable("test_id"),
      cell: (result) => <TestCell result={result} projectId={projectId} />,
    },
    {
      id: "outcome",
      header: "Outcome",
      width: "8rem",
      ...sortable("result"),
      cell: ({ result }) => <OutcomeLabel name={result} />,
    },
    {
      id: "classification",
      header: "Classification",
      width: "9rem",
      cell: (result) => classOf(result) ?? "–",
    },
    {
      id: "where",
      header: "Where",
      width: "9rem",
      cell: ({ component, env }) => (
        <span className="results-badges">
          <FilterBadge field="component" value={component} list={list} color="blue" />
          <FilterBadge field="env" value={env} list={list} color="teal" />
        </span>
      ),
    },
    {
      id: "duration",
      header: "Duration",
      width: "7rem",
      ...sortable("duration"),
      cell: ({ duration }) => <span className="results-number">{formatDuration(duration)}</span>,
    },
    {
      id: "run",
      header: "Run",
      width: "12rem",
      cell: ({ run_id }) =>
        run_id === null ? (
          "–"
        ) : (
          <Link to={`/project/${projectId}/runs/${run_id}`} className="breakable">
            {runNames.get(run_id) ?? run_id.slice(0, 8)}
          </Link>
        ),
    },
    {
      id: "started",
      header: "Started",
      width: "9rem",
      sort: "start_time",
      cell: ({ start_time }) => <Ago time={start_time} />,
    },
    {
      id: "source",
      header: "Source",
      isExtra: true,
      cell: ({ source }) => <FilterBadge field="source" value={source} list={list} />,
    },
    {
      id: "exception",
      header: "Exception",
      isExtra: true,
      cell: ({ metadata }) => (
        <FilterBadge field="metadata.exception_name" value={reasonOf(metadata).exception} list={list} />
      ),
    },
    { id: "id", header: "Id", isExtra: true, cell: ({ id }) => <span className="mono breakable">{id}</span> },
  ];
}

function TestCell({ result, projectId }: { result: Result; projectId: string }) {
  const { exception, message } = reasonOf(result.metadata);
  const reason = firstLine(message) ?? exception;
  return (
    <div className="results-test">
      <Link to={`/project/${projectId}/results/${result.id}`}>
        <TestId id={result.test_id} />
      </Link>
      {isFailure(result.result) && reason !== null && (
        <span className="results-reason" title={message ?? reason}>
          {reason}
        </span>
      )}
    </div>
  );
}

function classOf({ metadata }: Result): string | undefined {
  const value = metadata.classification;
  return typeof value === "string" && value !== "" ? classificationLabel(value) : undefined;
}
