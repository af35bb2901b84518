/** The columns of the list of runs. */
import ThumbtackIcon from "@patternfly/react-icons/dist/esm/icons/thumbtack-icon";
import { Link } from "react-router";

import type { Run } from "@/api/types";
import type { Column } from "@/components/data-table";
import { OutcomeBar, OutcomeCounts } from "@/components/outcome";
import { passRate, signed } from "@/components/pass-rate";
import { runFacts, runName, runTags, shortCommit } from "@/components/run-name";
import { Ago, formatDuration } from "@/components/times";
import { FilterBadge } from "@/filters/filter-badge";
import type { ListState } from "@/filters/use-list";

import "./runs.css";
import type { Change } from "./use-runs";

export function runColumns(
  projectId: string,
  list: ListState,
  changes: ReadonlyMap<string, Change>,
): Column<Run>[] {
  return [
    { id: "run", header: "Run", cell: (run) => <RunCell run={run} projectId={projectId} list={list} /> },
    {
      id: "results",
      header: "Results",
      width: "22%",
      cell: ({ summary }) => (
        <div className="runs-results">
          <OutcomeBar summary={summary} />
          <OutcomeCounts summary={summary} />
        </div>
      ),
    },
    {
      id: "pass-rate",
      header: "Pass rate",
      width: "9rem",
      sort: "pass_percent",
      cell: (run) => <PassRate run={run} change={changes.get(run.id)} projectId={projectId} />,
    },
    {
      id: "duration",
      header: "Duration",
      width: "8rem",
      sort: "duration",
      cell: ({ duration, wall_time }) => (
        <span className="runs-number" title={`The tests together took ${formatDuration(duration)}`}>
          {formatDuration(wall_time ?? duration)}
        </span>
      ),
    },
    {
      id: "started",
      header: "Started",
      width: "9rem",
      sort: "start_time",
      cell: (run) => <Ago time={run.start_time} />,
    },
    ...extraColumns(list),
  ];
}

function extraColumns(list: ListState): Column<Run>[] {
  const extra = { isExtra: true };
  return [
    {
      id: "source",
      header: "Source",
      ...extra,
      cell: ({ source }) => <FilterBadge field="source" value={source} list={list} />,
    },
    { id: "branch", header: "Branch", ...extra, cell: (run) => runFacts(run).branch ?? "–" },
    {
      id: "commit",
      header: "Commit",
      ...extra,
      cell: (run) => <span className="mono breakable">{runFacts(run).commit ?? "–"}</span>,
    },
    { id: "tags", header: "Tags", ...extra, cell: (run) => <Tags run={run} list={list} /> },
    {
      id: "tests",
      header: "Tests",
      ...extra,
      sort: "tests",
      cell: ({ summary }) => <span className="runs-number">{summary.tests.toLocaleString()}</span>,
    },
    {
      id: "failures",
      header: "Failures",
      ...extra,
      sort: "failures",
      cell: ({ summary }) => <span className="runs-number">{summary.failures.toLocaleString()}</span>,
    },
    { id: "id", header: "Id", ...extra, cell: ({ id }) => <span className="mono breakable">{id}</span> },
  ];
}

function RunCell({ run, projectId, list }: { run: Run; projectId: string; list: ListState }) {
  const name = runName(run);
  const { branch, commit } = runFacts(run);
  return (
    <div className="runs-cell">
      <div>
        <Link to={`/project/${projectId}/runs/${run.id}`} className="breakable">
          {name}
        </Link>
        {run.is_kept && (
          <span className="runs-kept" title="Kept for ever">
            <ThumbtackIcon aria-hidden />
            <span className="pf-v6-u-screen-reader">Kept for ever</span>
          </span>
        )}
      </div>
      <div className="runs-facts">
        <FilterBadge field="component" value={run.component} list={list} color="blue" />
        <FilterBadge field="env" value={run.env} list={list} color="teal" />
        {branch !== undefined && !name.includes(branch) && <span className="breakable">{branch}</span>}
        {commit !== undefined && !name.includes(shortCommit(commit)) && (
          <span className="mono">{shortCommit(commit)}</span>
        )}
      </div>
    </div>
  );
}

function PassRate({ run, change, projectId }: { run: Run; change: Change | undefined; projectId: string }) {
  const points = change?.change;
  return (
    <span className="runs-number">
      {passRate(run.summary)}{" "}
      {points == null || change?.previous_run_id == null ? (
        <span className="runs-change" title="There is no run before it to compare with">
          –
        </span>
      ) : (
        <Link
          className="runs-change"
          data-direction={Math.sign(points)}
          to={`/project/${projectId}/compare?runs=${change.previous_run_id},${run.id}`}
          title="Percentage points since the run before of this source, component and environment: compare them"
        >
          {signed(points)} <span className="pf-v6-u-screen-reader">points since the run before</span>
        </Link>
      )}
    </span>
  );
}

function Tags({ run, list }: { run: Run; list: ListState }) {
  return (
    <span className="runs-facts">
      {runTags(run).map((tag) => (
        <FilterBadge key={tag} field="metadata.tags" value={tag} list={list} />
      ))}
    </span>
  );
}
