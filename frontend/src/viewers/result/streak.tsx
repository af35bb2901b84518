/** Since when a test has been failing, and when it passed last, where it runs. */
import type { ReactNode } from "react";
import { Link } from "react-router";

import type { PastResult, Result } from "@/api/types";
import { isFailure } from "@/components/outcomes";
import { Ago } from "@/components/times";

import { resultPath, SHOWN, useHistory } from "./history";

const MOST = 1000;

export function Streak({ result, projectId }: { result: Result; projectId: string }) {
  const history = useHistory(result.id, "environment");
  if (history.isPending || history.isPlaceholderData) return <p className="result-streak">&nbsp;</p>;
  if (history.isError) return null;
  const { results, last_passed, failing_since, failures_in_a_row: inRow } = history.data;
  const link = (to: PastResult) => (
    <Link to={resultPath(projectId, to.id)}>
      <Ago time={to.start_time} />
    </Link>
  );
  const at = results.findIndex(({ id }) => id === result.id);
  const before = at < 0 ? undefined : results[at + 1];
  if (at >= 0 && at === results.length - 1 && results.length < SHOWN)
    return <p className="result-streak">The first result of this test here.</p>;
  return (
    <p className="result-streak">{sentence({ result, last_passed, failing_since, inRow, before, link })}</p>
  );
}

function sentence({
  result,
  last_passed,
  failing_since,
  inRow,
  before,
  link,
}: {
  result: Result;
  last_passed: PastResult | null;
  failing_since: PastResult | null;
  inRow: number;
  before: PastResult | undefined;
  link: (to: PastResult) => ReactNode;
}): ReactNode {
  const passed = last_passed ? <>last passed {link(last_passed)}</> : "it has not passed here before";
  if (failing_since !== null && inRow > 1)
    return (
      <>
        <strong>Failing</strong> since {link(failing_since)},{" "}
        {inRow >= MOST ? "1,000 times or more" : `${inRow} times`} in a row; {passed}.
      </>
    );
  if (failing_since !== null)
    return (
      <>
        <strong>New failure</strong>; {passed}.
      </>
    );
  if (result.result === "passed" && before && isFailure(before.result))
    return (
      <>
        <strong>Fixed</strong>: it failed the time before, {link(before)}.
      </>
    );
  if (result.result === "passed") return before && <>Before that it ran {link(before)}.</>;
  return last_passed ? <>Last passed {link(last_passed)}.</> : "It has not passed here before.";
}
