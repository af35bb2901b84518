/** Two runs side by side: which tests ended differently, and which only one of them has. */
import { Alert, Button } from "@patternfly/react-core";
import CheckCircleIcon from "@patternfly/react-icons/dist/esm/icons/check-circle-icon";
import ExchangeAltIcon from "@patternfly/react-icons/dist/esm/icons/exchange-alt-icon";
import { useMemo } from "react";
import { useParams, useSearchParams } from "react-router";

import { Page } from "@/components/page";
import { Empty, Failed, Loading } from "@/components/states";

import "./compare/compare.css";
import { DifferenceTable } from "./compare/difference-table";
import { differencesOf } from "./compare/differences";
import { RunSide } from "./compare/run-side";
import { useComparison } from "./compare/use-comparison";
import "./list/runs.css";

export function ComparePage() {
  const { projectId = "" } = useParams();
  const [parameters, setParameters] = useSearchParams();
  const [before, after] = (parameters.get("runs") ?? "").split(",").map((id) => id || undefined);
  const show = (one: string | undefined, other: string | undefined) =>
    setParameters({ runs: `${one ?? ""},${other ?? ""}` });
  return (
    <Page title="Compare runs" crumbs={[{ label: "Runs", to: `/project/${projectId}/runs` }]}>
      <div className="compare-sides">
        <RunSide title="Before" runId={before} projectId={projectId} onChoose={(id) => show(id, after)} />
        <Button
          variant="secondary"
          icon={<ExchangeAltIcon />}
          isDisabled={before === undefined && after === undefined}
          onClick={() => show(after, before)}
        >
          Swap
        </Button>
        <RunSide title="After" runId={after} projectId={projectId} onChoose={(id) => show(before, id)} />
      </div>
      {before === undefined || after === undefined ? (
        <Empty title="Choose two runs">Their tests are compared as soon as both are known.</Empty>
      ) : (
        <Comparison projectId={projectId} before={before} after={after} />
      )}
    </Page>
  );
}

function Comparison({ projectId, before, after }: { projectId: string; before: string; after: string }) {
  const comparison = useComparison(projectId, before, after);
  const differences = useMemo(() => comparison.data && differencesOf(comparison.data), [comparison.data]);
  if (comparison.isPending) return <Loading what="the comparison" lines={8} />;
  if (comparison.isError)
    return (
      <Failed error={comparison.error} what="this comparison" onRetry={() => void comparison.refetch()} />
    );
  if (differences === undefined) return null;
  const { worse, better, other, onlyBefore, onlyAfter } = differences;
  const warnings = comparison.data?.warnings ?? [];
  const isSame = [worse, better, other, onlyBefore, onlyAfter].every(({ length }) => length === 0);
  return (
    <>
      {warnings.map((warning) => (
        <Alert key={warning} isInline variant="warning" title={warning} className="spaced" />
      ))}
      {isSame && warnings.length === 0 && (
        <Empty title="No test ended differently" icon={CheckCircleIcon}>
          Both runs have the same tests, and each ended the same way in both.
        </Empty>
      )}
      <DifferenceTable title="Worse" differences={worse} projectId={projectId} />
      <DifferenceTable title="Better" differences={better} projectId={projectId} />
      <DifferenceTable title="Otherwise different" differences={other} projectId={projectId} />
      <DifferenceTable title="Only in the run after" differences={onlyAfter} projectId={projectId} />
      <DifferenceTable title="Only in the run before" differences={onlyBefore} projectId={projectId} />
    </>
  );
}
