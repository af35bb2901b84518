/** The outcome of a run in one look, how it compares with the run before, and where it came from. */
import { Label, LabelGroup, Tooltip } from "@patternfly/react-core";
import { Link } from "react-router";

import type { Run } from "@/api/types";
import { countsOf, OutcomeBar, OutcomeCounts } from "@/components/outcome";
import { passRate } from "@/components/pass-rate";
import { runFacts, runTags, shortCommit } from "@/components/run-name";
import { Ago, formatDuration } from "@/components/times";
import { formatFilter } from "@/filters/filter";

import { resultsPath, runPath, useAddress } from "./address";
import { linksOf } from "./metadata";
import "./run.css";
import type { useComparison } from "./use-run";

export function RunHeader({
  run,
  comparison,
  live,
}: {
  run: Run;
  comparison: ReturnType<typeof useComparison>;
  live: boolean;
}) {
  const address = useAddress();
  return (
    <header className="run-header">
      <OutcomeBar summary={run.summary} />
      <div className="run-line run-numbers">
        <OutcomeCounts
          summary={run.summary}
          render={({ name, label, color }, content) => (
            <Link to={resultsPath(address, `result=${name}`)} style={{ color }}>
              {content}{" "}
              <span aria-hidden className="run-word">
                {label.toLowerCase()}
              </span>
            </Link>
          )}
        />
        <Passed summary={run.summary} />
        {comparison?.previous_run_id != null && (
          <span>
            <Change points={comparison.change} />{" "}
            <Link to={runPath({ ...address, runId: comparison.previous_run_id })}>the previous run</Link>
          </span>
        )}
        {(run.summary.not_run ?? 0) > 0 && <span>{run.summary.not_run?.toLocaleString()} not run</span>}
        {live && <span className="run-live">Live: new results appear here</span>}
      </div>
      <Facts run={run} />
    </header>
  );
}

function Passed({ summary }: { summary: Run["summary"] }) {
  const { tests } = summary;
  if (tests === 0) return <span>No results</span>;
  const unknown = tests - countsOf(summary).reduce((sum, { count }) => sum + count, 0);
  return (
    <>
      {unknown > 0 && <span title="Results without an outcome">{unknown.toLocaleString()} unknown</span>}
      <span>
        <b>{passRate(summary)}</b> of {tests.toLocaleString()} passed
      </span>
    </>
  );
}

function Change({ points }: { points: number | null }) {
  if (points === null) return "Not comparable with";
  if (points === 0) return "Same as";
  const isBetter = points > 0;
  return (
    <span className={isBetter ? "run-better" : "run-worse"}>
      <span aria-hidden>{isBetter ? "▲" : "▼"}</span> {Math.abs(points)} points {isBetter ? "more" : "less"}{" "}
      than
    </span>
  );
}

function Facts({ run }: { run: Run }) {
  const { branch, commit } = runFacts(run);
  const duration = run.wall_time ?? run.duration;
  return (
    <div className="run-line">
      <span>
        Started <Ago time={run.start_time} />
      </span>
      {duration !== null && (
        <Tooltip content={`All tests one after another: ${formatDuration(run.duration)}`}>
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a tooltip is for the keyboard as well */}
          <span tabIndex={0}>Took {formatDuration(duration)}</span>
        </Tooltip>
      )}
      {branch !== undefined && <span>Branch {branch}</span>}
      {commit !== undefined && (
        <span title={commit}>
          Commit <span className="mono">{shortCommit(commit)}</span>
        </span>
      )}
      {linksOf(run.metadata).map(({ label, url }) => (
        <a key={label} href={url} target="_blank" rel="noreferrer" title={url}>
          {label} <span aria-hidden>↗</span>
        </a>
      ))}
      <Labels run={run} />
    </div>
  );
}

function Labels({ run }: { run: Run }) {
  const { projectId } = useAddress();
  const labels = [
    ...(["component", "env", "source"] as const).map((name) => ({ name, value: run[name] })),
    ...runTags(run).map((value) => ({ name: "metadata.tags", value })),
  ].flatMap(({ name, value }) => (value ? [{ name, value }] : []));
  if (labels.length === 0 && !run.is_kept) return null;
  return (
    <LabelGroup numLabels={8} aria-label="Component, environment, source and tags">
      {[
        ...(run.is_kept ? [<KeptLabel key="kept" />] : []),
        ...labels.map(({ name, value }) => (
          <Label
            key={`${name} ${value}`}
            isCompact
            render={({ className, content }) => (
              <Link
                className={className}
                to={`/project/${projectId}/runs?${new URLSearchParams({ filter: formatFilter({ field: name, operator: "=", value }) }).toString()}`}
                title={`Runs with this ${name.replace("metadata.tags", "tag")}`}
              >
                {content}
              </Link>
            )}
          >
            {value}
          </Label>
        )),
      ]}
    </LabelGroup>
  );
}

function KeptLabel() {
  return (
    <Label isCompact color="blue" title="No retention deletes it">
      Kept for ever
    </Label>
  );
}
