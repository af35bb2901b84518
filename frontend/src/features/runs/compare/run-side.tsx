/** One of the two runs that are compared: what it is and how it ended, or the choice of one. */
import { Button, Card, CardBody, CardTitle } from "@patternfly/react-core";
import { useState } from "react";
import { Link } from "react-router";

import { api } from "@/api/client";
import { problemOf } from "@/api/problem";
import type { Run } from "@/api/types";
import { OutcomeBar, OutcomeCounts } from "@/components/outcome";
import { runFacts, runName, shortCommit } from "@/components/run-name";
import { Loading } from "@/components/states";
import { Ago, formatDuration } from "@/components/times";

import { passShare } from "@/components/pass-rate";
import { RunChoice } from "./run-choice";

export function RunSide({
  title,
  runId,
  projectId,
  onChoose,
}: {
  title: string;
  runId: string | undefined;
  projectId: string;
  onChoose: (id: string) => void;
}) {
  const [isChoosing, setChoosing] = useState(false);
  const run = api.useQuery(
    "get",
    "/run/{id}",
    { params: { path: { id: runId ?? "" } } },
    { enabled: runId !== undefined },
  );
  const choose = (id: string) => {
    setChoosing(false);
    onChoose(id);
  };
  return (
    <Card isCompact component="section" className="compare-side">
      <CardTitle component="h2">
        <div className="compare-title">
          {title}
          {runId !== undefined && (
            <Button
              variant="link"
              isInline
              onClick={() => setChoosing(!isChoosing)}
              aria-expanded={isChoosing}
            >
              {isChoosing ? "Leave it" : `Change the run ${title.toLowerCase()}`}
            </Button>
          )}
        </div>
      </CardTitle>
      <CardBody>
        {(runId === undefined || isChoosing) && (
          <RunChoice label={`Run ${title.toLowerCase()}`} projectId={projectId} onChoose={choose} />
        )}
        {runId !== undefined && run.isPending && <Loading what="the run" lines={3} />}
        {run.isError && <p role="alert">This run cannot be shown: {problemOf(run.error).detail}</p>}
        {run.data && <RunHead run={run.data} projectId={projectId} />}
      </CardBody>
    </Card>
  );
}

function RunHead({ run, projectId }: { run: Run; projectId: string }) {
  const { branch, commit } = runFacts(run);
  const facts = [run.component, run.env, branch, commit && shortCommit(commit)].filter(Boolean);
  return (
    <div className="runs-cell">
      <Link to={`/project/${projectId}/runs/${run.id}`} className="breakable">
        {runName(run)}
      </Link>
      <span className="runs-facts breakable">{facts.join(" · ")}</span>
      <OutcomeBar summary={run.summary} />
      <OutcomeCounts summary={run.summary} />
      <span className="runs-facts">
        <b>{passShare(run.summary)}</b> {formatDuration(run.wall_time ?? run.duration)},{" "}
        <Ago time={run.start_time} />
      </span>
    </div>
  );
}
