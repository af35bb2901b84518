/** Why tests of a run failed, equal reasons together, and what people say about it. */
import { Button, Switch } from "@patternfly/react-core";
import CheckCircleIcon from "@patternfly/react-icons/dist/esm/icons/check-circle-icon";
import { useMemo, useState } from "react";
import { Link, useSearchParams } from "react-router";

import type { Run, RunFailures } from "@/api/types";
import { useMay } from "@/api/user";
import { Empty, Failed, Loading } from "@/components/states";
import { ClassifyMenu } from "@/viewers/result/classification";

import { resultsPath, runPath, useAddress } from "./address";
import { FailureGroupCard } from "./failure-group";
import { onlyNew, resultsOf } from "./failures";
import "./failures.css";
import { useOrder } from "./split";
import { type useFailures, useResultsChanged } from "./use-run";

const FEW = 50;

export function FailuresTab({ run, failures }: { run: Run; failures: ReturnType<typeof useFailures> }) {
  if (failures.isPending) return <Loading what="the failures" lines={8} />;
  if (failures.isError)
    return <Failed error={failures.error} what="the failures" onRetry={() => void failures.refetch()} />;
  if (failures.data.failures === 0) return <NoFailures run={run} />;
  return <Groups projectId={run.project_id} failures={failures.data} />;
}

function NoFailures({ run }: { run: Run }) {
  const address = useAddress();
  const { tests } = run.summary;
  if (tests === 0)
    return (
      <Empty title="This run has no results yet">They are shown here as soon as they are reported.</Empty>
    );
  return (
    <Empty
      title="Nothing failed"
      icon={CheckCircleIcon}
      action={<Link to={runPath(address, "results")}>All results</Link>}
    >
      {tests === 1 ? "The one test of this run" : `All ${tests.toLocaleString()} tests of this run`} ended
      without a failure or an error.
    </Empty>
  );
}

function Groups({ projectId, failures }: { projectId: string; failures: RunFailures }) {
  const { resultId } = useAddress();
  const [search, setSearch] = useSearchParams();
  const [most, setMost] = useState(FEW);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const mayClassify = useMay("maintainer", projectId);
  const isOnlyNew = search.has("new");
  const groups = useMemo(
    () => (isOnlyNew ? onlyNew(failures.groups) : failures.groups),
    [failures.groups, isOnlyNew],
  );
  const ids = useMemo(() => resultsOf(groups), [groups]);
  useOrder(ids);
  const place = groups.findIndex(({ results }) => results.some(({ id }) => id === resultId));
  const shown = groups.slice(0, Math.max(most, place + 1));
  const choose = (these: readonly string[], isChosen: boolean) =>
    setChosen(
      (present) =>
        new Set(isChosen ? [...present, ...these] : [...present].filter((id) => !these.includes(id))),
    );
  return (
    <>
      <Summary failures={failures} />
      <div className="failures-tools">
        <Switch
          label="Only new failures"
          isChecked={isOnlyNew}
          isDisabled={failures.previous_run_id === null}
          onChange={(_, isOn) => setSearch(isOn ? { new: "1" } : {}, { replace: true })}
        />
        {mayClassify && (
          <Bulk
            chosen={ids.filter((id) => chosen.has(id))}
            projectId={projectId}
            onDone={() => setChosen(new Set())}
          />
        )}
      </div>
      {groups.length === 0 && (
        <Empty title="No new failures" icon={CheckCircleIcon}>
          {failures.is_complete
            ? "All tests that failed here failed in the previous run, too."
            : "None of the failures that are looked at here is new; others may be."}
        </Empty>
      )}
      {shown.map((group, index) => (
        <FailureGroupCard
          key={`${group.exception_name ?? ""} ${group.message ?? ""} ${index}`}
          group={group}
          hasPrevious={failures.previous_run_id !== null}
          chosen={mayClassify ? chosen : undefined}
          onChoose={choose}
        />
      ))}
      {shown.length < groups.length && (
        <Button variant="secondary" onClick={() => setMost(shown.length + FEW)}>
          Show more of the {groups.length.toLocaleString()} reasons
        </Button>
      )}
    </>
  );
}

function Summary({
  failures: { failures, groups, previous_run_id, is_complete },
}: {
  failures: RunFailures;
}) {
  const address = useAddress();
  const fresh = groups.reduce((sum, group) => sum + group.new, 0);
  const atLeast = is_complete ? "" : "at least ";
  const reasons = groups.length === 1 ? "one reason" : `${groups.length.toLocaleString()} reasons`;
  return (
    <>
      <h2 className="failures-title">
        {failures === 1 ? "1 failure" : `${failures.toLocaleString()} failures for ${atLeast}${reasons}`}
        {previous_run_id !== null && (
          <>
            {fresh === 0
              ? `, none of ${is_complete ? "them" : "those below"} new since `
              : `, ${atLeast}${fresh.toLocaleString()} new since `}
            <Link to={runPath({ ...address, runId: previous_run_id })}>the previous run</Link>
          </>
        )}
      </h2>
      {!is_complete && (
        <p>
          There are too many to show them all here: these are the most frequent reasons of the newest.{" "}
          <Link to={resultsPath(address, "result*failed;error")}>
            All {failures.toLocaleString()} failures
          </Link>
        </p>
      )}
    </>
  );
}

function Bulk({
  chosen,
  projectId,
  onDone,
}: {
  chosen: readonly string[];
  projectId: string;
  onDone: () => void;
}) {
  const onChanged = useResultsChanged();
  if (chosen.length === 0) return <span className="failures-hint">Select failures to classify them</span>;
  return (
    <>
      <span aria-live="polite">{chosen.length.toLocaleString()} selected</span>
      <ClassifyMenu
        ids={chosen}
        projectId={projectId}
        onDone={() => {
          onChanged();
          onDone();
        }}
      />
      <Button variant="link" isInline onClick={onDone}>
        Clear
      </Button>
    </>
  );
}
