/** How the same test ended in other runs, and how long it took. */
import { ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";
import { useSearchParams } from "react-router";

import type { PastResult, Result } from "@/api/types";
import { passRate } from "@/components/pass-rate";
import { Failed, Loading } from "@/components/states";

import { DurationChart } from "./duration-chart";
import { type Same, SHOWN, useHistory } from "./history";
import { HistoryStrip } from "./history-strip";
import { Section } from "./section";

const PARAMETER = "history";
const CHOICES: [Same, string][] = [
  ["environment", "Same environment"],
  ["test", "All environments"],
];

export function HistorySection({ result, projectId }: { result: Result; projectId: string }) {
  const [parameters, setParameters] = useSearchParams();
  const same: Same = parameters.get(PARAMETER) === "all" ? "test" : "environment";
  const history = useHistory(result.id, same);
  const show = (wanted: Same) =>
    setParameters(
      (present) => {
        const next = new URLSearchParams(present);
        next.delete(PARAMETER);
        if (wanted === "test") next.set(PARAMETER, "all");
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  return (
    <Section
      title="History"
      name="history"
      actions={
        <ToggleGroup isCompact aria-label="Whose history">
          {CHOICES.map(([value, label]) => (
            <ToggleGroupItem
              key={value}
              text={label}
              isSelected={value === same}
              onChange={() => show(value)}
            />
          ))}
        </ToggleGroup>
      }
    >
      {history.isPending ? (
        <Loading what="the history" lines={2} />
      ) : history.isError ? (
        <Failed error={history.error} what="the history" onRetry={() => void history.refetch()} />
      ) : (
        <Past newestFirst={history.data.results} current={result} {...{ projectId, same }} />
      )}
    </Section>
  );
}

function Past({
  newestFirst,
  current,
  projectId,
  same,
}: {
  newestFirst: PastResult[];
  current: Result;
  projectId: string;
  same: Same;
}) {
  const results = newestFirst.toReversed();
  const search = same === "test" ? `?${PARAMETER}=all` : "";
  const passed = results.filter((one) => one.result === "passed").length;
  const isListed = results.some(({ id }) => id === current.id);
  if (results.length < 2)
    return (
      <p className="result-subtle">
        There is no other result of this test{same === "environment" && " in this environment"}.
      </p>
    );
  return (
    <>
      <p className="history-share">
        <strong>{passRate({ tests: results.length, passes: passed })}</strong> passed: {passed} of{" "}
        {results.length === SHOWN ? `the last ${SHOWN}` : results.length}
        {!isListed && "; this result is older than these"}.
      </p>
      <HistoryStrip {...{ results, projectId, search }} currentId={current.id} />
      <DurationChart {...{ results, projectId, search }} currentId={current.id} />
    </>
  );
}
