/** One run: what failed, why, and since when; then everything else about it. */
import { lazy, Suspense } from "react";
import { Navigate } from "react-router";

import type { Run } from "@/api/types";
import { Page } from "@/components/page";
import { runName } from "@/components/run-name";
import { Failed, Loading } from "@/components/states";

import { type Address, runPath, type Tab, useAddress } from "./run/address";
import { FailuresTab } from "./run/failures-tab";
import { RunActions } from "./run/run-actions";
import { RunHeader } from "./run/run-header";
import { RunTabs } from "./run/run-tabs";
import { Split } from "./run/split";
import { useComparison, useFailures, useLive, useRun } from "./run/use-run";

const ResultsTab = lazy(async () => ({ default: (await import("./run/results-tab")).ResultsTab }));
const TreeTab = lazy(async () => ({ default: (await import("./run/tree-tab")).TreeTab }));
const TimelineTab = lazy(async () => ({ default: (await import("./run/timeline-tab")).TimelineTab }));
const ArtifactList = lazy(async () => ({
  default: (await import("@/viewers/artifact/artifact-list")).ArtifactList,
}));
const MetadataTab = lazy(async () => ({ default: (await import("./run/metadata-tab")).MetadataTab }));

export function RunPage() {
  const address = useAddress();
  const run = useRun(address.runId);
  const live = useLive(run.data, run.dataUpdatedAt);
  const failures = useFailures(address.runId, live);
  const comparison = useComparison(address.runId, live);
  const runs = [{ label: "Runs", to: `/project/${address.projectId}/runs` }];
  if (run.data === undefined)
    return (
      <Page title="Run" crumbs={runs}>
        {run.isPending ? (
          <Loading what="the run" lines={8} />
        ) : (
          <Failed error={run.error} what="this run" onRetry={() => void run.refetch()} />
        )}
      </Page>
    );
  if (address.tab === undefined)
    return <Navigate to={runPath(address, failureCount(run.data) > 0 ? "failures" : "results")} replace />;
  return (
    <Page
      title={runName(run.data)}
      crumbs={runs}
      actions={<RunActions run={run.data} previousId={comparison?.previous_run_id ?? undefined} />}
    >
      <div>
        <RunHeader run={run.data} comparison={comparison} live={live} />
        <RunTabs address={address} tab={address.tab} failures={failureCount(run.data)} />
        <Split key={`${address.runId} ${address.tab}`}>
          <Suspense fallback={<Loading what="the tab" />}>
            {address.tab === "failures" ? (
              <FailuresTab run={run.data} failures={failures} />
            ) : (
              <OtherTab tab={address.tab} address={address} run={run.data} live={live} />
            )}
          </Suspense>
        </Split>
      </div>
    </Page>
  );
}

function OtherTab({ tab, address, run, live }: { tab: Tab; address: Address; run: Run; live: boolean }) {
  if (tab === "results") return <ResultsTab run={run} live={live} />;
  if (tab === "tree") return <TreeTab runId={run.id} live={live} />;
  if (tab === "timeline") return <TimelineTab runId={run.id} live={live} />;
  if (tab === "artifacts") return <ArtifactList runId={run.id} projectId={address.projectId} />;
  return <MetadataTab run={run} />;
}

function failureCount({ summary }: Run): number {
  return summary.failures + summary.errors;
}
